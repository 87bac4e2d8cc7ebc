import Evaluation
import GRDB

extension RunDatabase {
    /// The evaluations that a filter lets through, by cell, then in the order of their storing.
    ///
    /// - Throws: `RunDatabaseError`.
    package func evaluations(_ filter: EvaluationFilter = EvaluationFilter()) throws
        -> [EvaluationRow]
    {
        var conditions = filter.earlier ? [] : [Self.isCurrentEvaluation]
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
            try Self.evaluations(
                where: conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "),
                arguments: arguments,
                in: database
            )
        }
    }

    /// Of evaluations of one model, those that belong to the last run that evaluated it.
    ///
    /// Which replicates it has, that run says: a recipe may have fewer experts than before.
    static let isCurrentEvaluation = """
        e.last_run_id = (SELECT max(o.last_run_id) FROM \(StoredName.evaluation) AS o
            WHERE o.cell = e.cell AND o.model = e.model AND o.split = e.split)
        """

    /// The evaluations, written `e`, that satisfy a condition.
    static func evaluations(
        where condition: String,
        arguments: StatementArguments,
        in database: Database
    ) throws -> [EvaluationRow] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT e.*, m.metric, m.value, m.standard_error, m.n, m.kind
                FROM \(StoredName.evaluation) AS e LEFT JOIN measurement AS m ON m.\(StoredName.evaluationID) = e.id
                WHERE \(condition) ORDER BY e.cell, e.id, m.id
                """,
            arguments: arguments
        )
        var evaluations: [EvaluationRow] = []
        var last: Int64?
        while let row = try rows.next() {
            let id: Int64 = try row.decode(forColumn: "id")
            if id != last { evaluations.append(try evaluation(row)) }
            last = id
            guard let name: String = try row.decode(forColumn: "metric") else { continue }
            let measurement = Estimate(
                value: try row.decode(forColumn: "value"),
                standardError: try row.decode(forColumn: "standard_error"),
                count: try row.decode(forColumn: "n"),
                isShare: try row.decode(String?.self, forColumn: "kind") == "binary"
            )
            evaluations[evaluations.count - 1].metrics.append(.init(Metric(name), measurement))
        }
        return evaluations
    }

    private static func evaluation(_ row: Row) throws -> EvaluationRow {
        EvaluationRow(
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
