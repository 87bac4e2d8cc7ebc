/// A number by its value: `1,234`, `+1234`, `$1234.00` and `১২৩৪` are equal.
///
/// The value is kept as decimal text without leading or trailing zeros, so that no length of the
/// number loses digits.
package struct CanonicalNumber: Hashable, Sendable, CustomStringConvertible {
    /// Digits with an optional `-` before and an optional decimal point inside, such as `-0.5`.
    package let description: String

    /// Reads a text that is one number and nothing else.
    ///
    /// Accepted around the digits: a sign (`+`, `-`, or the Unicode minus), one currency sign, a
    /// percent sign (dropped: 15 % is 15), a full stop that ends a sentence, thousands separators.
    /// `nil` for anything else, such as `1.2.3` or an empty text.
    package init?(_ text: String) {
        let folded = FoldedText(text)
        let blank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == FoldedText.groupSpace }
        let isPrefix: (UInt8) -> Bool = {
            blank($0) || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "+")
                || $0 == UInt8(ascii: "-")
        }
        let prefix = folded.bytes.prefix(while: isPrefix)
        let signs = prefix.filter { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        guard signs.count <= 1, prefix.count(where: { $0 == UInt8(ascii: "$") }) <= 1 else {
            return nil
        }
        guard let numeral = folded.numeral(at: prefix.count) else { return nil }
        let rest = folded.bytes[numeral.end...].filter { !blank($0) }
        let suffixes: [[UInt8]] = [[], Array(".".utf8), Array("%".utf8), Array("$".utf8)]
        guard suffixes.contains(rest) || rest == Array("%.".utf8) else { return nil }
        self.init(numeral, negative: signs.first == UInt8(ascii: "-"))
    }

    init(_ numeral: FoldedText.Numeral, negative: Bool) {
        let whole = numeral.whole.drop { $0 == "0" }
        var fraction = Substring(numeral.fraction)
        while fraction.last == "0" { fraction.removeLast() }
        var text = whole.isEmpty ? "0" : String(whole)
        if !fraction.isEmpty { text += "." + fraction }
        description = negative && text != "0" ? "-" + text : text
    }
}
