import Foundation

extension Tokenizer {
    /// Writes the `.model` file, complete or not at all.
    ///
    /// A file that already holds the same bytes is left as it is.
    ///
    /// Throws `TokenizerError.fileExists` when the path holds anything else, and
    /// `TokenizerError.unwritable` when the system refuses.
    package func save(to url: URL) throws {
        if FileManager.default.fileExists(atPath: url.path) {
            guard (try? Data(contentsOf: url)) == modelBytes else {
                throw TokenizerError.fileExists(path: url.path)
            }
            return
        }
        let temporary = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(UUID().uuidString).partial"
        )
        do {
            try modelBytes.write(to: temporary, options: .withoutOverwriting)
            let file = try FileHandle(forUpdating: temporary)
            try file.synchronize()
            try file.close()
            try FileManager.default.moveItem(at: temporary, to: url)
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw TokenizerError.unwritable(path: url.path, reason: error.localizedDescription)
        }
    }
}
