import Checkpointing
import Datasets
import Foundation
import Foundations
import Pipeline
import Tokenization
import Transformer

/// Samples of text for a model, one JSON object a line: `{"text": …}`, or `{"tokens": [1, …]}` for
/// models without a tokenizer that can be read.
package struct SampleFile {
    private let rows: [JSONRow]

    /// Reads a file, plain or gzip.
    ///
    /// - Throws: `DataFileError`.
    package init(at url: URL) throws {
        rows = try JSONRow.compactMap(of: url) { $0 }
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
        try rows.map { row in
            let value = field.map { row[$0] } ?? row["text"] ?? row["tokens"]
            switch value {
            case .integers(let numbers)? where !numbers.isEmpty:
                let tokens = numbers.compactMap { Int32(exactly: $0) }
                if tokens.count == numbers.count { return tokens }
            case .text(let text)? where !text.isEmpty:
                if let tokenizer { return tokenizer.beginning + tokenizer.encode(text) }
                throw row.failure(
                    found: "text, but the model has no tokenizer",
                    expected: "token numbers of the model's own tokenizer"
                )
            default: break
            }
            throw row.failure(
                found: "the fields \(row.fieldNames.joined(separator: ", "))",
                expected: "text or token numbers in "
                    + (field.map { "'\($0)'" } ?? "'text' or 'tokens'")
            )
        }
    }
}

/// A checkpoint folder opened to be looked into: any Llama that fits in memory.
package struct OpenedCheckpoint {
    let model: TransformerModel
    /// The tokenizer beside the weights; nil when there is none.
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
        let hasTokenizer = ["tokenizer.model", "tokenizer.json"].contains {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
        tokenizer = hasTokenizer ? try Tokenizer(inModelFolder: folder) : nil
        if let tokenizer { try ToolError.check(tokenizer, fits: model, in: folder) }
        identity = try CheckpointIdentity.hash(of: folder)
    }
}

extension OpenedCheckpoint {
    /// Refuses samples that are longer than the model's positions: it was never made for the rest.
    ///
    /// - Throws: `ToolError.samplesTooLong`.
    func check(_ samples: [[Int32]], of file: URL) throws {
        let positions = model.configuration.maximumPositions
        let longer = samples.filter { $0.count > positions }
        guard !longer.isEmpty else { return }
        throw ToolError.samplesTooLong(
            file: file.shownPath,
            longer: longer.count,
            all: samples.count,
            longest: longer.map(\.count).max() ?? 0,
            positions: positions
        )
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
