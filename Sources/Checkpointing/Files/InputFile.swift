import Foundation

/// Reading whole files, with errors that name the file.
package enum InputFile {
    /// The bytes of a file.
    ///
    /// - Throws: `FileError`, and `FolderError.wrongKind` for a folder or a special file.
    package static func data(at url: URL) throws -> Data {
        let path = url.path(percentEncoded: false)
        try check(path)
        do {
            return try Data(contentsOf: url)
        } catch {
            throw FileError.revealing(error, operation: "read", path: path)
        }
    }

    /// The text of a file.
    ///
    /// - Throws: As `data` does, and `FolderError.wrongKind` for what is not UTF-8.
    package static func text(at url: URL) throws -> String {
        guard let text = String(validating: try data(at: url), as: UTF8.self) else {
            throw FolderError.wrongKind(
                path: url.path(percentEncoded: false),
                found: "not UTF-8",
                expected: "a text file"
            )
        }
        return text
    }

    /// What a JSON file holds.
    ///
    /// - Parameters:
    ///   - type: What it should hold.
    ///   - url: The file.
    ///   - expected: What it should be, and what to do when it is not.
    ///   - decoder: Reads it.
    /// - Returns: The value.
    /// - Throws: As `data` does, and `DamagedFile`.
    package static func json<Value: Decodable>(
        _ type: Value.Type,
        at url: URL,
        expected: String,
        decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        let data = try data(at: url)
        do {
            return try decoder.decode(type, from: data)
        } catch {
            throw DamagedFile(
                path: url.path(percentEncoded: false),
                reason: ErrorText.text(of: error),
                expected: expected
            )
        }
    }

    /// Whether something is there, a link that leads nowhere included.
    package static func exists(_ url: URL) -> Bool {
        var status = stat()
        return lstat(url.path(percentEncoded: false), &status) == 0
    }

    /// Opening a folder or a pipe would succeed, and reading would fail or wait for ever.
    private static func check(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw FileError(operation: "read", path: path, code: errno)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR:
            throw FolderError.wrongKind(path: path, found: "a folder", expected: "a file")
        default:
            throw FolderError.wrongKind(path: path, found: "a special file", expected: "a file")
        }
    }
}

/// Folders, with errors that name them.
package enum Folder {
    /// Makes a folder and those above it, unless it is there.
    ///
    /// - Throws: `FileError`; `FolderError.wrongKind` when something else has the name.
    package static func make(at url: URL) throws {
        try FileMove.makeFolder(url)
    }

    /// The names of what lies in a folder.
    ///
    /// - Throws: `FileError`.
    package static func names(in url: URL) throws -> [String] {
        let path = url.path(percentEncoded: false)
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw FileError.revealing(error, operation: "list", path: path)
        }
    }
}

/// A file of ours, or of another program, whose contents are not what they should be.
package struct DamagedFile: Error, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What is wrong with it.
    package let reason: String
    /// What it should be, and what to do.
    package let expected: String

    /// Describes a damage.
    package init(path: String, reason: String, expected: String) {
        self.path = path
        self.reason = reason
        self.expected = expected
    }

    /// The file, the damage and the remedy.
    package var description: String { "\(path) is damaged: \(reason); expected \(expected)" }
}
