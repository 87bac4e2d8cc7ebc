import Foundation

/// What a text is searched for: by normalizers, pre-tokenizers and decoders.
enum TextPattern: Sendable {
    /// The bytes themselves.
    case literal([UInt8])
    /// A regular expression.
    case expression(RegularExpression)
    /// Every character that is one of a kind, each a match of its own.
    case scalars(@Sendable (Unicode.Scalar) -> Bool)

    /// Appends begin and end of each match to `bounds`, from left to right, without overlap.
    func appendMatches(
        in subject: UnsafeBufferPointer<UInt8>,
        scratch: MatchScratch,
        to bounds: inout [Int]
    ) {
        switch self {
        case .expression(let expression):
            do {
                try expression.appendMatches(in: subject, scratch: scratch, to: &bounds)
            } catch {
                // What reading has not refused is no ordinary text. Encoding does not throw, and a
                // wrong split would be a wrong token without a word.
                fatalError("\(error)")
            }
        case .literal(let literal):
            guard let first = literal.first else { return }
            var place = 0
            while place + literal.count <= subject.count {
                if subject[place] == first,
                    UnsafeBufferPointer(rebasing: subject[place..<place + literal.count])
                        .elementsEqual(literal)
                {
                    bounds += [place, place + literal.count]
                    place += literal.count
                } else {
                    place += 1
                }
            }
        case .scalars(let isMember):
            var place = 0
            while place < subject.count {
                let (scalar, length) = UTF8Text.scalar(at: place, of: subject)
                if isMember(scalar) { bounds += [place, place + length] }
                place += length
            }
        }
    }

    /// Whether a character is numeric: one of the categories Nd, Nl and No.
    static let digits = TextPattern.scalars { scalar in
        if scalar.value < 0x80 { return (0x30...0x39).contains(scalar.value) }
        return switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// Whether a character is white space.
    static let space = TextPattern.scalars { $0.properties.isWhitespace }

    /// Whether a character is punctuation: one of ASCII's signs, or of the category P.
    static let punctuation = TextPattern.scalars { scalar in
        if scalar.value < 0x80 {
            return switch scalar.value {
            case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
            default: false
            }
        }
        return switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}

extension TextPattern {
    /// Reads `{"String": …}` or `{"Regex": …}`.
    ///
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode) throws(TokenizerError) {
        if let text = try node.text("String") {
            guard !text.isEmpty else { throw node.malformed("is an empty text") }
            self = .literal(Array(text.utf8))
            return
        }
        let text = try node.required("Regex").text()
        func refusal(_ reason: String) -> TokenizerError {
            .unsupportedModel(
                origin: node.origin,
                reason: "the regular expression '\(text)' at '\(node.path)' cannot be used: "
                    + reason
            )
        }
        let expression: RegularExpression
        do { expression = try RegularExpression(text) } catch { throw refusal(error.reason) }
        do { try expression.probe() } catch {
            throw refusal(
                "it tries too much in a text of \(error.byteCount) bytes (\(error.reason))"
            )
        }
        self = .expression(expression)
    }
}

/// Characters of valid UTF-8 by their place.
enum UTF8Text {
    /// The character that begins at a place, and its bytes.
    static func scalar(
        at place: Int,
        of bytes: UnsafeBufferPointer<UInt8>
    ) -> (Unicode.Scalar, length: Int) {
        let first = UInt32(bytes[place])
        let length = self.length(first: bytes[place])
        guard length > 1, place + length <= bytes.count else {
            return (Unicode.Scalar(UInt8(truncatingIfNeeded: first)), 1)
        }
        var value = first & (0xFF >> UInt32(length + 1))
        for offset in 1..<length { value = value << 6 | UInt32(bytes[place + offset] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// Bytes of the character that begins with a byte.
    static func length(first: UInt8) -> Int {
        switch first {
        case ..<0x80: 1
        case ..<0xE0: 2
        case ..<0xF0: 3
        default: 4
        }
    }
}
