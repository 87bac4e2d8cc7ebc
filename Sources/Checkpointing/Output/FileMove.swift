import Foundation
import Foundations

/// Moving and removing, each as one operation of the system where that is possible.
package enum FileMove {
    /// Gives a file or folder another place, unless something is there.
    ///
    /// It is at one of both places at any time, or at both while it goes to another file system.
    ///
    /// - Returns: Whether it has moved; false when something is at the target.
    /// - Throws: `FileError`.
    package static func move(_ source: URL, to target: URL) throws -> Bool {
        let (from, to) = (source.plainPath, target.plainPath)
        try FileSteps.next("rename", from)
        switch Renaming.rename(from, to, .exclusive) {
        case 0:
            // The new name first: what has two names for a moment is not lost.
            try DiskSync.folder(target.deletingLastPathComponent())
            try DiskSync.folder(source.deletingLastPathComponent())
            return true
        case EEXIST, ENOTEMPTY: return false
        case EXDEV: return try carry(source, to: target)
        case let code: throw FileError(operation: "rename \(from) to", path: to, code: code)
        }
    }

    /// Copies to another file system, and removes the original when the copy is complete.
    private static func carry(_ source: URL, to target: URL) throws -> Bool {
        let manager = FileManager.default
        do {
            try AtomicFolder.create(at: target) { partial in
                for name in try manager.contentsOfDirectory(atPath: source.plainPath) {
                    try manager.copyItem(
                        at: source.appending(path: name),
                        to: partial.appending(path: name)
                    )
                }
            }
        } catch FolderError.exists {
            return false
        } catch {
            throw FileError.revealing(error, operation: "copy", path: source.plainPath)
        }
        try remove(source)
        return true
    }

    /// Removes a file, or a folder with everything in it.
    ///
    /// - Throws: `FileError`.
    package static func remove(_ url: URL) throws {
        try FileSteps.next("remove", url.plainPath)
        do { try FileManager.default.removeItem(at: url) } catch {
            throw FileError.revealing(error, operation: "remove", path: url.plainPath)
        }
    }

    /// Makes a folder and those above it; nothing happens when it is there.
    ///
    /// - Returns: The folders that were made, the innermost last.
    /// - Throws: `FileError`, `FolderError` when a file is in the way.
    @discardableResult
    package static func makeFolder(_ url: URL) throws -> [URL] {
        let path = url.plainPath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw FolderError.wrongKind(path: path, found: "a file", expected: "a folder")
            }
            return []
        }
        let parent = url.deletingLastPathComponent()
        let above = parent.plainPath == path ? [] : try makeFolder(parent)
        try FileSteps.next("mkdir", path)
        if mkdir(path, 0o777) == 0 { return above + [url] }
        let code = errno
        guard code == EEXIST else {
            removeEmpty(above)
            throw FileError(operation: "create", path: path, code: code)
        }
        return above
    }

    /// Removes folders that were made for nothing, as far as nobody has put anything into them.
    static func removeEmpty(_ folders: [URL]) {
        for folder in folders.reversed() {
            guard (try? FileSteps.next("rmdir", folder.plainPath)) != nil else { return }
            rmdir(folder.plainPath)
        }
    }
}
