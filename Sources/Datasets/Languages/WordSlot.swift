/// The kinds of words of a lexicon.
package enum WordCategory: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
    /// Things that can be counted.
    case noun
    /// Things that hold other things.
    case container
    /// People.
    case name
    /// Verbs after which one has more.
    case gain
    /// Verbs after which one has fewer.
    case lose
    /// Verbs that change no number.
    case neutral
    /// Any verb: neutral, gain or lose. It has no section of its own in a pack.
    case action
    /// Where something happens.
    case place
    /// When something happens.
    case day

    /// The categories that have a section in a pack.
    package static let listed = allCases.filter { $0 != .action }

    /// The sections that make up the category.
    var members: [WordCategory] { self == .action ? [.neutral, .gain, .lose] : [self] }

    /// Order of declaration, which orders the slots of a pattern.
    package static func < (first: Self, second: Self) -> Bool {
        first.order < second.order
    }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A place in a pattern that takes a word, such as `noun2`.
package struct WordSlot: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What kind of word it takes.
    package var category: WordCategory
    /// Its number within the pattern, from 1.
    package var number: Int

    /// `noun2`.
    package var description: String { "\(category.rawValue)\(number)" }

    /// By category, then by number.
    package static func < (first: Self, second: Self) -> Bool {
        (first.category, first.number) < (second.category, second.number)
    }
}

/// A number in a pattern: one that is drawn, or computed from drawn ones.
package enum NumberExpression: Hashable, Sendable, CustomStringConvertible {
    /// The drawn number at a place, from 1.
    case drawn(Int)
    /// The sum of two drawn numbers.
    case sum(Int, Int)
    /// The difference of two drawn numbers.
    case difference(Int, Int)
    /// The product of two drawn numbers.
    case product(Int, Int)

    /// The places of the drawn numbers it needs.
    package var operands: [Int] {
        switch self {
        case .drawn(let place): [place]
        case .sum(let first, let second), .difference(let first, let second),
            .product(let first, let second):
            [first, second]
        }
    }

    /// The value, given the drawn numbers.
    package func value(of numbers: [Int]) -> Int {
        switch self {
        case .drawn(let place): numbers[place - 1]
        case .sum(let first, let second): numbers[first - 1] + numbers[second - 1]
        case .difference(let first, let second): numbers[first - 1] - numbers[second - 1]
        case .product(let first, let second): numbers[first - 1] * numbers[second - 1]
        }
    }

    /// `number1+number2`.
    package var description: String {
        switch self {
        case .drawn(let place): "number\(place)"
        case .sum(let first, let second): "number\(first)+number\(second)"
        case .difference(let first, let second): "number\(first)-number\(second)"
        case .product(let first, let second): "number\(first)*number\(second)"
        }
    }
}
