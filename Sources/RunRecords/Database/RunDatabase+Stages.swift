import Checkpointing
import GRDB

extension RunDatabase {
    /// Writes a stage that was made or went on; what stood under its identity and cell goes.
    ///
    /// - Parameters:
    ///   - stage: The stage.
    ///   - run: The run that it is a part of.
    /// - Throws: `RunDatabaseError`.
    package func upsert(_ stage: StageRow, by run: Int64) throws {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO stage (identity, cell, name, kind, facts, inputs, status, seconds,
                        tokens, steps, operations, figures, started, finished, run_id, last_run_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (identity, cell) DO UPDATE SET
                        name = excluded.name, kind = excluded.kind, facts = excluded.facts,
                        inputs = excluded.inputs, status = excluded.status,
                        seconds = excluded.seconds, tokens = excluded.tokens,
                        steps = excluded.steps, operations = excluded.operations,
                        figures = excluded.figures, started = excluded.started,
                        finished = excluded.finished, run_id = excluded.run_id,
                        last_run_id = excluded.last_run_id
                    """,
                arguments: [
                    stage.identity.hexadecimal, stage.cell, stage.name, stage.kind.rawValue,
                    stage.facts, StoredJSON.text(of: stage.inputs), stage.status.rawValue,
                    stage.seconds, stage.cost.tokens, stage.cost.steps, stage.cost.operations,
                    StoredJSON.text(of: stage.figures), stage.started?.description,
                    stage.finished?.description, stage.run, run,
                ]
            )
        }
    }

    /// Writes down that a run found a stage finished; a row that is there keeps its contents.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - identity: The identity of the stage.
    ///   - cell: Its cell.
    ///   - row: Describes the stage; asked only when the database does not know it as finished.
    /// - Throws: `RunDatabaseError`, and what `row` throws.
    package func noteReuse(
        by run: Int64,
        of identity: ContentHash,
        cell: String,
        row: () throws -> StageRow
    ) throws {
        let isKnown = try write { database in
            try database.execute(
                sql: """
                    UPDATE stage SET last_run_id = ?
                    WHERE identity = ? AND cell = ? AND status = 'finished'
                    """,
                arguments: [run, identity.hexadecimal, cell]
            )
            return database.changesCount > 0
        }
        guard !isKnown else { return }
        try upsert(try row(), by: run)
    }

    /// The stages of the folder.
    ///
    /// - Parameters:
    ///   - cell: One cell; all when nil.
    ///   - name: One stage; all when nil.
    ///   - earlier: Whether those are included too whose settings a later run has changed.
    /// - Returns: The rows by cell, those of a cell in the order in which they were first written.
    /// - Throws: `RunDatabaseError`.
    package func stages(
        cell: String? = nil,
        name: String? = nil,
        earlier: Bool = false
    ) throws -> [StageRow] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM stage AS s
                    WHERE (:cell IS NULL OR cell = :cell) AND (:name IS NULL OR name = :name)
                        AND (:earlier OR \(Self.isCurrentStage))
                    ORDER BY cell, rowid
                    """,
                arguments: ["cell": cell, "name": name, "earlier": earlier]
            ).map(Self.stage)
        }
    }

    /// Of stages with one name and cell, those that the last run used which asked for that name.
    static let isCurrentStage = """
        s.last_run_id = (SELECT max(o.last_run_id) FROM stage AS o
            WHERE o.cell = s.cell AND o.name = s.name)
        """

    private static func stage(_ row: Row) throws -> StageRow {
        StageRow(
            identity: try row.hash("identity"),
            cell: try row.decode(forColumn: "cell"),
            name: try row.decode(forColumn: "name"),
            kind: try row.choice("kind"),
            facts: try row.decode(forColumn: "facts"),
            inputs: try row.json("inputs"),
            status: try row.choice("status"),
            seconds: try row.decode(forColumn: "seconds"),
            cost: StageRow.Cost(
                tokens: try row.decode(forColumn: "tokens"),
                steps: try row.decode(forColumn: "steps"),
                operations: try row.decode(forColumn: "operations")
            ),
            figures: try row.json("figures"),
            started: try row.momentIfPresent("started"),
            finished: try row.momentIfPresent("finished"),
            run: try row.decode(forColumn: "run_id")
        )
    }
}
