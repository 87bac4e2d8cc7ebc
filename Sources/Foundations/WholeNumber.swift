/// Whole numbers as people write them: `300`, `1_000`, `3e1`, `2.5e3`.
package enum WholeNumber {
    /// The exact value of a text; nil when it is no whole number or does not fit.
    ///
    /// The digits are counted, not rounded: `18446744073709551615` and `1.8e19` are what they say.
    package static func parse<Number: FixedWidthInteger>(_ text: String) -> Number? {
        guard let plain = withoutGroups(text) else { return nil }
        var rest = plain.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let parts = rest.split(omittingEmptySubsequences: false) { $0 | 0x20 == UInt8(ascii: "e") }
        guard parts.count <= 2, var digits = mantissa(parts[0]) else { return nil }
        if parts.count == 2 {
            // No number that fits has an exponent of more digits.
            guard parts[1].count <= 6, let power = Int(Substring(parts[1])) else { return nil }
            digits.places -= power
        }
        var value: Number = 0
        for digit in digits.values {
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            // Negative numbers reach one further than positive ones.
            let (sum, second) =
                isNegative
                ? tenfold.subtractingReportingOverflow(Number(digit))
                : tenfold.addingReportingOverflow(Number(digit))
            guard !overflow, !second else { return nil }
            value = sum
        }
        guard value != 0 else { return digits.values.contains { $0 != 0 } ? nil : 0 }
        while digits.places > 0 {
            guard value.isMultiple(of: 10) else { return nil }
            value /= 10
            digits.places -= 1
        }
        while digits.places < 0 {
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = tenfold
            digits.places += 1
        }
        return value
    }

    /// Digits, and how many of them stand behind the point.
    private static func mantissa(_ text: Substring.UTF8View.SubSequence) -> (
        values: [UInt8], places: Int
    )? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        var values: [UInt8] = []
        for byte in parts.joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            values.append(byte - UInt8(ascii: "0"))
        }
        guard !values.isEmpty else { return nil }
        var places = parts.count == 2 ? parts[1].count : 0
        // Zeros at the end of a fraction say nothing, and would not fit.
        while places > 0, values.count > 1, values.last == 0 {
            values.removeLast()
            places -= 1
        }
        return (values, places)
    }

    /// The text without the `_` between digits, or nil when one stands elsewhere.
    package static func withoutGroups(_ text: String) -> String? {
        guard text.contains("_") else { return text }
        let characters = Array(text)
        for (index, character) in characters.enumerated() where character == "_" {
            let inside = index > 0 && index + 1 < characters.count
            guard inside, characters[index - 1].isNumber, characters[index + 1].isNumber else {
                return nil
            }
        }
        return text.replacing("_", with: "")
    }
}
