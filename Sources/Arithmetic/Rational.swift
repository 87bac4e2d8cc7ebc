/// An exact fraction of two 64-bit integers, in lowest terms with a positive denominator.
///
/// Every operation returns `nil` when the result does not fit or does not exist: school arithmetic
/// stays far below that, and a model's nonsense must not trap.
package struct Rational: Hashable, Sendable {
    /// The number above the line; carries the sign.
    package let numerator: Int
    /// The number below the line, positive.
    package let denominator: Int

    /// The fraction `numerator / denominator`; `nil` when it is undefined or too large.
    package init?(_ numerator: Int, over denominator: Int = 1) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        var (a, b) = (abs(numerator), abs(denominator))
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = (denominator < 0 ? -numerator : numerator) / a
        self.denominator = abs(denominator) / a
    }

    /// The value of a number as it stands in a text; `nil` when it does not fit.
    package init?(_ numeral: Numeral) {
        var fraction = Substring(numeral.fraction)
        while fraction.last == "0" { fraction.removeLast() }
        let digits = numeral.whole + fraction
        guard let value = Int(digits.isEmpty ? "0" : digits),
            let scale = Self.power(of: 10, fraction.count)
        else { return nil }
        self.init(value, over: scale)
    }

    /// The value of a number; `nil` when it does not fit.
    package init?(_ number: CanonicalNumber) {
        let fraction = number.description.split(separator: "/")
        if fraction.count == 2, let above = Int(fraction[0]), let below = Int(fraction[1]) {
            self.init(above, over: below)
            return
        }
        let parts = number.description.split(separator: ".", omittingEmptySubsequences: false)
        guard let value = Int(parts.joined()),
            let scale = Self.power(of: 10, parts.count == 2 ? parts[1].count : 0)
        else { return nil }
        self.init(value, over: scale)
    }

    /// The sum; `nil` when it does not fit.
    package func adding(_ other: Rational) -> Rational? {
        let left = numerator.multipliedReportingOverflow(by: other.denominator)
        let right = other.numerator.multipliedReportingOverflow(by: denominator)
        let below = denominator.multipliedReportingOverflow(by: other.denominator)
        let above = left.partialValue.addingReportingOverflow(right.partialValue)
        guard !left.overflow, !right.overflow, !below.overflow, !above.overflow else { return nil }
        return Rational(above.partialValue, over: below.partialValue)
    }

    /// The product; `nil` when it does not fit.
    package func multiplied(by other: Rational) -> Rational? {
        let above = numerator.multipliedReportingOverflow(by: other.numerator)
        let below = denominator.multipliedReportingOverflow(by: other.denominator)
        guard !above.overflow, !below.overflow else { return nil }
        return Rational(above.partialValue, over: below.partialValue)
    }

    /// The quotient; `nil` for division by zero or when it does not fit.
    package func divided(by other: Rational) -> Rational? {
        guard let inverse = Rational(other.denominator, over: other.numerator) else { return nil }
        return multiplied(by: inverse)
    }

    /// The number with the other sign.
    package var negated: Rational? { Rational(-numerator, over: denominator) }

    /// The value as decimal text; `nil` when its decimals do not end (1/3) or are too long.
    package var decimalText: String? {
        var rest = denominator
        var twos = 0
        var fives = 0
        while rest % 2 == 0 { (rest, twos) = (rest / 2, twos + 1) }
        while rest % 5 == 0 { (rest, fives) = (rest / 5, fives + 1) }
        let places = max(twos, fives)
        guard rest == 1, let scale = Self.power(of: 10, places) else { return nil }
        let scaled = abs(numerator).multipliedReportingOverflow(by: scale / denominator)
        guard !scaled.overflow else { return nil }
        var digits = String(scaled.partialValue)
        if places > 0 {
            digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
        }
        return numerator < 0 ? "-" + digits : digits
    }

    private static func power(of base: Int, _ exponent: Int) -> Int? {
        var result = 1
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            result = product
        }
        return result
    }
}
