import GRDB

extension RunDatabase {
    /// The examinations that a filter lets through, by cell, then in the order of their storing.
    ///
    /// - Throws: `RunDatabaseError`.
    package func examinations(_ filter: ExaminationFilter = ExaminationFilter()) throws
        -> [ExaminationRow]
    {
        var conditions = filter.earlier ? [] : [Self.isCurrentExamination]
        var arguments = StatementArguments()
        if !filter.cells.isEmpty {
            let marks = Array(repeating: "?", count: filter.cells.count).joined(separator: ", ")
            conditions.append("e.cell IN (\(marks))")
            arguments += StatementArguments(filter.cells)
        }
        for (column, value) in [("model", filter.model), ("split", filter.split)] {
            guard let value else { continue }
            conditions.append("e.\(column) = ?")
            arguments += [value]
        }
        return try read { [conditions, arguments] database in
            try Self.examinations(
                where: conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "),
                arguments: arguments,
                in: database
            )
        }
    }

    /// Of examinations of one model, those that belong to the last run that examined it.
    static let isCurrentExamination = """
        e.last_run_id = (SELECT max(o.last_run_id) FROM examination AS o
            WHERE o.cell = e.cell AND o.model = e.model AND o.replicate = e.replicate
                AND o.split = e.split)
        """

    /// The examinations, written `e`, that satisfy a condition.
    static func examinations(
        where condition: String,
        arguments: StatementArguments,
        in database: Database
    ) throws -> [ExaminationRow] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT e.*, m.metric, m.value, m.standard_error, m.n, m.kind
                FROM examination AS e LEFT JOIN measurement AS m ON m.examination_id = e.id
                WHERE \(condition) ORDER BY e.cell, e.id, m.id
                """,
            arguments: arguments
        )
        var examinations: [ExaminationRow] = []
        var last: Int64?
        while let row = try rows.next() {
            let id: Int64 = try row.decode(forColumn: "id")
            if id != last { examinations.append(try examination(row)) }
            last = id
            guard let name: String = try row.decode(forColumn: "metric") else { continue }
            let measurement = Measurement(
                value: try row.decode(forColumn: "value"),
                standardError: try row.decode(forColumn: "standard_error"),
                count: try row.decode(forColumn: "n"),
                isShare: try row.decode(String?.self, forColumn: "kind") == "binary"
            )
            examinations[examinations.count - 1].metrics.append(.init(name, measurement))
        }
        return examinations
    }

    private static func examination(_ row: Row) throws -> ExaminationRow {
        ExaminationRow(
            identity: try row.hash("identity"),
            cell: try row.decode(forColumn: "cell"),
            model: try row.decode(forColumn: "model"),
            replicate: try row.decode(forColumn: "replicate"),
            method: try row.json("method"),
            split: try row.decode(forColumn: "split"),
            seconds: try row.decode(forColumn: "seconds"),
            created: try row.moment("created"),
            run: try row.decode(forColumn: "run_id"),
            metrics: []
        )
    }
}
