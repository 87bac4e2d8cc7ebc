/// Text with the written forms of numbers and operators of many scripts folded to plain ASCII.
///
/// One byte stands for one Unicode scalar. Decimal digits of every script become `0`–`9`, the
/// minus and dash signs `-`, currency signs `$`, percent signs `%`, the signs of multiplication and
/// division `*` and `/`. Spaces that group digits (no-break, narrow, thin) become `groupSpace`, other
/// spaces and line ends a space. What has no such meaning becomes `other`.
struct FoldedText {
    /// Stands for a space that separates groups of three digits.
    static let groupSpace: UInt8 = 0x1F
    /// Stands for every scalar outside ASCII without a meaning in arithmetic.
    static let other: UInt8 = 0xFF

    var bytes: [UInt8]

    init(_ text: some StringProtocol) {
        bytes = text.unicodeScalars.map(Self.folded)
    }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt8 {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return UInt8(ascii: " ")
        case 0x00..<0x80: return UInt8(scalar.value)
        case 0x00A0, 0x2009, 0x202F: return groupSpace
        case 0x2010...0x2015, 0x2212, 0xFE63, 0xFF0D: return UInt8(ascii: "-")
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
        let properties = scalar.properties
        if properties.numericType == .decimal, let value = properties.numericValue {
            return UInt8(ascii: "0") + UInt8(value)
        }
        if properties.generalCategory == .currencySymbol { return UInt8(ascii: "$") }
        return other
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return byte == other || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    func isDigit(at index: Int) -> Bool {
        bytes.indices.contains(index) && Self.isDigit(bytes[index])
    }
}

extension FoldedText {
    /// An unsigned number as it stands in a text.
    struct Numeral {
        /// The digits before the point; empty in `.5`.
        var whole: String
        /// The digits after the point; empty when there is none.
        var fraction: String
        /// Where the text goes on after the number.
        var end: Int
    }

    /// Reads the unsigned number that begins at `start`.
    ///
    /// A separator belongs to the number when groups of three digits follow it (or groups of two
    /// and a last one of three, as in 1,00,000); a point does when a digit follows it.
    func numeral(at start: Int) -> Numeral? {
        var whole = digits(from: start)
        var end = start + whole.count
        if !whole.isEmpty, whole.count <= 3, let grouped = groups(from: end) {
            whole += grouped.digits
            end = grouped.end
        }
        var fraction = ""
        if bytes.indices.contains(end), bytes[end] == UInt8(ascii: "."), isDigit(at: end + 1) {
            fraction = digits(from: end + 1)
            end += 1 + fraction.count
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        return Numeral(whole: whole, fraction: fraction, end: end)
    }

    private func digits(from start: Int) -> String {
        var end = start
        while isDigit(at: end) { end += 1 }
        return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : ""
    }

    private func groups(from start: Int) -> (digits: String, end: Int)? {
        guard bytes.indices.contains(start) else { return nil }
        let separator = bytes[start]
        guard separator == UInt8(ascii: ",") || separator == Self.groupSpace else { return nil }
        var collected = ""
        var end = start
        var last = 0
        while bytes.indices.contains(end), bytes[end] == separator {
            let group = digits(from: end + 1)
            guard group.count == 2 || group.count == 3 else { break }
            collected += group
            last = group.count
            end += 1 + group.count
        }
        return last == 3 ? (collected, end) : nil
    }
}
