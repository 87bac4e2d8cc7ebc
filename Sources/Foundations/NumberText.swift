import Foundation

/// Numbers as people read them.
package enum NumberText {
    /// A whole number with commas: `5,043`.
    package static func grouped(_ number: Int) -> String {
        let digits = String(abs(number))
        let groups = stride(from: digits.count, to: 0, by: -3).map { end in
            String(digits.dropLast(digits.count - end).suffix(3))
        }
        return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }

    /// A number with a fixed count of decimals: `0.836`.
    ///
    /// What rounds to zero has no sign.
    package static func fixed(_ value: Double, _ digits: Int = 3) -> String {
        let text = String(format: "%.\(digits)f", value)
        return text.contains { ("1"..."9").contains($0) } ? text : text.replacing("-", with: "")
    }

    /// A difference with its sign and a fixed count of decimals: `+0.042`, `+0.000`.
    package static func signed(_ value: Double, _ digits: Int = 3) -> String {
        let text = fixed(value, digits)
        return text.hasPrefix("-") ? text : "+" + text
    }

    /// A p value with four decimals: `0.0123`, or `<.0001` below that.
    ///
    /// - Parameters:
    ///   - p: The probability.
    ///   - space: What stands around the sign: nothing or a space.
    ///   - name: What stands before the sign; then there is a sign for every value, as in
    ///     `p = 0.0123`.
    /// - Returns: The text.
    package static func probability(_ p: Double, space: String = "", name: String = "") -> String {
        let isSmall = p < 0.0001
        let value = isSmall ? ".0001" : String(format: "%.4f", p)
        if name.isEmpty { return isSmall ? "<" + space + value : value }
        return name + space + (isSmall ? "<" : "=") + space + value
    }

    /// Bytes with a unit: `1.9 GB`, `640 MB`.
    package static func bytes(_ count: Int) -> String { bytes(Double(count)) }

    /// Bytes with a unit, for counts that are estimates or beyond whole numbers.
    package static func bytes(_ number: Double) -> String {
        for (limit, unit) in [(1e18, "EB"), (1e15, "PB"), (1e12, "TB"), (1e9, "GB")]
        where number >= limit {
            return String(format: "%.1f ", number / limit) + unit
        }
        if number >= 1e6 { return String(format: "%.0f MB", number / 1e6) }
        return String(format: "%.0f kB", number / 1e3)
    }

    /// A large number with a unit: `1.63 M`, `7.8 G`.
    package static func short(_ number: Double) -> String {
        for (limit, unit) in [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        where number >= limit {
            return String(format: "%.3g %@", number / limit, unit as NSString)
        }
        return String(format: "%.3g", number)
    }
}
