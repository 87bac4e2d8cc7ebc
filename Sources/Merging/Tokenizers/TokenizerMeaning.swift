import Checkpointing
import Foundation

/// What the numbers of tokens mean to a model, by all of the files that say something about it.
struct TokenizerMeaning {
    /// Files with a vocabulary and rules; all that both models have are compared.
    static let cores = ["tokenizer.model", "tokenizer.json", "vocab.json"]
    /// Files that add tokens, or give them parts to play.
    private static let others = [
        "added_tokens.json", "tokenizer_config.json", "special_tokens_map.json",
    ]

    /// The model.
    let model: MergeModel
    private let contents: [String: Data]

    /// Reads the files of a model.
    ///
    /// - Throws: `FileError`, and `FolderError.wrongKind` for what is no file.
    init(_ model: MergeModel) throws {
        self.model = model
        var contents: [String: Data] = [:]
        for file in Self.cores + ["merges.txt"] + Self.others {
            let url = model.modelFolder.appending(path: file)
            let path = url.path(percentEncoded: false)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            contents[file] = try InputFile.data(at: url)
        }
        self.contents = contents
    }

    /// Whether both have the same files, byte by byte.
    func hasSameFiles(as other: TokenizerMeaning) -> Bool { contents == other.contents }

    /// Whether a file is there.
    func has(_ file: String) -> Bool { contents[file] != nil }

    /// Whether both have a file, and its bytes are the same.
    func hasSame(_ file: String, as other: TokenizerMeaning) -> Bool {
        contents[file] != nil && contents[file] == other.contents[file]
    }

    /// The first digits of a file's hash, or `missing`.
    func shortHash(of file: String) -> String {
        contents[file].map { "\(ContentHash.of($0).hexadecimal.prefix(12))…" } ?? "missing"
    }

    /// What a file with a vocabulary says; nil when it cannot be understood.
    func core(_ file: String) -> TokenizerSource? {
        guard let data = contents[file] else { return nil }
        return switch file {
        case "tokenizer.model": try? TokenizerSource(file: file, sentencePiece: data)
        case "tokenizer.json": try? TokenizerSource(file: file, tokenizerJSON: data)
        default:
            try? TokenizerSource(
                file: file,
                vocabularyJSON: data,
                merges: contents["merges.txt"]
            )
        }
    }

    /// What the files without a vocabulary say.
    ///
    /// - Throws: `MergeError.tokenizerFile` for a file that cannot be understood.
    func additions() throws -> [TokenizerSource] {
        try Self.others.compactMap { file in
            guard let data = contents[file] else { return nil }
            do {
                return file == "added_tokens.json"
                    ? try TokenizerSource(file: file, addedTokens: data)
                    : try TokenizerSource(file: file, configuration: data)
            } catch {
                throw MergeError.tokenizerFile(
                    path: model.modelFolder.appending(path: file).path(percentEncoded: false)
                )
            }
        }
    }
}
