import Foundation

/// rename(2) in the ways that Linux has beside the plain one.
enum Renaming {
    /// What happens to something that has the new name.
    enum Way {
        /// A file is replaced.
        case replacing
        /// Nothing: renaming fails.
        case exclusive
        /// It gets the old name.
        case exchanging
    }

    /// Renames.
    ///
    /// - Returns: 0, or the system's `errno`.
    static func rename(_ from: String, _ to: String, _ way: Way) -> Int32 {
        // The values of <linux/fs.h>; the macros are not visible everywhere.
        let flags: UInt32
        switch way {
        case .replacing: return Foundation.rename(from, to) == 0 ? 0 : errno
        case .exclusive: flags = 1
        case .exchanging: flags = 2
        }
        let code: Int32
        if let renameat2 {
            code = renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) == 0 ? 0 : errno
        } else {
            code = ENOSYS
        }
        guard way == .exclusive, [EINVAL, ENOSYS, EOPNOTSUPP].contains(code) else { return code }
        // File systems that cannot promise it: nearly as good.
        var status = stat()
        guard lstat(to, &status) != 0 else { return EEXIST }
        return Foundation.rename(from, to) == 0 ? 0 : errno
    }

    private typealias RenameFunction =
        @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32

    /// The C library's `renameat2`, which its headers hide unless `_GNU_SOURCE` is defined.
    private static let renameat2: RenameFunction? = dlsym(nil, "renameat2").map {
        // The type is that of the manual page, since glibc 2.28.
        unsafeBitCast($0, to: RenameFunction.self)
    }
}
