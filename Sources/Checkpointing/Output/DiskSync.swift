import Foundation
import Foundations

/// Waiting until what was written is on disk.
enum DiskSync {
    /// Waits until every file and folder of a tree is on disk, the root last.
    static func tree(_ root: URL) throws {
        let keys: [URLResourceKey] = [.isRegularFileKey, .isDirectoryKey]
        let entries = try FileManager.default.contentsOfDirectory(
            at: root,
            includingPropertiesForKeys: keys
        )
        for entry in entries {
            let values = try entry.resourceValues(forKeys: Set(keys))
            if values.isDirectory == true {
                try tree(entry)
            } else if values.isRegularFile == true {
                try synchronize(path: entry.plainPath, flags: O_RDONLY)
            }
        }
        try folder(root)
    }

    /// Waits until the names in a folder are on disk.
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
