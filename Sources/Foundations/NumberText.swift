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

    /// Bytes with a unit: `1.9 GB`, `640 MB`.
    package static func bytes(_ count: Int) -> String {
        let number = Double(count)
        if number >= 1e9 { return String(format: "%.1f GB", number / 1e9) }
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
