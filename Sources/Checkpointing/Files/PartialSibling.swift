import Foundation

/// An unfinished file or folder beside the place that it is made for.
///
/// It is hidden, carries a mark in its name and is locked as long as its maker lives. A mark
/// without a lock is what a killed process left; the next maker in the same folder sweeps it away.
final class PartialSibling {
    private static let mark = ".layerswap-partial-"
    private static let previousMark = ".layerswap-previous"

    /// Where the unfinished thing is.
    let url: URL
    /// Where it shall be.
    let target: URL
    /// The open file, or the open folder, that carries the lock.
    let file: OutputFile
    private let isFolder: Bool

    private var path: String { url.path(percentEncoded: false) }
    private var targetPath: String { target.path(percentEncoded: false) }
    private var parent: URL { target.deletingLastPathComponent() }

    /// Makes an empty file or folder beside `target`, after sweeping the folder that holds it.
    init(for target: URL, isFolder: Bool) throws {
        self.isFolder = isFolder
        self.target = target.standardizedFileURL.withoutTrailingSlash
        let parent = self.target.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        Self.recover(self.target)
        Self.sweep(parent)
        while true {
            let number = String(UInt64.random(in: .min ... .max), radix: 36)
            let url = parent.appending(
                path: ".\(self.target.lastPathComponent)\(Self.mark)\(number)"
            )
            if let file = try Self.make(url.path(percentEncoded: false), isFolder: isFolder) {
                self.url = url
                self.file = file
                return
            }
        }
    }

    /// Makes and locks; nil when the name is taken or a sweep was quicker than the lock.
    private static func make(_ path: String, isFolder: Bool) throws -> OutputFile? {
        if isFolder, mkdir(path, 0o777) != 0 {
            guard errno == EEXIST else {
                throw FileError(operation: "create", path: path, code: errno)
            }
            return nil
        }
        let flags = isFolder ? O_RDONLY | O_DIRECTORY : O_WRONLY | O_CREAT | O_EXCL
        let descriptor = open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            guard errno == EEXIST || (isFolder && errno == ENOENT) else {
                throw FileError(operation: "create", path: path, code: errno)
            }
            return nil
        }
        let file = OutputFile(descriptor: descriptor, path: path)
        // Where locks are not supported nobody can sweep either, and work goes on without one.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
        var byPath = stat()
        var byDescriptor = stat()
        guard lstat(path, &byPath) == 0, fstat(descriptor, &byDescriptor) == 0,
            byPath.st_ino == byDescriptor.st_ino
        else { return nil }
        return file
    }

    /// Removes what killed processes left in a folder.
    ///
    /// What cannot be removed stays; it does no harm.
    private static func sweep(_ folder: URL) {
        let path = folder.path(percentEncoded: false)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(".") && name.contains(mark) {
            let partial = folder.appending(path: name).path(percentEncoded: false)
            let descriptor = open(partial, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                try? FileManager.default.removeItem(atPath: partial)
            }
            close(descriptor)
        }
    }

    /// Removes the unfinished thing.
    func discard() {
        try? FileManager.default.removeItem(at: url)
    }
}

// MARK: - Taking the target's place

extension PartialSibling {
    /// Gives the finished thing its name and waits until the name is on disk.
    ///
    /// - Parameter replacing: Whether something that has the name already is removed.
    /// - Throws: `FolderError` when the name is taken and may not be, `FileError`.
    func commit(replacing: Bool) throws {
        if replacing, !isFolder {
            guard plainRename() else { throw failure }
            try Self.synchronize(folder: parent)
            return
        }
        let flags = replacing ? renameExchange : renameNoReplace
        if !rename(flags: flags) {
            switch errno {
            case EEXIST, ENOTEMPTY:
                throw FolderError.exists(path: targetPath)
            case ENOENT where replacing:
                // Nothing to exchange with.
                guard rename(flags: renameNoReplace) || plainRename() else { throw failure }
            case EINVAL, ENOSYS, EOPNOTSUPP:
                try commitInSteps(replacing: replacing)
            default:
                throw failure
            }
        } else if replacing {
            // The partial name now carries what was replaced.
            discard()
        }
        try Self.synchronize(folder: parent)
    }

