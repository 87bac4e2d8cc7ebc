import Foundation

extension Tokenizer {
    static let sentencePieceFile = "tokenizer.model"
    static let jsonFile = "tokenizer.json"
    /// What may lie beside the file with the pieces and belongs to the tokenizer.
    static let companions = [
        jsonFile, TokenizerConfiguration.file, TokenizerConfiguration.specialTokensFile,
        "added_tokens.json", ChatTemplate.file,
    ]

    /// What makes two tokenizers the same: the file with the pieces, and for a `tokenizer.json`
    /// those beside it, which say how documents begin and end.
    package var identityBytes: Data {
        guard files[0].name == Self.jsonFile else { return modelBytes }
        var bytes = Data()
        for file in files {
            bytes.append(Data("\(file.name) \(file.contents.count)\n".utf8))
            bytes.append(file.contents)
        }
        return bytes
    }

    /// Writes the files of this tokenizer into a model folder, so that this program and
    /// `transformers` read it there as where it came from.
    ///
    /// Throws `TokenizerError.fileExists` when a file is there that holds anything else, and
    /// `TokenizerError.unwritable` when the system refuses.
    package func write(toModelFolder folder: URL) throws {
        for file in files {
            try Self.save(file.contents, to: folder.appendingPathComponent(file.name))
        }
    }

    /// Writes the file with the pieces, complete or not at all.
    ///
    /// A file that already holds the same bytes is left as it is.
    ///
    /// Throws `TokenizerError.fileExists` when the path holds anything else, and
    /// `TokenizerError.unwritable` when the system refuses.
    package func save(to url: URL) throws { try Self.save(modelBytes, to: url) }

    private static func save(_ contents: Data, to url: URL) throws {
        if FileManager.default.fileExists(atPath: url.path) {
            guard (try? Data(contentsOf: url)) == contents else {
                throw TokenizerError.fileExists(path: url.path)
            }
            return
        }
        let temporary = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(UUID().uuidString).partial"
        )
        do {
            try contents.write(to: temporary, options: .withoutOverwriting)
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
