import Foundation

/// The normal forms of Unicode, as `tokenizers` computes them.
///
/// That library knows Unicode 9: later characters stay where and as they are, and nothing moves or
/// joins across them.
enum UnicodeForm {
    /// Puts characters and their marks together.
    static func compose(_ text: inout [UInt8]) {
        // Below U+0300 there is nothing to put together.
        guard text.contains(where: { $0 >= 0xCC }) else { return }
        rewrite(&text, where: { isLater($0) || isOldHangul($0) }) {
            $0.precomposedStringWithCanonicalMapping
        }
    }

    /// Takes characters and their marks apart; with compatibility also such as `ﬁ`.
    static func decompose(_ text: inout [UInt8], compatibly: Bool) {
        guard text.contains(where: { $0 >= 0x80 }) else { return }
        rewrite(&text, where: isLater) {
            compatibly
                ? $0.decomposedStringWithCompatibilityMapping
                : $0.decomposedStringWithCanonicalMapping
        }
    }

    /// Changes what stands between some characters.
    private static func rewrite(
        _ text: inout [UInt8],
        where isBorder: (Unicode.Scalar) -> Bool,
        _ change: (String) -> String
    ) {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = scalars.startIndex
        for index in scalars.indices where isBorder(scalars[index]) {
            result += change(String(scalars[start..<index])).utf8
            result += UTF8.encode(scalars[index]) ?? UTF8.encodedReplacementCharacter
            start = scalars.index(after: index)
        }
        result += change(String(scalars[start...])).utf8
        text = result
    }

    /// Whether the library does not know a character.
    static func isLater(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        guard let age = scalar.properties.age else { return true }
        return age.major > 9
    }

    /// Letters of Hangul that are part of no syllable; Foundation puts some of them together
    /// anyway.
    private static func isOldHangul(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1113...0x1160, 0x1176...0x11A7, 0x11C3...0x11FF: true
        default: false
        }
    }
}
