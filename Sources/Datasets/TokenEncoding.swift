import Tokenization

/// What packing needs of a tokenizer.
///
/// A protocol, so that the arithmetic of packing and masking is tested with a tokenizer of a few
/// whole words whose every number is known.
package protocol TokenEncoding: Sendable {
    /// The token that begins every document; nil when nothing does.
    var beginningOfSequence: Int32? { get }
    /// The token that ends every document; nil when nothing does.
    var endOfSequence: Int32? { get }
    /// The spellings of the symbols that text never gives.
    var symbolTexts: [String] { get }
    /// The tokens of a text, without begin and end.
    func encode(_ text: String) -> [Int32]
    /// The token of a piece, or nil when the tokenizer has no such piece.
    func identifier(ofPiece piece: String) -> Int32?
}

extension Tokenizer: TokenEncoding {}

extension TokenEncoding {
    /// None: most stand-ins of tests have no symbols of their own.
    package var symbolTexts: [String] { [] }

    /// What stands before the text of a document: the token that begins it, or nothing.
    package var beginning: [Int32] { beginningOfSequence.map { [$0] } ?? [] }

    /// What a trained document ends with.
    ///
    /// - Throws: `DatasetError.missingEnd` when there is no such token: a model that never reads
    ///   one never learns to stop.
    package func ending() throws -> [Int32] {
        guard let endOfSequence else { throw DatasetError.missingEnd }
        return [endOfSequence]
    }
}
