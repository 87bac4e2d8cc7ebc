import GRDB

extension RunDatabase {
    /// How much there is in a run folder.
    package struct Counts: Hashable, Sendable {
        /// Cells that have a stage or an evaluation.
        package var cells: Int
        /// Stages of all cells, earlier ones with other settings left out.
        package var stages: Int
        /// Evaluations, likewise.
        package var evaluations: Int
        /// What they took in all, in seconds; what cells or models share counts once, and so do
        /// evaluations that an evaluation counts too.
        package var seconds: Double
    }

    /// Counts what is stored.
    ///
    /// - Throws: `RunDatabaseError`.
    package func counts() throws -> Counts {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    WITH current_stage AS
                            (SELECT s.*, s.rowid AS number FROM stage AS s
                                WHERE \(Self.isCurrentStage)),
                        current_evaluation AS
                            (SELECT * FROM \(StoredName.evaluation) AS e WHERE \(Self.isCurrentEvaluation))
                    SELECT
                        (SELECT count(*) FROM (SELECT cell FROM current_stage
                            UNION SELECT cell FROM current_evaluation)) AS cells,
                        (SELECT count(*) FROM current_stage) AS stages,
                        (SELECT count(*) FROM current_evaluation) AS evaluations,
                        (SELECT total(once) FROM (
                            SELECT max(spent) AS once FROM (
                                SELECT cell, name, spent FROM (
                                    SELECT cell, name, seconds AS spent, min(number)
                                    FROM current_stage GROUP BY identity)
                                UNION ALL
                                SELECT cell, 'evaluation-' || model, total(spent) FROM (
                                    SELECT cell, model, seconds AS spent, min(id)
                                    FROM current_evaluation GROUP BY identity)
                                GROUP BY cell, model
                            ) GROUP BY cell, name)) AS seconds
                    """
            )
            guard let row else { return Counts(cells: 0, stages: 0, evaluations: 0, seconds: 0) }
            return Counts(
                cells: try row.decode(forColumn: "cells"),
                stages: try row.decode(forColumn: "stages"),
                evaluations: try row.decode(forColumn: "evaluations"),
                seconds: try row.decode(forColumn: "seconds")
            )
        }
    }
}