    /// Commits on file systems that cannot exchange two names at once.
    private func commitInSteps(replacing: Bool) throws {
        guard FileManager.default.fileExists(atPath: targetPath) else {
            guard plainRename() else { throw failure }
            return
        }
        guard replacing else { throw FolderError.exists(path: targetPath) }
        let previous = Self.previous(of: target)
        // A process killed between these two steps is made good by `recover`.
        try FileManager.default.moveItem(at: target, to: previous)
        guard plainRename() else {
            let reason = failure
            try? FileManager.default.moveItem(at: previous, to: target)
            throw reason
        }
        try? FileManager.default.removeItem(at: previous)
    }

    /// Completes or takes back a replacement that was cut off between its two steps.
    private static func recover(_ target: URL) {
        let manager = FileManager.default
        let previous = previous(of: target)
        guard manager.fileExists(atPath: previous.path(percentEncoded: false)) else { return }
        if manager.fileExists(atPath: target.path(percentEncoded: false)) {
            try? manager.removeItem(at: previous)
        } else {
            try? manager.moveItem(at: previous, to: target)
        }
    }

    private static func previous(of target: URL) -> URL {
        target.deletingLastPathComponent().appending(
            path: ".\(target.lastPathComponent)\(previousMark)"
        )
    }

    private var failure: FileError {
        FileError(operation: "rename \(path) to", path: targetPath, code: errno)
    }

    private func plainRename() -> Bool {
        Foundation.rename(path, targetPath) == 0
    }

    private func rename(flags: UInt32) -> Bool {
        guard let renameat2 = Self.renameat2 else {
            errno = ENOSYS
            return false
        }
        return renameat2(AT_FDCWD, path, AT_FDCWD, targetPath, flags) == 0
    }

    private typealias RenameFunction =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    /// The C library's `renameat2`, which its headers hide unless `_GNU_SOURCE` is defined.
    private static let renameat2: RenameFunction? = dlsym(nil, "renameat2").map {
        // The type is that of the manual page, since glibc 2.28.
        unsafeBitCast($0, to: RenameFunction.self)
    }

    // The values of <linux/fs.h>; the macros are not visible everywhere.
    private var renameNoReplace: UInt32 { 1 }
    private var renameExchange: UInt32 { 2 }
}

// MARK: - Reaching the disk

extension PartialSibling {
    /// Waits until every file and folder of a tree is on disk, the root last.
    static func synchronize(tree root: URL) throws {
        let keys: [URLResourceKey] = [.isRegularFileKey, .isDirectoryKey]
        let entries = try FileManager.default.contentsOfDirectory(
            at: root,
            includingPropertiesForKeys: keys
        )
        for entry in entries {
            let values = try entry.resourceValues(forKeys: Set(keys))
            if values.isDirectory == true {
                try synchronize(tree: entry)
            } else if values.isRegularFile == true {
                try synchronize(path: entry.path(percentEncoded: false), flags: O_RDONLY)
            }
        }
        try synchronize(folder: root)
    }

    private static func synchronize(folder: URL) throws {
        try synchronize(path: folder.path(percentEncoded: false), flags: O_RDONLY | O_DIRECTORY)
    }

    private static func synchronize(path: String, flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileError(operation: "synchronize", path: path, code: errno)
        }
        try OutputFile(descriptor: descriptor, path: path).synchronize()
    }
}

extension URL {
    /// The same place without a slash at the end, so that its last component can be renamed.
    fileprivate var withoutTrailingSlash: URL {
        let path = path(percentEncoded: false)
        guard path.count > 1, path.hasSuffix("/") else { return self }
        return URL(filePath: String(path.dropLast()), directoryHint: .notDirectory)
    }
}
