import Foundation
import Tokenization

/// What a tokenizer holds, and how it cuts a text.
package struct TokenizerInspection: Encodable, Sendable {
    /// One piece.
    package struct Piece: Encodable, Sendable {
        /// Its number.
        package let token: Int32
        /// Its text, with `▁` for a space.
        package let piece: String
    }

    /// The number of pieces.
    package let vocabulary: Int
    /// The pieces of the text, or all pieces when there is no text.
    package let pieces: [Piece]
    /// Bytes of the text for each token, when there is a text.
    package let bytesPerToken: Double?

    /// Loads a `tokenizer.model`, a `tokenizer.json`, or that of a model folder, and cuts a text.
    ///
    /// - Throws: `TokenizerError`.
    package init(at url: URL, text: String?) throws {
        let tokenizer = try Self.tokenizer(at: url)
        vocabulary = tokenizer.vocabularySize
        let tokens = text.map(tokenizer.encode) ?? (0..<Int32(tokenizer.vocabularySize)).map { $0 }
        pieces = tokens.map { Piece(token: $0, piece: tokenizer.piece(of: $0)) }
        bytesPerToken = text.map { Double($0.utf8.count) / Double(max(tokens.count, 1)) }
    }

    /// The tokenizer of a file, or of a model folder.
    static func tokenizer(at url: URL) throws -> Tokenizer {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(
            atPath: url.path(percentEncoded: false),
            isDirectory: &isFolder
        )
        return isFolder.boolValue ? try Tokenizer(inModelFolder: url) : try Tokenizer(at: url)
    }
}
