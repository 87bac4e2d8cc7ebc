import Foundation

/// The bytes of a file, mapped into memory and read on demand by the system.
///
/// Who cuts the file short while it is mapped makes the process stop (SIGBUS). Checkpoints are
/// replaced by renaming, never changed in place, so that does not happen to our own.
final class MappedFile: @unchecked Sendable {  // The mapping is private and never written.
    let path: String
    let bytes: UnsafeRawBufferPointer

    init(at url: URL) throws {
        path = url.path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError(operation: "examine", path: path, code: errno)
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
            return
        }
        let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start, start != MAP_FAILED else {
            throw FileError(operation: "map", path: path, code: errno)
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
    }

    deinit {
        guard let start = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }

    /// Lets the system take back the memory behind the whole pages of a range.
    ///
    /// The bytes stay readable; they are read from the file again when they are touched.
    func release(_ range: Range<Int>) {
        guard let start = bytes.baseAddress else { return }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let lower = (range.lowerBound + page - 1) / page * page
        let upper = range.upperBound / page * page
        guard page > 0, lower < upper, upper <= bytes.count else { return }
        let address = UnsafeMutableRawPointer(mutating: start + lower)
        madvise(address, upper - lower, Int32(MADV_DONTNEED))
    }
}
