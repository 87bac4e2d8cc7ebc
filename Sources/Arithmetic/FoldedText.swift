/// Text with the written forms of numbers and operators of many scripts folded to plain ASCII.
///
/// One byte stands for one Unicode scalar. Decimal digits of every script (general category Nd)
/// become `0`–`9`, the minus and dash signs `-`, currency signs `$`, percent signs `%`, the signs
/// of multiplication and division `*` and `/`. Spaces that group digits (no-break, narrow, thin,
/// figure) become `groupSpace`, ends of lines and tabs `lineEnd`, a fraction of one character such
/// as `½` a byte of its own. What has no such meaning becomes `other`.
package struct FoldedText: Sendable {
    /// Stands for a space that separates groups of three digits.
    package static let groupSpace: UInt8 = 0x80
    /// Stands for a tab and the end of a line, which never stand inside a number.
    package static let lineEnd: UInt8 = 0x0A
    /// Stands for every scalar outside ASCII without a meaning in arithmetic.
    package static let other: UInt8 = 0xFF
    /// The bytes from here on stand for the fractions of `vulgarFractions`, in their order.
    private static let firstFraction: UInt8 = 0x90

    /// The fractions that are one character.
    private static let vulgarFractions:
        [(scalar: Unicode.Scalar, numerator: Int, denominator: Int)] = [
            ("½", 1, 2), ("⅓", 1, 3), ("⅔", 2, 3), ("¼", 1, 4), ("¾", 3, 4), ("⅕", 1, 5),
            ("⅖", 2, 5), ("⅗", 3, 5), ("⅘", 4, 5), ("⅙", 1, 6), ("⅚", 5, 6), ("⅐", 1, 7),
            ("⅛", 1, 8), ("⅜", 3, 8), ("⅝", 5, 8), ("⅞", 7, 8), ("⅑", 1, 9), ("⅒", 1, 10),
        ]

    /// The bytes, one for each scalar of the text.
    package var bytes: [UInt8]

    /// Folds a text.
    package init(_ text: some StringProtocol) {
        bytes = text.unicodeScalars.map(Self.folded)
    }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt8 {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return lineEnd
        case 0x00..<0x80: return UInt8(scalar.value)
        case 0x00A0, 0x2007, 0x2009, 0x202F: return groupSpace
        case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D: return UInt8(ascii: "-")
        case 0x2019: return UInt8(ascii: "'")
        case 0x00D7, 0x2217, 0x22C5, 0x00B7, 0xFF0A: return UInt8(ascii: "*")
        case 0x00F7, 0x2044, 0x2215, 0xFF0F: return UInt8(ascii: "/")
        case 0xFF0B: return UInt8(ascii: "+")
        case 0xFF1D: return UInt8(ascii: "=")
        case 0xFF03: return UInt8(ascii: "#")
        case 0xFF08: return UInt8(ascii: "(")
        case 0xFF09: return UInt8(ascii: ")")
        case 0x066B, 0xFF0E: return UInt8(ascii: ".")
        case 0x066C, 0xFF0C: return UInt8(ascii: ",")
        case 0x066A, 0xFF05: return UInt8(ascii: "%")
        case 0x3000: return UInt8(ascii: " ")
        default: break
        }
        switch scalar.properties.generalCategory {
        case .decimalNumber:
            // The numeric value of a decimal digit is a whole number from 0 to 9.
            return scalar.properties.numericValue.map { UInt8(ascii: "0") + UInt8($0) } ?? other
        case .currencySymbol: return UInt8(ascii: "$")
        case .otherNumber:
            let place = vulgarFractions.firstIndex { $0.scalar == scalar }
            return place.map { firstFraction + UInt8($0) } ?? other
        default: return other
        }
    }

    /// Whether a byte stands for a decimal digit.
    package static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// Whether a byte stands for a letter of any script.
    package static func isLetter(_ byte: UInt8) -> Bool {
        byte == other || isPlainLetter(byte)
    }

    /// Whether a byte stands for a letter of ASCII.
    static func isPlainLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    /// Whether a byte stands for a space between words, a tab or the end of a line.
    package static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == lineEnd
    }

    /// Whether a byte stands for white space of any kind.
    package static func isBlank(_ byte: UInt8) -> Bool { isSpace(byte) || byte == groupSpace }

    /// Whether a decimal digit stands at a place; false outside the text.
    package func isDigit(at index: Int) -> Bool {
        bytes.indices.contains(index) && Self.isDigit(bytes[index])
    }

    /// Whether a byte stands at a place; false outside the text.
    func has(_ byte: UInt8, at index: Int) -> Bool {
        bytes.indices.contains(index) && bytes[index] == byte
    }

    /// The fraction of one character at a place, such as `½`.
    func vulgarFraction(at index: Int) -> Rational? {
        guard bytes.indices.contains(index), bytes[index] >= Self.firstFraction else { return nil }
        let place = Int(bytes[index] - Self.firstFraction)
        guard Self.vulgarFractions.indices.contains(place) else { return nil }
        let fraction = Self.vulgarFractions[place]
        return Rational(fraction.numerator, over: fraction.denominator)
    }
}
