import Evaluation
import Foundations

/// Numbers as reports write them.
enum Format {
    /// Three decimals, with a minus sign of its own.
    static func number(_ value: Double, _ digits: Int = 3) -> String {
        NumberText.fixed(value, digits).replacing("-", with: "−")
    }

    /// As `number`, with a plus sign in front of what is above zero.
    static func signed(_ value: Double, _ digits: Int = 3) -> String {
        let text = number(value, digits)
        let isZero = !text.contains { ("1"..."9").contains($0) }
        return value > 0 && !isZero ? "+" + text : text
    }

    /// A share in percent: `94.4 %`, with a space at which no line ends.
    static func percent(_ share: Double) -> String { number(100 * share, 1) + "\u{A0}%" }

    /// A difference of shares in percentage points: `+6.0`.
    static func points(_ difference: Double) -> String { signed(100 * difference, 1) }

    /// A share with its 95 % interval: `94.4 % [91.5, 96.4]`.
    static func percentInterval(_ share: Estimate) -> String {
        guard let interval = share.interval else { return percent(share.value) }
        return "\(percent(share.value)) [\(number(100 * interval.lowerBound, 1)), "
            + "\(number(100 * interval.upperBound, 1))]"
    }

    /// A value with its 95 % interval: `0.836 [0.802, 0.865]`.
    static func interval(_ measurement: Estimate?, _ digits: Int = 3) -> String {
        guard let measurement else { return "–" }
        guard let interval = measurement.interval else { return number(measurement.value, digits) }
        return "\(number(measurement.value, digits)) [\(number(interval.lowerBound, digits)), "
            + "\(number(interval.upperBound, digits))]"
    }

    /// A difference with its interval: `+0.042 [+0.011, +0.074]`.
    static func difference(_ test: PairedTest) -> String {
        "\(signed(test.difference)) [" + test.interval.map { signed($0) }.joined(separator: ", ")
            + "]"
    }

    /// As `difference`, in percentage points: `+4.2 [+1.1, +7.4]`.
    static func pointsInterval(_ test: PairedTest) -> String {
        "\(points(test.difference)) [" + test.interval.map(points).joined(separator: ", ") + "]"
    }

    /// A p value.
    static func probability(_ p: Double) -> String { NumberText.probability(p, space: " ") }

    /// Words in a row: `a`, `a and b`, `a, b and c`.
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
