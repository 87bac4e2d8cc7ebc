import ArgumentParser
import Foundations

/// Numbers on the command line, with the reason when one cannot be read.
enum NumberArgument {
    /// A whole number, as recipes have them: `300`, `1_000`, `3e1`.
    static func whole<Number: FixedWidthInteger>(_ text: String) throws -> Number {
        guard let number: Number = WholeNumber.parse(text) else {
            let range =
                Number.isSigned
                ? "a whole number that fits \(Number.bitWidth) bits"
                : "a whole number from 0 to \(Number.max)"
            throw ValidationError("found \(text), expected \(range)")
        }
        return number
    }

    /// A number.
    static func decimal(_ text: String) throws -> Double {
        guard let number = Double(text), number.isFinite else {
            throw ValidationError("found \(text), expected a number such as 0.5 or 1e-5")
        }
        return number
    }
}
