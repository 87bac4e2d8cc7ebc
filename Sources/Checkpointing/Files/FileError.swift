import Foundation

/// An operation on a file or folder that the system refused.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried, as a verb: `write`, `rename`.
    package let operation: String
    /// The file or folder.
    package let path: String
    /// The system's `errno`.
    package let code: Int32

    /// Records a refusal.
    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// What was tried on which path, the system's words, and what to do where that is known.
    package var description: String {
        let words = String(cString: strerror(code))
        let advice: String
        switch code {
        case ENOSPC, EDQUOT:
            advice = "; free some space there and run again, the unfinished output was removed"
        case EACCES, EPERM: advice = "; check the owner and permissions"
        case EROFS: advice = "; choose a folder that can be written"
        case ENOENT: advice = "; check the path"
        case ENAMETOOLONG: advice = "; choose a shorter name"
        case ENOTDIR: advice = "; a part of the path is a file, where a folder is expected"
        case EISDIR: advice = "; it is a folder, where a file is expected"
        case EEXIST: advice = "; move it elsewhere, or choose another name"
        case EILSEQ: advice = "; expected text in UTF-8"
        case EMFILE, ENFILE: advice = "; close other programs, or raise 'ulimit -n'"
        case EIO: advice = "; the disk may be failing"
        case ELOOP: advice = "; a link leads back to itself"
        default: advice = ""
        }
        return "cannot \(operation) \(path): \(words)\(advice)"
    }

    /// The same refusal, when a Foundation error hides one; other errors come back as they are.
    package static func revealing(
        _ error: any Error,
        operation: String = "write",
        path: String
    ) -> any Error {
        guard ErrorText.isFoundations(error), let code = ErrorText.code(of: error) else {
            return error
        }
        return FileError(
            operation: operation,
            path: ErrorText.filePath(in: error) ?? path,
            code: code
        )
    }
}

/// A file or folder that is not what it should be.
package enum FolderError: Error, Hashable, CustomStringConvertible {
    /// The output is already there.
    case exists(path: String)
    /// A folder has none of the files that it should have.
    case incomplete(path: String, expected: String)
    /// A path is not of the kind that it should be.
    case wrongKind(path: String, found: String, expected: String)

    /// What is wrong with which path, and what to do.
    package var description: String {
        switch self {
        case .exists(let path):
            "\(path) exists already and is not overwritten; "
                + "remove it, choose another output, or ask for it to be replaced"
        case .incomplete(let path, let expected):
            "\(path) has no \(expected)"
        case .wrongKind(let path, let found, let expected):
            "\(path) is \(found); expected \(expected)"
        }
    }
}
