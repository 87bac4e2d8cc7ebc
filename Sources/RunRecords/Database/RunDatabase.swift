import Foundation
import Foundations
import GRDB
import Recipes

/// The memory of a run folder: every run, stage and evaluation, in one SQLite file.
///
/// Tables: `run` (one row for each invocation), `stage`, `evaluation` (one model measured on one
/// split), `measurement` (one metric of an evaluation with its outcomes by problem) and
/// `problem_set` (identifiers of problems, each list once). A *cell* is the recipe with some
/// settings written over it, such as `seed=3,languages.target=te`; a recipe without a sweep has the
/// one cell "".
///
/// What a method has written when it returns survives the end of the process, however it ends, and
/// of the machine: the file has a write-ahead log that is synchronized at every commit. Other
/// processes can read meanwhile; the run lock keeps a second writer out.
package final class RunDatabase: Sendable {
    /// The name of the file in the folder of a run.
    package static let fileName = RunFolder.database

    /// Marks the file as this program's: "LSwp" in the header field that SQLite has for it.
    static let applicationIdentifier: Int32 = 0x4C53_7770

    /// The file as people write it, for messages.
    let path: String
    private let queue: DatabaseQueue

    /// Opens the database at a place for reading and writing, and makes it when there is none.
    ///
    /// - Throws: `RunDatabaseError`; a file that cannot be used is left as it is.
    package init(at url: URL) throws {
        path = url.shownPath
        let file = url.path(percentEncoded: false)
        do {
            if FileManager.default.fileExists(atPath: file) {
                // Before anything is written: even the choice of the log would change the file.
                _ = try Self.inspected(file, path: path)
            }
            queue = try Self.writable(file)
        } catch {
            throw RunDatabaseError(error, path: path)
        }
    }

    /// Opens an existing database for reading; one of an older version is brought up to date.
    ///
    /// Where the folder cannot be written, as on a disk that is read only or in another user's run,
    /// a copy in memory is read: SQLite wants to write beside a file even to read it.
    ///
    /// - Throws: `RunDatabaseError`.
    package init(reading url: URL) throws {
        path = url.shownPath
        let file = url.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: file) else {
            throw RunDatabaseError.missing(path: path)
        }
        do {
            queue = try Self.inspected(file, path: path) ?? Self.writable(file)
        } catch let error as DatabaseError where Self.isRefusedWriting(error) {
            queue = try Self.copied(url, path: path)
        } catch {
            throw RunDatabaseError(error, path: path)
        }
    }

    /// Reads a database, and the log beside it, out of a copy; nothing is written where it lies.
    ///
    /// - Throws: `RunDatabaseError`.
    package init(copying url: URL) throws {
        path = url.shownPath
        queue = try Self.copied(url, path: path)
    }

    /// Reads in one transaction, which sees one state of the file.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw RunDatabaseError(error, path: path)
        }
    }

    /// Writes in one transaction: all of it, or nothing when `body` throws or the process ends.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw RunDatabaseError(error, path: path)
        }
    }
}

extension RunDatabase {
    /// How long one process waits for another, in seconds.
    private static let patience = 10.0

    static func writable(_ file: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(patience)
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        // After opening, which sets a weaker level for the log.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try schema.migrate(queue)
        return queue
    }

    /// Looks at a file without writing to it.
    ///
    /// - Returns: The open file, or nil when it is ours and its tables are not up to date.
    /// - Throws: `RunDatabaseError` when it is not ours or too new, and errors of SQLite.
    static func inspected(_ file: String, path: String) throws -> DatabaseQueue? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patience)
        let queue = try DatabaseQueue(path: file, configuration: configuration)
        let isUpToDate = try queue.read { database in
            let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
            if mark != applicationIdentifier {
                // A process that ended while it made the file leaves none of our tables, and
                // perhaps those of the library that makes them.
                let tables = """
                    SELECT count(*) FROM sqlite_master WHERE tbl_name NOT GLOB 'grdb_*'
                    """
                guard mark == 0, try Int.fetchOne(database, sql: tables) == 0 else {
                    throw RunDatabaseError.foreign(path: path)
                }
                return false
            }
            guard try !schema.hasBeenSuperseded(database) else {
                throw RunDatabaseError.newer(path: path)
            }
            return try schema.hasCompletedMigrations(database)
        }
        return isUpToDate ? queue : nil
    }
}
