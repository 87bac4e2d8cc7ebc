import GRDB

extension RunDatabase {
    /// How much there is in a run folder.
    package struct Counts: Hashable, Sendable {
        /// Cells that have a stage or an examination.
        package var cells: Int
        /// Stages of all cells, earlier ones with other settings left out.
        package var stages: Int
        /// Examinations, likewise.
        package var examinations: Int
        /// What they took in all, in seconds; what cells or models share counts once, and so do
        /// examinations that an evaluation counts too.
        package var seconds: Double
    }

    /// Counts what there is.
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
                        current_examination AS
                            (SELECT * FROM examination AS e WHERE \(Self.isCurrentExamination))
                    SELECT
                        (SELECT count(*) FROM (SELECT cell FROM current_stage
                            UNION SELECT cell FROM current_examination)) AS cells,
                        (SELECT count(*) FROM current_stage) AS stages,
                        (SELECT count(*) FROM current_examination) AS examinations,
                        (SELECT total(once) FROM (
                            SELECT max(spent) AS once FROM (
                                SELECT cell, name, spent FROM (
                                    SELECT cell, name, seconds AS spent, min(number)
                                    FROM current_stage GROUP BY identity)
                                UNION ALL
                                SELECT cell, 'evaluation-' || model, total(spent) FROM (
                                    SELECT cell, model, seconds AS spent, min(id)
                                    FROM current_examination GROUP BY identity)
                                GROUP BY cell, model
                            ) GROUP BY cell, name)) AS seconds
                    """
            )
            guard let row else { return Counts(cells: 0, stages: 0, examinations: 0, seconds: 0) }
            return Counts(
                cells: try row.decode(forColumn: "cells"),
                stages: try row.decode(forColumn: "stages"),
                examinations: try row.decode(forColumn: "examinations"),
                seconds: try row.decode(forColumn: "seconds")
            )
        }
    }
}
