import Foundation

/// The bytes of a file, mapped into memory and read on demand by the system.
///
/// Who cuts the file short while it is mapped makes the process stop (SIGBUS). Checkpoints are
/// replaced by renaming, never changed in place, so that does not happen to our own.
final class MappedFile: @unchecked Sendable {  // The mapping is private and never written.
    let path: String
    let bytes: UnsafeRawBufferPointer
    private let descriptor: Int32

    init(at url: URL) throws {
        path = url.path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        self.descriptor = descriptor
        var isOpen = false
        defer { if !isOpen { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(operation: "evaluate", path: path, code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FolderError.wrongKind(
                path: path,
                found: status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a special file",
                expected: "a regular file"
            )
        }
        let size = Int(status.st_size)
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            isOpen = true
            return
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else {
            throw FileError(operation: "map", path: path, code: errno)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
        isOpen = true
    }

    deinit {
        close(descriptor)
        guard let start = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }

    /// Lets the system take back the memory behind the whole pages of a range.
    ///
    /// The bytes stay readable; they are read from the file again when they are touched.
    func release(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        guard let start = bytes.baseAddress, page > 0 else { return }
        let lower = (range.lowerBound + page - 1) / page * page
        let upper = range.upperBound / page * page
        guard lower < upper, upper <= bytes.count else { return }
        let address = UnsafeMutableRawPointer(mutating: start + lower)
        madvise(address, upper - lower, Int32(MADV_DONTNEED))
    }

    /// The system's call that copies between two files; it stands in a header that Swift does not
    /// see, and old systems do not have it.
    private typealias CopyFileRange =
        @convention(c) (
            Int32, UnsafeMutablePointer<off_t>, Int32, UnsafeMutablePointer<off_t>, Int, UInt32
        ) -> Int
    private static let copyFileRange = dlsym(nil, "copy_file_range").map {
        // The types are those of copy_file_range(2).
        unsafeBitCast($0, to: CopyFileRange.self)
    }

    /// Copies a range of bytes to a place in another file.
    ///
    /// The system does it, which spares the way through this process and lets file systems that
    /// can share blocks do so; where it refuses, the bytes are written from here.
    ///
    /// - Throws: `FileError`, with `ENOSPC` when the disk is full.
    func copy(_ range: Range<Int>, to file: OutputFile, at offset: Int) throws {
        precondition(range.upperBound <= bytes.count, "\(range) of \(bytes.count) bytes")
        var source = off_t(range.lowerBound)
        var target = off_t(offset)
        while source < range.upperBound, let copy = Self.copyFileRange {
            let rest = range.upperBound - Int(source)
            let count = copy(descriptor, &source, file.descriptor, &target, rest, 0)
            if count > 0 { continue }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == ENOSPC {
                throw FileError(operation: "write", path: file.path, code: errno)
            }
            // Across file systems, in old kernels, or at an end that moved.
            break
        }
        let left = UnsafeRawBufferPointer(rebasing: bytes[Int(source)..<range.upperBound])
        try file.write(left, at: Int(target))
    }
}
