import Checkpointing
import Evaluation
import GRDB

extension RunDatabase {
    /// What became of an examination that was to be stored.
    package enum Insertion: Hashable, Sendable {
        /// It is stored, with all its measurements.
        case inserted
        /// There was one with this identity, which stays as it is.
        case present
    }

    /// Stores an examination with all its measurements and outcomes, or nothing of it.
    ///
    /// - Parameters:
    ///   - examination: The examination; its run must have begun.
    ///   - outcomes: Outcomes by problem for some or all of its metrics.
    /// - Returns: Whether it was stored; when its cell has one with its identity, that one counts
    ///   as used by the run and nothing else changes.
    /// - Throws: `RunDatabaseError`, `unusable` for numbers that are not finite and for outcomes of
    ///   a metric that it does not have.
    package func insert(_ examination: ExaminationRow, outcomes: [String: Outcomes] = [:]) throws
        -> Insertion
    {
        try Self.check(examination, outcomes)
        return try write { database in
            let isPresent = try Self.noteUse(
                of: examination.identity,
                in: examination.cell,
                by: examination.run,
                database
            )
            if isPresent { return .present }
            try database.execute(
                sql: """
                    INSERT INTO examination (identity, cell, model, replicate, method, split,
                        seconds, created, run_id, last_run_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    examination.identity.hexadecimal, examination.cell, examination.model,
                    examination.replicate, examination.method.text(), examination.split,
                    examination.seconds, examination.created.description, examination.run,
                    examination.run,
                ]
            )
            let row = database.lastInsertedRowID
            for metric in examination.metrics {
                try Self.insert(metric, outcomes[metric.name], of: row, into: database)
            }
            return .inserted
        }
    }

    /// The examination with an identity, of whichever cell, or nil when none was made yet.
    ///
    /// - Throws: `RunDatabaseError`.
    package func examination(identity: ContentHash) throws -> ExaminationRow? {
        try read { database in
            try Self.examinations(
                where: "e.identity = ?",
                arguments: [identity.hexadecimal],
                in: database
            ).first
        }
    }

    /// The examination with an identity, written down as a part of a run and of a cell; nil when
    /// no cell has it.
    ///
    /// Cells can share a model; one that is examined in one cell is taken over into another.
    ///
    /// - Throws: `RunDatabaseError`.
    package func reuse(identity: ContentHash, in cell: String = "", by run: Int64) throws
        -> ExaminationRow?
    {
        try write { database in
            if try !Self.noteUse(of: identity, in: cell, by: run, database) {
                try Self.takeOver(identity, into: cell, by: run, database)
            }
            return try Self.examinations(
                where: "e.identity = ? AND e.cell = ?",
                arguments: [identity.hexadecimal, cell],
                in: database
            ).first
        }
    }

    private static func check(_ row: ExaminationRow, _ outcomes: [String: Outcomes]) throws {
        func problem(_ metric: String, _ problem: String) -> RunDatabaseError {
            let cell = row.cell.isEmpty ? "" : " in \(row.cell)"
            return .unusable(what: "\(metric) of \(row.model)\(cell)", problem: problem)
        }
        for metric in row.metrics {
            let numbers = [metric.measurement.value, metric.measurement.standardError ?? 0]
            guard numbers.allSatisfy({ $0.isFinite }) else {
                throw problem(metric.name, "\(numbers[0]) ± \(numbers[1]) is not finite")
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
        in cell: String,
        by run: Int64,
        _ database: Database
    ) throws -> Bool {
        try database.execute(
            sql: "UPDATE examination SET last_run_id = ? WHERE identity = ? AND cell = ?",
            arguments: [run, identity.hexadecimal, cell]
        )
        return database.changesCount > 0
    }

    private static func takeOver(
        _ identity: ContentHash,
        into cell: String,
        by run: Int64,
        _ database: Database
    ) throws {
        let source = try Int64.fetchOne(
            database,
            sql: "SELECT min(id) FROM examination WHERE identity = ?",
            arguments: [identity.hexadecimal]
        )
        guard let source else { return }
        try database.execute(
            sql: """
                INSERT INTO examination (identity, cell, model, replicate, method, split,
                    seconds, created, run_id, last_run_id)
                SELECT identity, ?, model, replicate, method, split, seconds, created, run_id, ?
                FROM examination WHERE id = ?
                """,
            arguments: [cell, run, source]
        )
        try database.execute(
            sql: """
                INSERT INTO measurement (examination_id, metric, value, standard_error, n, kind,
                    problem_set_id, amounts, weights)
                SELECT ?, metric, value, standard_error, n, kind, problem_set_id, amounts, weights
                FROM measurement WHERE examination_id = ? ORDER BY id
                """,
            arguments: [database.lastInsertedRowID, source]
        )
    }
}
