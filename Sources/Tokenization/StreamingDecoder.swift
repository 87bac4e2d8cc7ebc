/// Decodes tokens one at a time and never emits part of a UTF-8 character.
///
/// The texts of all `append` calls and of `finish`, put together, are `Tokenizer.decode` of all the
/// tokens. Bytes that may still become a character wait for the next token; bytes that no longer
/// can become U+FFFD, one for each byte, as in SentencePiece; in a byte-level vocabulary one for
/// each character that breaks off, as in `tokenizers`.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    /// Bytes that begin a character, at most three.
    private var pending: [UInt8] = []
    /// Whether a space at the start of the next piece is the one that encoding put there.
    private var expectsLeadingSpace = false
    private var hasTakenLeadingSpace = false
    private var hasText = false
    /// Whether no piece has been read yet that is not silent.
    private var isAtFirstPiece = true
    /// The characters that may still be taken from the beginning of the text.
    private var strips = 0

    /// Begins at the start of a text.
    ///
    /// - Parameter tokenizer: The tokenizer of the tokens.
    public init(tokenizer: Tokenizer) {
        self.tokenizer = tokenizer
        switch tokenizer.model.decoding.beginning {
        case .sentencePiece: expectsLeadingSpace = true
        case .strips(_, let count): strips = count
        case .asItIs, .dropsSign: break
        }
    }

    /// Takes the next token.
    ///
    /// - Parameter token: An identifier.
    /// - Returns: The text that is now certain, often empty for bytes.
    public mutating func append(_ token: Int32) -> String {
        let piece = tokenizer.entry(of: token)
        switch piece.kind {
        case .byte(let byte): return append([byte])
        case .fragment(let bytes): return append(bytes)
        case .control where tokenizer.model.decoding.joinsBrokenBytes: return ""
        case .ordinary, .unknown, .control: break
        }
        let held = takeCharacters(final: true)
        hasText = hasText || !held.isEmpty
        if hasTakenLeadingSpace || hasText { expectsLeadingSpace = false }
        let added = text(of: piece)
        hasText = hasText || !added.isEmpty
        return stripped(held + added)
    }

    private mutating func append(_ bytes: [UInt8]) -> String {
        isAtFirstPiece = false
        pending += bytes
        let text = takeCharacters(final: false)
        hasText = hasText || !text.isEmpty
        return stripped(text)
    }

    /// Ends the text; the decoder then stands at a new start.
    ///
    /// - Returns: What was held back.
    public mutating func finish() -> String {
        let text = stripped(takeCharacters(final: true))
        self = StreamingDecoder(tokenizer: tokenizer)
        return text
    }

    private mutating func text(of piece: Piece) -> String {
        let decoding = tokenizer.model.decoding
        switch piece.kind {
        case .control, .byte, .fragment: return ""
        case .unknown:
            isAtFirstPiece = false
            return decoding.unknownText
        case .ordinary:
            defer { isAtFirstPiece = false }
            switch decoding.beginning {
            case .asItIs, .strips: return piece.text
            case .dropsSign(let sign):
                guard isAtFirstPiece else { return piece.text }
                let kept = piece.spelling.unicodeScalars.filter { $0 != sign }
                return String(String.UnicodeScalarView(kept))
            case .sentencePiece(let removesExtraSpaces):
                guard expectsLeadingSpace, piece.beginsWithSpace else { return piece.text }
                hasTakenLeadingSpace = !removesExtraSpaces
                return String(piece.text.unicodeScalars.dropFirst())
            }
        }
    }

    /// Takes from the beginning of the text what the model puts there.
    private mutating func stripped(_ text: String) -> String {
        guard strips > 0, !text.isEmpty,
            case .strips(let character, _) = tokenizer.model.decoding.beginning
        else { return text }
        var rest = text.unicodeScalars[...]
        while strips > 0, let first = rest.first {
            guard first == character else {
                strips = 0
                break
            }
            rest.removeFirst()
            strips -= 1
        }
        return String(rest)
    }

    /// The characters that the pending bytes have become.
    private mutating func takeCharacters(final: Bool) -> String {
        let joinsBroken = tokenizer.model.decoding.joinsBrokenBytes
        var text = String.UnicodeScalarView()
        var taken = 0
        while taken < pending.count {
            let length = Self.sequenceLength(first: pending[taken])
            let known = min(length, pending.count - taken)
            let isPossible = length > 0 && Self.isPossible(pending[taken..<taken + known])
            if isPossible, known == length {
                text.append(
                    contentsOf: String(decoding: pending[taken..<taken + known], as: UTF8.self)
                        .unicodeScalars
                )
                taken += length
            } else if isPossible, !final {
                break
            } else {
                text.append("\u{FFFD}")
                taken += joinsBroken ? Self.brokenLength(pending[taken..<taken + max(known, 1)]) : 1
            }
        }
        pending.removeFirst(taken)
        return String(text)
    }

    /// The bytes of a character that breaks off: as many as could begin one, at least the first.
    private static func brokenLength(_ bytes: ArraySlice<UInt8>) -> Int {
        guard sequenceLength(first: bytes[bytes.startIndex]) > 0 else { return 1 }
        return (1...bytes.count).last { isPossible(bytes.prefix($0)) } ?? 1
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
