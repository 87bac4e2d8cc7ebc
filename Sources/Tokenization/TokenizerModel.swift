import Foundation

/// What a kind of tokenizer does; `Tokenizer` is the one type that others use.
protocol TokenizerModel: Sendable {
    /// The entries of the vocabulary by their identifiers.
    var pieces: [Piece] { get }
    /// How pieces become a text.
    var decoding: PieceDecoding { get }
    /// The pieces with a meaning of their own.
    var special: SpecialPieces { get }
    /// Finds the spellings of symbols and control pieces.
    var symbols: AddedTokenFinder { get }

    /// The identifiers of a text in which no symbol is found.
    func encode(_ text: String) -> [Int32]
    /// The identifiers of a text in which symbols are found where its parts allow it.
    func encode(_ text: MarkedText) -> [Int32]
    /// The identifier of a piece by its spelling.
    func identifier(ofPiece piece: String) -> Int32?
}

/// The identifiers of pieces with a meaning of their own.
struct SpecialPieces: Sendable, Equatable {
    /// What stands for text without a piece.
    var unknown: Int32?
    /// What a document begins with; nil when documents begin with their text.
    var beginning: Int32?
    /// What a document ends with.
    var end: Int32?
    /// What fills up a batch.
    var padding: Int32?
    /// What is put behind a text when special tokens are asked for.
    var appended: [Int32] = []
}

/// A text of parts, in some of which the spellings of symbols are symbols.
package struct MarkedText: Sendable, Equatable {
    /// The text.
    package private(set) var text = ""
    /// The parts in which symbols are found, in bytes, in order and apart from each other.
    package private(set) var symbolRanges: [Range<Int>] = []

    /// Begins with nothing.
    package init() {}

    /// Takes a text in which symbols are found, or none.
    package init(_ text: String, allowsSymbols: Bool) { append(text, allowsSymbols: allowsSymbols) }

    /// Appends a part.
    package mutating func append(_ part: String, allowsSymbols: Bool) {
        guard !part.isEmpty else { return }
        let start = text.utf8.count
        text += part
        guard allowsSymbols else { return }
        let end = text.utf8.count
        if let last = symbolRanges.last, last.upperBound == start {
            symbolRanges[symbolRanges.count - 1] = last.lowerBound..<end
        } else {
            symbolRanges.append(start..<end)
        }
    }

    /// Whether a symbol may stand at these bytes.
    func allowsSymbol(at range: Range<Int>) -> Bool {
        symbolRanges.contains {
            $0.lowerBound <= range.lowerBound && range.upperBound <= $0.upperBound
        }
    }
}

/// How the pieces of a model become a text.
struct PieceDecoding: Sendable, Equatable {
    /// What happens to the space that encoding put before a text.
    enum Beginning: Sendable, Equatable {
        /// Nothing.
        case asItIs
        /// The first space of the first piece goes; with `removesExtraSpaces` those of all pieces
        /// before the first text.
        case sentencePiece(removesExtraSpaces: Bool)
        /// So many of a character go from the beginning of the text.
        case strips(Unicode.Scalar, count: Int)
        /// The first piece loses every sign for a space.
        case dropsSign(Unicode.Scalar)
    }

    var beginning = Beginning.asItIs
    /// What an unknown piece reads as.
    var unknownText = ""
    /// Whether bytes that begin a character and break off read as one U+FFFD, and not as one each.
    var joinsBrokenBytes = false
}
