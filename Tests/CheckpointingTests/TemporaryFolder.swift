import Foundation

/// A folder of its own for one test, removed at the end.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "checkpointing-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The names in the folder, hidden ones too.
    func names() throws -> [String] {
        let path = url.path(percentEncoded: false)
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// Writes a file and says where it is.
    func file(_ name: String, _ data: Data) throws -> URL {
        let file = url.appending(path: name)
        try data.write(to: file)
        return file
    }
}

/// A safetensors file with a header as given and `dataLength` bytes 0, 1, 2, ….
func safetensors(header: String, dataLength: Int = 0, claimedLength: UInt64? = nil) -> Data {
    let json = Data(header.utf8)
    let length = claimedLength ?? UInt64(json.count)
    return withUnsafeBytes(of: length.littleEndian) { Data($0) } + json
        + Data((0..<dataLength).map { UInt8(truncatingIfNeeded: $0) })
}
