import Checkpointing
import Foundation
import Foundations
import Recipes

/// Keeps a second run out of an output folder; the system frees it when the process ends, however.
package final class RunLock: Sendable {
    /// Another process works in the folder.
    package struct Taken: Error, CustomStringConvertible {
        /// The folder.
        package let folder: String
        /// The process that holds it, when it has written its number.
        package let process: String?

        package var description: String {
            let holder = process.map { " (process \($0))" } ?? ""
            return "another run\(holder) is working in \(folder); wait for it, or choose another "
                + "folder with --set output=FOLDER"
        }
    }

    private let descriptor: Int32

    /// Takes the lock of an existing folder.
    ///
    /// The object is made when the lock is held: what throws in an initializer that has set all
    /// properties ends in `deinit`, which would close the descriptor a second time, and with it
    /// whatever another thread has opened meanwhile.
    ///
    /// - Throws: `Taken`, or `FileError` when the folder cannot be written.
    package convenience init(folder: URL) throws {
        let path = folder.appending(path: RunFolder.lock).path(percentEncoded: false)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FileError(operation: "lock", path: path, code: errno)
        }
        guard Self.take(descriptor) else {
            let holder = try? String(contentsOfFile: path, encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            close(descriptor)
            throw Taken(folder: folder.shownPath, process: holder == "" ? nil : holder)
        }
        ftruncate(descriptor, 0)
        let number = Data("\(ProcessInfo.processInfo.processIdentifier)\n".utf8)
        _ = number.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        self.init(held: descriptor)
    }

    private init(held descriptor: Int32) { self.descriptor = descriptor }

    /// Whether some process holds the lock of a folder now.
    package static func isHeld(folder: URL) -> Bool {
        let path = folder.appending(path: RunFolder.lock).path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// The process that holds the lock of a folder, when it has written its number.
    package static func holder(of folder: URL) -> Int32? {
        let path = folder.appending(path: RunFolder.lock).path(percentEncoded: false)
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            .flatMap { $0 > 1 ? $0 : nil }
    }

    /// Takes the lock of an open file, unless another process keeps it.
    private static func take(_ descriptor: Int32) -> Bool {
        // A check of whether it is held takes it for a moment.
        for attempt in 0..<5 {
            if attempt > 0 { usleep(10_000) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        }
        return false
    }

    deinit {
        // Closing alone is not enough while a child that is being started still has a copy.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
