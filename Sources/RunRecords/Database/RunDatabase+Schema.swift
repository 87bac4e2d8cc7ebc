import GRDB

/// Names in the file that published programs wrote; they stay, so that every run folder stays
/// readable by every program.
enum StoredName {
    /// The table of evaluations.
    static let evaluation = "examination"
    /// The column of other tables that refers to an evaluation.
    static let evaluationID = "examination_id"
}

extension RunDatabase {
    /// The tables, as the steps that lead to them; a step that was published never changes.
    ///
    /// Tables are strict: a column holds its type or the row is refused.
    static var schema: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("first tables") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
            try database.execute(sql: runTables)
            try database.execute(sql: evaluationTables)
        }
        migrator.registerMigration("examinations of equal models") { database in
            try database.execute(sql: sharedEvaluations)
        }
        migrator.registerMigration("variants") { database in
            try database.execute(sql: variantTable)
        }
        migrator.registerMigration("choices") { database in
            try database.execute(sql: choiceSplit)
        }
        return migrator
    }

    private static let runTables = """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            recipe TEXT NOT NULL,
            recipe_hash TEXT NOT NULL,
            recipe_text TEXT NOT NULL,
            version TEXT NOT NULL,
            overrides TEXT NOT NULL,     -- JSON list
            processor TEXT NOT NULL,
            threads INTEGER NOT NULL,
            toolchain TEXT NOT NULL,
            started TEXT NOT NULL,       -- ISO 8601, UTC
            finished TEXT,
            outcome TEXT CHECK (outcome IN ('complete', 'stopped', 'failed')),
            message TEXT,
            CHECK ((outcome IS NULL) = (finished IS NULL))
        ) STRICT;

        CREATE TABLE stage (
            identity TEXT NOT NULL CHECK (length(identity) = 64),
            cell TEXT NOT NULL,
            name TEXT NOT NULL,
            kind TEXT NOT NULL,
            facts TEXT NOT NULL,
            inputs TEXT NOT NULL,        -- JSON: names to identities
            status TEXT NOT NULL,
            seconds REAL NOT NULL,
            tokens INTEGER,
            steps INTEGER,
            operations REAL,
            figures TEXT NOT NULL,       -- JSON: names to numbers
            started TEXT,
            finished TEXT,
            run_id INTEGER REFERENCES run (id),
            last_run_id INTEGER NOT NULL REFERENCES run (id),
            PRIMARY KEY (identity, cell)
        ) STRICT;
        CREATE INDEX stage_by_name ON stage (cell, name, last_run_id);
        """

    private static let evaluationTables = """
        CREATE TABLE problem_set (
            id INTEGER PRIMARY KEY,
            hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
            n INTEGER NOT NULL,
            identifiers TEXT NOT NULL    -- JSON list
        ) STRICT;

        CREATE TABLE examination (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            identity TEXT NOT NULL CHECK (length(identity) = 64),
            cell TEXT NOT NULL,
            model TEXT NOT NULL,
            replicate TEXT NOT NULL,
            method TEXT NOT NULL,        -- JSON
            split TEXT NOT NULL,
            seconds REAL NOT NULL,
            created TEXT NOT NULL,
            run_id INTEGER NOT NULL REFERENCES run (id),
            last_run_id INTEGER NOT NULL REFERENCES run (id),
            UNIQUE (identity, cell)
        ) STRICT;
        CREATE INDEX examination_by_model
            ON examination (cell, model, replicate, split, last_run_id);

        CREATE TABLE measurement (
            id INTEGER PRIMARY KEY,
            examination_id INTEGER NOT NULL REFERENCES examination (id) ON DELETE CASCADE,
            metric TEXT NOT NULL,
            value REAL NOT NULL,
            standard_error REAL,
            n INTEGER NOT NULL,
            kind TEXT CHECK (kind IN ('binary', 'continuous')),
            problem_set_id INTEGER REFERENCES problem_set (id),
            amounts BLOB,                -- a byte or a Float64 for each problem
            weights BLOB,                -- a Float64 for each problem; NULL when all are 1
            UNIQUE (examination_id, metric),
            CHECK ((amounts IS NULL) = (problem_set_id IS NULL)),
            CHECK ((amounts IS NULL) = (kind IS NULL))
        ) STRICT;
        """

    /// An identity may stand under every model of a cell; SQLite changes such a rule only with the
    /// table.
    private static let sharedEvaluations = """
        CREATE TABLE examination_anew (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            identity TEXT NOT NULL CHECK (length(identity) = 64),
            cell TEXT NOT NULL,
            model TEXT NOT NULL,
            replicate TEXT NOT NULL,
            method TEXT NOT NULL,        -- JSON
            split TEXT NOT NULL,
            seconds REAL NOT NULL,
            created TEXT NOT NULL,
            run_id INTEGER NOT NULL REFERENCES run (id),
            last_run_id INTEGER NOT NULL REFERENCES run (id),
            UNIQUE (identity, cell, model, replicate)
        ) STRICT;
        INSERT INTO examination_anew SELECT * FROM examination;
        DROP TABLE examination;
        ALTER TABLE examination_anew RENAME TO examination;
        CREATE INDEX examination_by_model
            ON examination (cell, model, replicate, split, last_run_id);
        """

    /// Scores by which settings were chosen stood under the split `development` too.
    ///
    /// They have one metric; what is measured for a table has text in both languages beside it.
    private static let choiceSplit = """
        UPDATE examination SET split = 'choice'
        WHERE split = 'development' AND 'target_math' = (
            SELECT group_concat(metric) FROM measurement WHERE examination_id = examination.id);
        """

    /// Named merges.
    private static let variantTable = """
        CREATE TABLE variant (
            cell TEXT NOT NULL,
            name TEXT NOT NULL,
            setting TEXT NOT NULL,       -- JSON, as an entry of `merges` in a recipe
            scores TEXT NOT NULL,        -- JSON: metrics to estimates on development problems
            created TEXT NOT NULL,
            PRIMARY KEY (cell, name)
        ) STRICT;
        """
}
