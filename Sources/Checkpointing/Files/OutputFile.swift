import Foundation

/// A file open for writing, closed when the last reference goes.
package final class OutputFile {
    /// The path, for messages.
    package let path: String
    let descriptor: Int32

    /// Opens an existing file or device for writing at its start.
    ///
    /// - Throws: `FileError`.
    package convenience init(opening path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        self.init(descriptor: descriptor, path: path)
    }

    /// Takes over an open descriptor.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Appends all bytes.
    ///
    /// - Throws: `FileError`, with `ENOSPC` when the disk is full.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, start, rest.count)
            if count < 0 {
                guard errno == EINTR else {
                    throw FileError(operation: "write", path: path, code: errno)
                }
                continue
            }
            // The system reports at most what it was given, so the slice is inside `rest`.
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Appends all bytes.
    ///
    /// - Throws: `FileError`, with `ENOSPC` when the disk is full.
    package func write(_ data: Data) throws {
        try data.withUnsafeBytes { try write($0) }
    }

    /// Waits until everything written is on disk.
    ///
    /// - Throws: `FileError`.
    package func synchronize() throws {
        guard fsync(descriptor) == 0 else {
            throw FileError(operation: "synchronize", path: path, code: errno)
        }
    }
}
