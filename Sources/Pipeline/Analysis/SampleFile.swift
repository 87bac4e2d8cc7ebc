import Checkpointing
import Datasets
import Foundation
import Tokenization
import Transformer

/// Samples of text for a model, one JSON object a line: `{"text": …}`, or `{"tokens": [1, …]}` for
/// models whose tokenizer is not one of SentencePiece.
package struct SampleFile {
    /// A field of a row.
    private enum Value: Decodable {
        case text(String)
        case tokens([Int32])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let tokens = try? container.decode([Int32].self) {
                self = .tokens(tokens)
            } else {
                self = .other
            }
        }
    }

    private let path: String
    private let rows: [(number: Int, fields: [String: Value])]

    /// Reads a file, plain or gzip.
    ///
    /// - Throws: `DataFileError`.
    package init(at url: URL) throws {
        path = url.shownPath
        let decoder = JSONDecoder()
        rows = try DataFile.lines(of: url).map { line in
            do {
                let fields = try decoder.decode([String: Value].self, from: Data(line.text.utf8))
                return (line.number, fields)
            } catch {
                throw DataFileError.badRow(
                    path: url.shownPath,
                    line: line.number,
                    found: "\"\(line.text.prefix(60))\"",
                    expected: "one JSON object on the line"
                )
            }
        }
    }

    /// The samples as tokens.
    ///
    /// - Parameters:
    ///   - field: The field that holds the text or the tokens; nil for `text` or `tokens`.
    ///   - tokenizer: Turns text to tokens, behind the begin token; nil when there is none.
    /// - Returns: The samples in the order of the lines.
    /// - Throws: `DataFileError.badRow` for a row without the field, and for text where there is no
    ///   tokenizer.
    package func samples(of field: String? = nil, with tokenizer: Tokenizer?) throws -> [[Int32]] {
        try rows.map { number, fields in
            let value = field.map { fields[$0] } ?? fields["text"] ?? fields["tokens"]
            switch value {
            case .tokens(let tokens)? where !tokens.isEmpty: return tokens
            case .text(let text)? where !text.isEmpty:
                if let tokenizer { return [tokenizer.beginningOfSequence] + tokenizer.encode(text) }
                throw failure(
                    number,
                    found: "text, but the model has no tokenizer.model",
                    expected: "token numbers of the model's own tokenizer"
                )
            default:
                throw failure(
                    number,
                    found: "the fields \(fields.keys.sorted().joined(separator: ", "))",
                    expected: "text or token numbers in "
                        + (field.map { "'\($0)'" } ?? "'text' or 'tokens'")
                )
            }
        }
    }

    private func failure(_ line: Int, found: String, expected: String) -> DataFileError {
        .badRow(path: path, line: line, found: found, expected: expected)
    }
}

/// A checkpoint folder opened to be looked into: any Llama that fits in memory.
package struct OpenedCheckpoint {
    let model: TransformerModel
    /// The tokenizer beside the weights; nil when there is none of SentencePiece.
    let tokenizer: Tokenizer?
    /// The hash of the weight files.
    let identity: String
    /// The name of the folder.
    package let name: String

    /// Loads a folder.
    ///
    /// - Throws: Errors of checkpoints and tokenizers, `ToolError.vocabulary`.
    package init(at folder: URL) throws {
        model = try TransformerModel(at: folder)
        name = folder.standardizedFileURL.lastPathComponent
        let file = folder.appending(path: "tokenizer.model")
        tokenizer =
            FileManager.default.fileExists(atPath: file.path) ? try Tokenizer(at: file) : nil
        if let tokenizer, tokenizer.vocabularySize > model.configuration.vocabularySize {
            throw ToolError.vocabulary(
                folder: folder.shownPath,
                tokenizer: tokenizer.vocabularySize,
                model: model.configuration.vocabularySize
            )
        }
        identity = try CheckpointIdentity.hash(of: folder)
    }
}

/// Tells checkpoint folders apart.
enum CheckpointIdentity {
    /// The hashes of the weight files, in the order of their names.
    static func hash(of folder: URL) throws -> String {
        try TensorCollection(at: folder).files.map {
            try ContentHash.of(file: $0).hexadecimal
        }.joined(separator: " ")
    }
}
