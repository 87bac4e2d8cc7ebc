/// A number by its value: `1,234`, `+1234`, `$1234.00` and `১২৩৪` are equal, and so are `3/4`,
/// `\frac{3}{4}` and `0.75`.
///
/// The one reader of numbers, for data and for replies of models. What is read where a number
/// begins is documented at `FoldedText.numeral(at:)` and `FoldedText.number(at:)`; digits are the
/// decimal digits of every script (Unicode category Nd) and nothing else, and digits of different
/// scripts in one number count by their value.
///
/// Not read:
/// - numbers in words or in characters that are words: of `10万円` the 10 is read and `万` is text,
///   `三`, `Ⅻ` and `①` are no numbers;
/// - powers: of `10²` and `10^2` the 10 is read and what follows is no part of it;
/// - commas and points the other way round: `12,5` and `1.000,50` are no numbers as a whole, and
///   in a text each part is one;
/// - other separators of groups, such as `1_000`.
///
/// The value is kept as decimal text without leading or trailing zeros, so that no length of the
/// number loses digits; as `2/3`, in lowest terms, when its decimals do not end.
package struct CanonicalNumber: Hashable, Sendable, CustomStringConvertible {
    /// Digits with an optional `-` before and an optional decimal point inside, such as `-0.5`, or
    /// two whole numbers with `/` between them, such as `2/3`.
    package let description: String

    /// Reads a text that is one number and nothing else.
    ///
    /// Accepted around the number: white space, a sign (`+`, `-`, or the Unicode minus), one
    /// currency sign, a percent sign (dropped: 15 % is 15), a full stop that ends a sentence.
    /// `nil` for anything else, such as `1.2.3` or an empty text.
    package init?(_ text: some StringProtocol) {
        let folded = FoldedText(text)
        let isPrefix: (UInt8) -> Bool = {
            FoldedText.isBlank($0) || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: "+")
                || $0 == UInt8(ascii: "-")
        }
        let prefix = folded.bytes.prefix(while: isPrefix)
        let signs = prefix.filter { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        guard signs.count <= 1, prefix.count(where: { $0 == UInt8(ascii: "$") }) <= 1,
            let found = folded.number(at: prefix.count)
        else { return nil }
        let rest = folded.bytes[found.range.upperBound...].filter { !FoldedText.isBlank($0) }
        let suffixes: [[UInt8]] = ["", ".", "%", "$", "%."].map { Array($0.utf8) }
        guard suffixes.contains(rest) else { return nil }
        self = signs.first == UInt8(ascii: "-") ? found.number.negated : found.number
    }

    /// The number that a text shows at a place, without a sign.
    package init(_ numeral: Numeral) {
        let whole = numeral.whole.drop { $0 == "0" }
        var fraction = Substring(numeral.fraction)
        while fraction.last == "0" { fraction.removeLast() }
        description = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// A fraction, which may be negative.
    package init(_ value: Rational) {
        description = value.decimalText ?? "\(value.numerator)/\(value.denominator)"
    }

    /// A floating-point value by its shortest decimal text; nil when it is not finite.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.init(String(describing: value))
    }

    private init(canonical description: String) { self.description = description }

    /// The number with the other sign; zero has none.
    package var negated: CanonicalNumber {
        if description == "0" { return self }
        let isNegative = description.hasPrefix("-")
        return Self(canonical: isNegative ? String(description.dropFirst()) : "-\(description)")
    }

    /// The numbers in a text in order of appearance, without signs.
    package static func numbers(in text: some StringProtocol) -> [CanonicalNumber] {
        FoldedText(text).numbers.map(\.number)
    }
}
