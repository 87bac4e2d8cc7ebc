import Foundation
import Foundations

/// Waiting until what was written is on disk.
enum DiskSync {
    /// Waits until every file and folder of a tree is on disk, the root last.
    ///
    /// - Throws: `FileError`.
    static func tree(_ root: URL) throws {
        for name in try Folder.names(in: root) {
            let entry = root.appending(path: name)
            var status = stat()
            guard lstat(entry.plainPath, &status) == 0 else {
                throw FileError(operation: "evaluate", path: entry.plainPath, code: errno)
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try tree(entry)
            case S_IFREG: try synchronize(path: entry.plainPath, flags: O_RDONLY)
            default: break
            }
        }
        try folder(root)
    }

    /// Waits until the names in a folder are on disk.
    ///
    /// - Throws: `FileError`.
    static func folder(_ url: URL) throws {
        try synchronize(path: url.plainPath, flags: O_RDONLY | O_DIRECTORY)
    }

    private static func synchronize(path: String, flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileError(operation: "synchronize", path: path, code: errno)
        }
        try OutputFile(descriptor: descriptor, path: path).synchronize()
    }
}
