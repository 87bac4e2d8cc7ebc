import Foundation
import Foundations

/// What is under a path at one moment, so that a change can be noticed: names, kinds, sizes, dates.
struct FolderSnapshot: Equatable {
    private struct Stamp: Equatable {
        var node: UInt64
        var mode: UInt32
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    private var stamps: [String: Stamp] = [:]

    /// Looks at a file or folder; links are not followed.
    ///
    /// - Throws: `FileError`.
    init(_ url: URL) throws {
        try add(url.plainPath, as: "")
    }

    private mutating func add(_ path: String, as name: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw FileError(operation: "evaluate", path: path, code: errno)
        }
        stamps[name] = Stamp(
            node: UInt64(status.st_ino),
            mode: UInt32(status.st_mode),
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        for child in try Folder.names(in: URL(filePath: path)) {
            try add("\(path)/\(child)", as: "\(name)/\(child)")
        }
    }

    /// How many files and folders are in the folder.
    var entryCount: Int { stamps.count - 1 }
}
