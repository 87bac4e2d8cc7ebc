import Foundation
import Foundations

/// An unfinished file or folder beside the place that it is made for.
///
/// It is hidden, carries a mark in its name and is locked as long as its maker lives. A mark
/// without a lock is what a killed process left; the next maker in the same folder sweeps it away.
final class PartialSibling {
    private static let mark = ".layerswap-partial-"
    private static let previousMark = ".layerswap-previous"
    /// How the name of a file begins that is made to see whether a folder can be written.
    static let probeName = ".probe\(mark)"

    /// Where the unfinished thing is.
    let url: URL
    /// Where it shall be.
    let target: URL
    /// The open file, or the open folder, that carries the lock.
    let file: OutputFile
    private let item: UnfinishedItem

    private var path: String { url.plainPath }
    private var targetPath: String { target.plainPath }
    private var parent: URL { target.deletingLastPathComponent() }

    /// Whether `url` is the unfinished thing, and not what it has replaced and may not remove.
    private var isOwn = true
    /// The folders above that were made for it.
    private let above: [URL]

    /// Makes an empty file or folder beside `target`, after sweeping the folder that holds it.
    init(for target: URL, isFolder: Bool) throws {
        self.target = URL(filePath: target.standardizedFileURL.plainPath)
        let parent = self.target.deletingLastPathComponent()
        above = try FileMove.makeFolder(parent)
        Self.recover(self.target)
        Self.sweep(parent)
        do {
            while true {
                let number = String(UInt64.random(in: .min ... .max), radix: 36)
                let url = parent.appending(path: Self.hidden(self.target, Self.mark + number))
                let item = UnfinishedItem(at: url.plainPath)
                do {
                    if let file = try Self.make(item.path, isFolder: isFolder) {
                        self.url = url
                        self.file = file
                        self.item = item
                        return
                    }
                    item.forget()
                } catch {
                    item.forget()
                    throw error
                }
            }
        } catch {
            FileMove.removeEmpty(above)
            throw error
        }
    }

    /// A hidden name beside a target, however long the target's own name is.
    private static func hidden(_ target: URL, _ ending: String) -> String {
        let name = target.lastPathComponent
        guard name.utf8.count + ending.utf8.count + 1 > longestName else {
            return ".\(name)\(ending)"
        }
        // A hash keeps long names apart that begin in the same way.
        let hash = ContentHash.of(text: name).hexadecimal.prefix(16)
        var start = name
        while start.utf8.count + ending.utf8.count + hash.count + 2 > longestName {
            start.removeLast()
        }
        return ".\(start)-\(hash)\(ending)"
    }

    /// Bytes of a name that every usual file system takes.
    private static let longestName = 255

    /// Makes and locks; nil when the name is taken or a sweep was quicker than the lock.
    private static func make(_ path: String, isFolder: Bool) throws -> OutputFile? {
        try FileSteps.next("create", path)
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

    /// Whether a name carries the mark.
    static func isPartial(_ name: String) -> Bool { name.hasPrefix(".") && name.contains(mark) }

    /// Removes what killed processes left in a folder.
    ///
    /// What cannot be removed stays; it does no harm.
    private static func sweep(_ folder: URL) {
        let path = folder.path(percentEncoded: false)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where isPartial(name) {
            let partial = folder.appending(path: name).path(percentEncoded: false)
            let descriptor = open(partial, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                try? FileMove.remove(URL(filePath: partial))
            }
            close(descriptor)
        }
    }

    /// Removes the unfinished thing, and the folders above that were made for it.
    func discard() {
        guard isOwn else { return item.forget() }
        // Announced until it is gone: a folder of many gigabytes takes its time.
        try? FileMove.remove(url)
        item.forget()
        FileMove.removeEmpty(above)
    }
}

// MARK: - Taking the target's place

extension PartialSibling {
    /// Gives the finished thing its name, unless something has it, and waits until the name is on
    /// disk.
    ///
    /// - Throws: `FolderError` when the name is taken, `FileError`.
    func commit() throws {
        try FileSteps.next("rename", path)
        try item.finish(as: targetPath) {
            switch Renaming.rename(path, targetPath, .exclusive) {
            case 0: return
            case EEXIST, ENOTEMPTY: throw FolderError.exists(path: targetPath)
            case let code: throw failure(code)
            }
        }
        item.forget()
        try DiskSync.folder(parent)
    }

    /// Gives the finished file its name and takes it from another file.
    ///
    /// - Throws: `FileError`.
    func commitOverFile() throws {
        try FileSteps.next("rename", path)
        try item.finish(as: targetPath) {
            let code = Renaming.rename(path, targetPath, .replacing)
            guard code == 0 else { throw failure(code) }
        }
        item.forget()
        try DiskSync.folder(parent)
    }

    /// Gives the finished thing its name and removes what had it.
    ///
    /// - Parameter approve: Looks at what had the name, before and once more when nobody can reach
    ///   it under that name any longer; what it throws takes the exchange back.
    /// - Throws: `FolderError`, `FileError`, what `approve` throws.
    func commit(approve: (URL) throws -> Void) throws {
        guard Self.isThere(targetPath) else { return try commit() }
        try approve(target)
        try FileSteps.next("exchange", path)
        do {
            // In one piece: a process that leaves meanwhile must not remove what is being approved.
            try item.finish(as: targetPath) { try exchange(approve) }
        } catch let refused as RefusedExchange {
            switch refused.code {
            case ENOENT: return try commit()
            case EINVAL, ENOSYS, EOPNOTSUPP: return try commitInSteps(approve)
            default: throw failure(refused.code)
            }
        }
        // The partial name now carries what was replaced.
        discard()
        try DiskSync.folder(parent)
    }

    /// The system's answer to an exchange that it does not make.
    private struct RefusedExchange: Error {
        let code: Int32
    }

    private func exchange(_ approve: (URL) throws -> Void) throws {
        let code = Renaming.rename(path, targetPath, .exchanging)
        guard code == 0 else { throw RefusedExchange(code: code) }
        do { try approve(url) } catch {
            isOwn = Renaming.rename(path, targetPath, .exchanging) == 0
            throw error
        }
    }

    /// Commits on file systems that cannot exchange two names at once.
    private func commitInSteps(_ approve: (URL) throws -> Void) throws {
        let previous = Self.previous(of: target)
        // A process killed between these steps is made good by `recover`.
        guard try FileMove.move(target, to: previous) else {
            throw FolderError.exists(path: previous.plainPath)
        }
        do {
            try approve(previous)
            try commit()
        } catch {
            _ = try? FileMove.move(previous, to: target)
            throw error
        }
        try? FileMove.remove(previous)
    }

    /// Completes or takes back a replacement that was cut off between its two steps.
    private static func recover(_ target: URL) {
        let previous = previous(of: target)
        guard isThere(previous.plainPath) else { return }
        if isThere(target.plainPath) {
            try? FileMove.remove(previous)
        } else {
            _ = try? FileMove.move(previous, to: target)
        }
    }

    private static func previous(of target: URL) -> URL {
        target.deletingLastPathComponent().appending(path: hidden(target, previousMark))
    }

    /// Whether something has a name, be it a link that leads nowhere.
    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private func failure(_ code: Int32) -> FileError {
        FileError(operation: "rename \(path) to", path: targetPath, code: code)
    }
}
