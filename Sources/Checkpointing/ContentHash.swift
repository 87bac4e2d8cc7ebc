import Crypto
import Foundation

/// The SHA-256 of some contents, which identifies inputs and outputs.
package struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    /// The 64 hexadecimal digits, in lower case.
    package let hexadecimal: String

    /// The 64 hexadecimal digits.
    package var description: String { hexadecimal }

    /// Reads a written hash; nil unless it is 64 hexadecimal digits in lower case.
    package init?(hexadecimal: String) {
        let digits = "0123456789abcdef"
        guard hexadecimal.utf8.count == 64, hexadecimal.allSatisfy(digits.contains) else {
            return nil
        }
        self.hexadecimal = hexadecimal
    }

    private init(_ digest: SHA256Digest) {
        hexadecimal = digest.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// The hash of bytes.
    package static func of(_ data: Data) -> ContentHash { ContentHash(SHA256.hash(data: data)) }

    /// The hash of the UTF-8 of a text.
    package static func of(text: String) -> ContentHash { of(Data(text.utf8)) }

    /// The hash of a file's bytes, read in pieces.
    ///
    /// - Throws: `FileError`.
    package static func of(file url: URL) throws -> ContentHash {
        let path = url.path(percentEncoded: false)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else {
                    throw FileError(operation: "read", path: path, code: errno)
                }
                continue
            }
            guard count > 0 else { return ContentHash(hash.finalize()) }
            // The system filled at most the piece that it was given.
            piece.withUnsafeBytes {
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
        }
    }

    /// The hash of a folder: of the relative paths of all its files, sorted by their bytes, each
    /// with the hash of its contents.
    ///
    /// Links to files count as what they lead to. Dates and permissions do not count.
    ///
    /// - Parameters:
    ///   - url: The folder.
    ///   - excluded: Relative paths that do not count, such as `provenance.json`, which has a date.
    /// - Returns: The hash, the same wherever the folder is.
    /// - Throws: `FileError`; `FolderError` when there is a link to a folder in it.
    package static func of(
        folder url: URL,
        excluding excluded: Set<String> = []
    ) throws -> ContentHash {
        var files: [(path: String, url: URL)] = []
        try collect(url, prefix: "", into: &files)
        files.sort { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
        var hash = SHA256()
        for file in files where !excluded.contains(file.path) {
            let content = try of(file: file.url).hexadecimal
            // The length before each path keeps different lists from running into the same bytes.
            hash.update(data: Data("\(file.path.utf8.count):\(file.path) \(content)\n".utf8))
        }
        return ContentHash(hash.finalize())
    }

    private static func collect(
        _ folder: URL,
        prefix: String,
        into files: inout [(path: String, url: URL)]
    ) throws {
        for name in try Folder.names(in: folder) {
            let url = folder.appending(path: name)
            let entry = url.path(percentEncoded: false)
            var link = stat()
            var status = stat()
            guard lstat(entry, &link) == 0, stat(entry, &status) == 0 else {
                throw FileError(operation: "evaluate", path: entry, code: errno)
            }
            if status.st_mode & S_IFMT == S_IFREG {
                files.append((prefix + name, url))
            } else if status.st_mode & S_IFMT == S_IFDIR, link.st_mode & S_IFMT == S_IFDIR {
                try collect(url, prefix: prefix + name + "/", into: &files)
            } else {
                throw FolderError.wrongKind(
                    path: entry,
                    found: "a link to a folder or a special file",
                    expected: "only files and folders in a folder that is hashed"
                )
            }
        }
    }
}

extension ContentHash: Codable {
    /// Reads the 64 digits.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hash = ContentHash(hexadecimal: text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is not 64 hexadecimal digits"
            )
        }
        self = hash
    }

    /// Writes the 64 digits.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}
