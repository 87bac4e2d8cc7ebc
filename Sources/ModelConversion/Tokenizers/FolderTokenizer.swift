import Checkpointing
import Foundation

/// The tokenizer of a folder as the keys of a GGUF file.
struct FolderTokenizer {
    /// The keys, as llama.cpp's own script writes them.
    let fileFields: [(key: String, value: GGUFValue)]

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - shape: Its model.
    ///   - fields: Its `config.json`.
    /// - Throws: `GGUFError`, `DamagedFile` or `ConfigurationError` for a tokenizer that is
    ///   missing, damaged, or that GGUF has no words for.
    init(in folder: URL, _ shape: ModelShape, _ fields: ConfigurationFields) throws {
        let pieces = folder.appending(path: "tokenizer.model")
        let json = folder.appending(path: "tokenizer.json")
        let settings = try SpecialTokenReader(in: folder, fields)
        var table: TokenTable
        var own: [(key: String, value: GGUFValue)]
        let source: URL
        if InputFile.exists(pieces) {
            source = pieces
            (table, own) = try PieceReader(at: pieces).read()
            try settings.addTokens(to: &table)
        } else if InputFile.exists(json) {
            source = json
            (table, own) = try TokenizerReader(at: json).read()
        } else {
            throw FolderError.incomplete(
                path: folder.path(percentEncoded: false),
                expected: "tokenizer.model or tokenizer.json"
            )
        }
        guard table.tokens.count <= shape.vocabulary else {
            throw GGUFError(
                path: source.path(percentEncoded: false),
                found: "\(table.tokens.count) tokens",
                expected: "at most \(shape.vocabulary), the rows of the embeddings"
            )
        }
        try settings.complete(&table)
        table.fill(to: shape.vocabulary)
        if own.contains(where: {
            [.text("llama"), .text(PieceReader.unigramName)].contains($0.value)
        }) {
            own.append(
                ("tokenizer.ggml.scores", .list(GGUFList(table.tokens.map(\.score))))
            )
        }
        fileFields = own + table.fileFields
    }
}
