import Foundations
import GRDB

extension RunDatabase {
    /// The variants of a cell, the oldest first; of all cells when it is nil.
    ///
    /// - Throws: `RunDatabaseError`.
    package func variants(of cell: String? = nil) throws -> [VariantRow] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM variant WHERE cell = coalesce(?, cell)
                    ORDER BY cell, created, name
                    """,
                arguments: [cell]
            ).map { row in
                VariantRow(
                    cell: try row.decode(forColumn: "cell"),
                    name: try row.decode(forColumn: "name"),
                    setting: try row.json("setting"),
                    scores: try row.json("scores"),
                    created: try row.moment("created")
                )
            }
        }
    }

    /// Adds a variant.
    ///
    /// - Returns: False when there is one of this name in the cell.
    /// - Throws: `RunDatabaseError`.
    package func insert(_ variant: VariantRow) throws -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO variant (cell, name, setting, scores, created)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    variant.cell, variant.name, variant.setting.text(),
                    StoredJSON.text(of: variant.scores), variant.created.description,
                ]
            )
            return database.changesCount == 1
        }
    }

    /// Removes a variant.
    ///
    /// - Returns: False when there is none of this name.
    /// - Throws: `RunDatabaseError`.
    package func removeVariant(_ name: String, of cell: String) throws -> Bool {
        try write { database in
            try database.execute(
                sql: "DELETE FROM variant WHERE cell = ? AND name = ?",
                arguments: [cell, name]
            )
            return database.changesCount == 1
        }
    }
}
