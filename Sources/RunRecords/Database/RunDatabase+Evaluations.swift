import Checkpointing
import Evaluation
import GRDB

extension RunDatabase {
    /// What became of an evaluation that was to be stored.
    package enum Insertion: Hashable, Sendable {
        /// It is stored, with all its measurements.
        case inserted
        /// There was one with this identity in its place, which stays as it is.
        case present
    }

    /// Where an evaluation stands.
    private struct Place: Hashable {
        var cell: String
        var model: String
        var replicate: String

        /// The condition that an evaluation of some identity stands here.
        static let condition = "identity = ? AND cell = ? AND model = ? AND replicate = ?"

        func arguments(_ identity: ContentHash) -> StatementArguments {
            [identity.hexadecimal, cell, model, replicate]
        }
    }

    /// Stores an evaluation with all its measurements and outcomes, or nothing of it.
    ///
    /// - Parameters:
    ///   - evaluation: The evaluation; its run must have begun.
    ///   - outcomes: Outcomes by problem for some or all of its metrics.
    ///   - replacing: Whether it counts instead of what was measured with its identity before,
    ///     wherever that stands: an identity has one result.
    /// - Returns: Whether it was stored; when its model has one with its identity in its cell that
    ///   is not to be replaced, that one counts as used by the run and nothing else changes.
    /// - Throws: `RunDatabaseError`, `unusable` for numbers that are not finite and for outcomes of
    ///   a metric that it does not have.
    package func insert(
        _ evaluation: EvaluationRow,
        outcomes: [Metric: Outcomes] = [:],
        replacing: Bool = false
    ) throws -> Insertion {
        try Self.check(evaluation, outcomes)
        let identity = evaluation.identity
        let place = Place(
            cell: evaluation.cell,
            model: evaluation.model,
            replicate: evaluation.replicate
        )
        return try write { database in
            let replaced = replacing ? try Self.removeAll(of: identity, database) : []
            if try Self.noteUse(of: identity, in: place, by: evaluation.run, database) {
                return .present
            }
            try database.execute(
                sql: """
                    INSERT INTO \(StoredName.evaluation) (identity, cell, model, replicate, method, split,
                        seconds, created, run_id, last_run_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    identity.hexadecimal, place.cell, place.model, place.replicate,
                    evaluation.method.text(), evaluation.split, evaluation.seconds,
                    evaluation.created.description, evaluation.run, evaluation.run,
                ]
            )
            let row = database.lastInsertedRowID
            for metric in evaluation.metrics {
                try Self.insert(metric, outcomes[metric.metric], of: row, into: database)
            }
            for (other, run) in replaced where other != place {
                try Self.takeOver(identity, into: other, by: run, database)
            }
            return .inserted
        }
    }

    /// The evaluation with an identity, of whichever cell and model, or nil when none was made yet.
    ///
    /// - Throws: `RunDatabaseError`.
    package func evaluation(identity: ContentHash) throws -> EvaluationRow? {
        try read { database in
            try Self.evaluations(
                where: "e.identity = ?",
                arguments: [identity.hexadecimal],
                in: database
            ).first
        }
    }

    /// The evaluation with an identity, written down as one of a model in a run and a cell; nil
    /// when none was made yet.
    ///
    /// Cells can share a model, and models can be made in the same way under two names, as when a
    /// grid holds the settings of another merge. What was evaluated once is taken over.
    ///
    /// - Throws: `RunDatabaseError`.
    package func reuse(
        identity: ContentHash,
        in cell: String = "",
        as model: String,
        replicate: String = "",
        by run: Int64
    ) throws -> EvaluationRow? {
        let place = Place(cell: cell, model: model, replicate: replicate)
        return try write { database in
            if try !Self.noteUse(of: identity, in: place, by: run, database) {
                try Self.takeOver(identity, into: place, by: run, database)
            }
            return try Self.evaluations(
                where: Place.condition,
                arguments: place.arguments(identity),
                in: database
            ).first
        }
    }

    private static func check(_ row: EvaluationRow, _ outcomes: [Metric: Outcomes]) throws {
        func problem(_ metric: Metric, _ problem: String) -> RunDatabaseError {
            let cell = row.cell.isEmpty ? "" : " in \(row.cell)"
            return .unusable(what: "\(metric) of \(row.model)\(cell)", problem: problem)
        }
        for metric in row.metrics {
            let numbers = [metric.measurement.value, metric.measurement.standardError ?? 0]
            guard numbers.allSatisfy({ $0.isFinite }) else {
                throw problem(metric.metric, "\(numbers[0]) ± \(numbers[1]) is not finite")
            }
        }
        for (metric, outcomes) in outcomes.sorted(by: { $0.key < $1.key }) {
            guard row[metric] != nil else {
                throw problem(metric, "there are outcomes and no measurement")
            }
            guard (outcomes.amounts + outcomes.weights).allSatisfy({ $0.isFinite }) else {
                throw problem(metric, "an outcome is not finite")
            }
        }
    }

    private static func noteUse(
        of identity: ContentHash,
        in place: Place,
        by run: Int64,
        _ database: Database
    ) throws -> Bool {
        try database.execute(
            sql: "UPDATE \(StoredName.evaluation) SET last_run_id = ? WHERE \(Place.condition)",
            arguments: [run] + place.arguments(identity)
        )
        return database.changesCount > 0
    }

    /// Removes every evaluation with an identity, and their measurements.
    ///
    /// - Returns: Where they stood, each with the last run that used it there.
    private static func removeAll(
        of identity: ContentHash,
        _ database: Database
    ) throws -> [(place: Place, run: Int64)] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT cell, model, replicate, last_run_id FROM \(StoredName.evaluation)
                WHERE identity = ? ORDER BY id
                """,
            arguments: [identity.hexadecimal]
        )
        try database.execute(
            sql: "DELETE FROM \(StoredName.evaluation) WHERE identity = ?",
            arguments: [identity.hexadecimal]
        )
        return try rows.map { row in
            let place = Place(
                cell: try row.decode(forColumn: "cell"),
                model: try row.decode(forColumn: "model"),
                replicate: try row.decode(forColumn: "replicate")
            )
            return (place, try row.decode(forColumn: "last_run_id"))
        }
    }

    private static func takeOver(
        _ identity: ContentHash,
        into place: Place,
        by run: Int64,
        _ database: Database
    ) throws {
        let source = try Int64.fetchOne(
            database,
            sql: "SELECT min(id) FROM \(StoredName.evaluation) WHERE identity = ?",
            arguments: [identity.hexadecimal]
        )
        guard let source else { return }
        try database.execute(
            sql: """
                INSERT INTO \(StoredName.evaluation) (identity, cell, model, replicate, method, split,
                    seconds, created, run_id, last_run_id)
                SELECT identity, ?, ?, ?, method, split, seconds, created, run_id, ?
                FROM \(StoredName.evaluation) WHERE id = ?
                """,
            arguments: [place.cell, place.model, place.replicate, run, source]
        )
        try database.execute(
            sql: """
                INSERT INTO measurement (\(StoredName.evaluationID), metric, value, standard_error, n, kind,
                    problem_set_id, amounts, weights)
                SELECT ?, metric, value, standard_error, n, kind, problem_set_id, amounts, weights
                FROM measurement WHERE \(StoredName.evaluationID) = ? ORDER BY id
                """,
            arguments: [database.lastInsertedRowID, source]
        )
    }
}
