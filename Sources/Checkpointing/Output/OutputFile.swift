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

    /// Creates a file of a given length, to be filled at any place in any order.
    ///
    /// The room is looked for at once, so that a full disk is found before the work.
    ///
    /// - Parameters:
    ///   - path: The file, which must not exist.
    ///   - byteCount: Its length.
    /// - Throws: `FileError`, with `ENOSPC` when the disk has not that much room.
    package convenience init(creating path: String, byteCount: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(operation: "create", path: path, code: errno) }
        self.init(descriptor: descriptor, path: path)
        var space = statvfs()
        if fstatvfs(descriptor, &space) == 0 {
            let (free, overflow) = UInt64(space.f_bavail).multipliedReportingOverflow(
                by: UInt64(space.f_frsize)
            )
            guard overflow || UInt64(byteCount) <= free else {
                throw FileError(operation: "find room for", path: path, code: ENOSPC)
            }
        }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw FileError(operation: "size", path: path, code: errno)
        }
    }

    /// Writes all bytes at a place; threads may do so at the same time, each at its own place.
    ///
    /// - Throws: `FileError`, with `ENOSPC` when the disk is full.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var rest = bytes
        var place = offset
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = pwrite(descriptor, start, rest.count, off_t(place))
            if count < 0 {
                guard errno == EINTR else {
                    throw FileError(operation: "write", path: path, code: errno)
                }
                continue
            }
            // The system reports at most what it was given, so the slice is inside `rest`.
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            place += count
        }
    }

    /// Waits until everything written is on disk.
    ///
    /// The bytes go to disk in pieces: a process that waits for many at once cannot even be killed.
    ///
    /// - Throws: `FileError`.
    package func synchronize() throws {
        var status = stat()
        if let synchronizeRange = Self.synchronizeRange, fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG
        {
            for start in stride(from: 0, to: status.st_size, by: Self.synchronizedPiece) {
                // What it cannot do here, the call below does.
                guard synchronizeRange(descriptor, start, off_t(Self.synchronizedPiece), 7) == 0
                else { break }
            }
        }
        guard fsync(descriptor) == 0 else {
            throw FileError(operation: "synchronize", path: path, code: errno)
        }
    }

    private static let synchronizedPiece = 8 << 20

    /// The system's `sync_file_range`, which stands in a header that Swift does not see; 7 are its
    /// flags that begin writing a piece and wait for it.
    private typealias SynchronizeRange = @convention(c) (Int32, off_t, off_t, UInt32) -> Int32
    private static let synchronizeRange = dlsym(nil, "sync_file_range").map {
        // The types are those of sync_file_range(2).
        unsafeBitCast($0, to: SynchronizeRange.self)
    }
}
