import Checkpointing
import Foundation
import GRDB

extension RunDatabase {
    /// Whether SQLite could not read because it could not write.
    static func isRefusedWriting(_ error: DatabaseError) -> Bool {
        [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR].contains(error.resultCode)
    }

    /// A database in memory with what a file and its log hold.
    ///
    /// - Throws: `RunDatabaseError`.
    static func copied(_ url: URL, path: String) throws -> DatabaseQueue {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "layerswap-\(UUID().uuidString)"
        )
        let item = UnfinishedItem(at: folder)
        defer { item.remove() }
        do {
            try Folder.make(at: folder)
            let copy = folder.appending(path: fileName)
            for ending in ["", "-wal"] {
                let source = URL(filePath: url.path(percentEncoded: false) + ending)
                guard InputFile.exists(source) else { continue }
                let target = URL(filePath: copy.path(percentEncoded: false) + ending)
                try AtomicFile.write(InputFile.data(at: source), to: target)
            }
            let file = copy.path(percentEncoded: false)
            let queue = try inspected(file, path: path) ?? writable(file)
            let memory = try DatabaseQueue()
            try queue.backup(to: memory)
            try queue.close()
            return memory
        } catch {
            throw RunDatabaseError(error, path: path)
        }
    }
}
