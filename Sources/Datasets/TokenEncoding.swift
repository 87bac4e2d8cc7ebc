import Tokenization

/// What packing needs of a tokenizer.
///
/// A protocol, so that the arithmetic of packing and masking is tested with a tokenizer of a few
/// whole words whose every number is known.
package protocol TokenEncoding: Sendable {
    /// The token that begins every document.
    var beginningOfSequence: Int32 { get }
    /// The token that ends every document.
    var endOfSequence: Int32 { get }
    /// The tokens of a text, without begin and end.
    func encode(_ text: String) -> [Int32]
    /// The token of a piece, or nil when the tokenizer has no such piece.
    func identifier(ofPiece piece: String) -> Int32?
}

extension Tokenizer: TokenEncoding {}
