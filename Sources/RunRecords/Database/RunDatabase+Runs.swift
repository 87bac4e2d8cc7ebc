import Foundations
import GRDB

extension RunDatabase {
    /// Writes down that a run begins.
    ///
    /// - Throws: `RunDatabaseError`.
    package func begin(_ facts: RunFacts, at moment: Timestamp = Timestamp()) throws -> RunRow {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO run (recipe, recipe_hash, recipe_text, version, overrides,
                        processor, threads, toolchain, started)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    facts.recipe, facts.recipeHash, facts.recipeText, facts.version,
                    StoredJSON.text(of: facts.overrides), facts.processor, facts.threads,
                    facts.toolchain, moment.description,
                ]
            )
            return RunRow(
                id: database.lastInsertedRowID,
                facts: facts,
                started: moment,
                finished: nil,
                outcome: nil,
                message: nil
            )
        }
    }

    /// Writes down how a run ended.
    ///
    /// - Parameters:
    ///   - run: Its number.
    ///   - outcome: How it ended.
    ///   - message: The stage that it stopped in, or the error.
    ///   - moment: When it ended.
    /// - Throws: `RunDatabaseError`, `unusable` when there is no such run.
    package func finish(
        run: Int64,
        _ outcome: RunRow.Outcome,
        message: String? = nil,
        at moment: Timestamp = Timestamp()
    ) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE run SET finished = ?, outcome = ?, message = ? WHERE id = ?",
                arguments: [moment.description, outcome.rawValue, message, run]
            )
            guard database.changesCount == 1 else {
                throw RunDatabaseError.unusable(
                    what: "the end of run \(run)",
                    problem: "no run with this number has begun"
                )
            }
        }
    }

    /// Every run of the folder, the oldest first.
    ///
    /// - Throws: `RunDatabaseError`.
    package func runs() throws -> [RunRow] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY id").map(Self.run)
        }
    }

    private static func run(_ row: Row) throws -> RunRow {
        RunRow(
            id: try row.decode(forColumn: "id"),
            facts: RunFacts(
                recipe: try row.decode(forColumn: "recipe"),
                recipeHash: try row.decode(forColumn: "recipe_hash"),
                recipeText: try row.decode(forColumn: "recipe_text"),
                version: try row.decode(forColumn: "version"),
                overrides: try row.json("overrides"),
                processor: try row.decode(forColumn: "processor"),
                threads: try row.decode(forColumn: "threads"),
                toolchain: try row.decode(forColumn: "toolchain")
            ),
            started: try row.moment("started"),
            finished: try row.momentIfPresent("finished"),
            outcome: try row.choiceIfPresent("outcome"),
            message: try row.decode(forColumn: "message")
        )
    }
}
