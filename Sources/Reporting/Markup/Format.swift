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

    /// A p value.
    static func probability(_ p: Double) -> String { NumberText.probability(p, space: " ") }
}
