/// Decodes tokens one at a time and never emits part of a UTF-8 character.
///
/// The texts of all `append` calls and of `finish`, put together, are `Tokenizer.decode` of all
/// the tokens. Bytes that may still become a character wait for the next token; bytes that no
/// longer can become U+FFFD, one for each byte, as in SentencePiece.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    /// Bytes that begin a character, at most three.
    private var pending: [UInt8] = []
    /// Whether a space at the start of the next piece is the one that encoding put there.
    private var expectsLeadingSpace: Bool
    private var hasTakenLeadingSpace = false
    private var hasText = false

    /// Begins at the start of a text.
    ///
    /// - Parameter tokenizer: The tokenizer of the tokens.
    public init(tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        let fields = tokenizer.fields
        expectsLeadingSpace = fields.addsLeadingSpace || fields.removesExtraSpaces
    }

    /// Takes the next token.
    ///
    /// - Parameter token: An identifier.
    /// - Returns: The text that is now certain, often empty for bytes.
    public mutating func append(_ token: Int32) -> String {
        let piece = tokenizer.entry(of: token)
        var text = ""
        if case .byte(let byte) = piece.kind {
            pending.append(byte)
            text = takeCharacters(final: false)
            hasText = hasText || !text.isEmpty
            return text
        }
        text = takeCharacters(final: true)
        hasText = hasText || !text.isEmpty
        if hasTakenLeadingSpace || hasText { expectsLeadingSpace = false }
        let added = self.text(of: piece)
        hasText = hasText || !added.isEmpty
        return text + added
    }

    /// Ends the text; the decoder then stands at a new start.
    ///
    /// - Returns: What was held back.
    public mutating func finish() -> String {
        let text = takeCharacters(final: true)
        self = StreamingDecoder(tokenizer: tokenizer)
        return text
    }

    private mutating func text(of piece: Piece) -> String {
        switch piece.kind {
        case .control, .byte:
            return ""
        case .unknown:
            return tokenizer.fields.unknownText
        case .ordinary:
            guard expectsLeadingSpace, piece.beginsWithSpace else { return piece.text }
            hasTakenLeadingSpace = !tokenizer.fields.removesExtraSpaces
            return String(piece.text.unicodeScalars.dropFirst())
        }
    }

    /// The characters that the pending bytes have become.
    private mutating func takeCharacters(final: Bool) -> String {
        var text = String.UnicodeScalarView()
        while let first = pending.first {
            let length = Self.sequenceLength(first: first)
            let known = min(length, pending.count)
            if length > 0, Self.isPossible(pending[..<known]), known == length || !final {
                guard known == length else { break }
                text.append(
                    contentsOf: String(decoding: pending[..<known], as: UTF8.self).unicodeScalars
                )
                pending.removeFirst(length)
            } else {
                text.append("\u{FFFD}")
                pending.removeFirst()
            }
        }
        return String(text)
    }

    /// Bytes of the UTF-8 sequence that begins with `first`, 0 when none can.
    private static func sequenceLength(first: UInt8) -> Int {
        switch first {
        case 0x00...0x7F: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// Whether bytes begin a well-formed sequence: Unicode Standard, table 3-7.
    private static func isPossible(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let second = bytes.dropFirst().first else { return true }
        let allowed: ClosedRange<UInt8> =
            switch first {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        return allowed.contains(second)
            && bytes.dropFirst(2).allSatisfy { (0x80...0xBF).contains($0) }
    }
}
