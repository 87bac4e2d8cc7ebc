/// Numbers that a key takes, with the noun that messages give them: "a share from 0 to 1".
package struct NumberRange: Hashable, Sendable {
    /// A bound that itself is not allowed.
    package enum OpenBound: Sendable { case lower, upper }

    /// What such a number is called, without an article.
    package let noun: String
    /// The bounds.
    package let bounds: ClosedRange<Double>
    /// The bound that is not allowed; nil when both are.
    package let open: OpenBound?

    /// A range.
    ///
    /// - Parameters:
    ///   - noun: What such a number is called, without an article.
    ///   - bounds: The bounds.
    ///   - open: The bound that is not allowed.
    package init(_ noun: String, _ bounds: ClosedRange<Double>, excluding open: OpenBound? = nil) {
        self.noun = noun
        self.bounds = bounds
        self.open = open
    }

    /// From 0 to 1.
    package static let share = NumberRange("share", 0...1)

    /// Any number within bounds, without a special name.
    package static func number(_ bounds: ClosedRange<Double>) -> NumberRange {
        NumberRange("number", bounds)
    }

    /// The noun with its article and the bounds.
    package var words: String {
        let article = "aeiou".contains(noun.prefix(1)) ? "an" : "a"
        return "\(article) \(noun) \(boundsText)"
    }

    /// The bounds in words: "from 0 to 1".
    package var boundsText: String {
        let lower = Self.text(of: bounds.lowerBound)
        let upper = Self.text(of: bounds.upperBound)
        return switch open {
        case nil: "from \(lower) to \(upper)"
        case .lower: "above \(lower) and at most \(upper)"
        case .upper: "of at least \(lower) and below \(upper)"
        }
    }

    /// What is wrong with a number; nil when it is in the range.
    package func problem(of number: Double) -> String? {
        let isOpen =
            switch open {
            case nil: false
            case .lower: number == bounds.lowerBound
            case .upper: number == bounds.upperBound
            }
        guard !bounds.contains(number) || isOpen else { return nil }
        return "found \(Self.text(of: number)), expected \(words)"
    }

    /// A number in its shortest usual form: `3000`, `0.05`, `1e-5`.
    package static func text(of number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15
            ? String(Int(number)) : String(number).replacing("e-0", with: "e-")
    }
}

/// Whole numbers that a key takes.
package enum WholeRange {
    /// The bounds in words: "from 1 to 1000", or "of at least 1".
    package static func boundsText(of range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? "of at least \(range.lowerBound)"
            : "from \(range.lowerBound) to \(range.upperBound)"
    }

    /// What is wrong with a whole number; nil when it is in the range.
    package static func problem(of number: Int, in range: ClosedRange<Int>) -> String? {
        guard !range.contains(number) else { return nil }
        return "found \(number), expected a whole number \(boundsText(of: range))"
    }
}
