import Checkpointing
import Foundation
import Foundations
import GRDB

/// Why the database of a run cannot be used, and what to do about it.
package enum RunDatabaseError: Error, Hashable, CustomStringConvertible {
    /// There is none.
    case missing(path: String)
    /// The file is no database, or a broken one.
    case damaged(path: String, reason: String)
    /// The file is the database of another program.
    case foreign(path: String)
    /// A newer version of this program has changed the tables.
    case newer(path: String)
    /// Another process kept the file to itself for too long.
    case busy(path: String)
    /// The system refused something: a full disk, no permission.
    case refused(path: String, reason: String)
    /// A row cannot be stored as it is.
    case unusable(what: String, problem: String)

    package var description: String {
        switch self {
        case .missing(let path):
            "there is no \(path); run the recipe, which makes it"
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)); move it and the files \(Self.sideFiles(of: path)) "
                + "elsewhere and run the recipe again: finished stages are taken over from their "
                + "folders, and only what stood in the file alone is measured again"
        case .foreign(let path):
            "\(path) is the database of another program and was not touched; move it elsewhere, "
                + "or choose another folder with --set output=FOLDER"
        case .newer(let path):
            "\(path) was written by a newer version of LayerSwap than "
                + "\(ProgramVersion.current); use that version, or choose another folder with "
                + "--set output=FOLDER"
        case .busy(let path):
            "another process is writing to \(path); wait for it and try again"
        case .refused(let path, let reason):
            "cannot use \(path): \(reason); check free space, owner and permissions of its folder"
        case .unusable(let what, let problem):
            "\(what) cannot be stored: \(problem)"
        }
    }

    private static func sideFiles(of path: String) -> String {
        let name = URL(filePath: path).lastPathComponent
        return "\(name)-wal and \(name)-shm beside it"
    }

    /// What an error of SQLite, or of reading a row, means for a file.
    init(_ error: any Error, path: String) {
        switch error {
        case let own as RunDatabaseError: self = own
        case let error as FileError: self = .refused(path: path, reason: "\(error)")
        case let error as DatabaseError:
            let reason = error.message ?? "\(error.resultCode)"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, reason: reason)
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
            default: self = .refused(path: path, reason: reason)
            }
        case let error as EncodingError:
            self = .unusable(what: "a row of \(path)", problem: ErrorText.text(of: error))
        default:
            // Errors of reading a row go on with the whole row and statement.
            let words = ErrorText.text(of: error)
            let first = words.split(whereSeparator: \.isNewline).first.map(String.init) ?? words
            self = .damaged(path: path, reason: String(first.prefix(200)))
        }
    }
}
