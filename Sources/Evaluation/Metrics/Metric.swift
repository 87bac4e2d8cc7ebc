import Datasets

/// One measured quantity, as a table has a column for it.
///
/// It is built from and stored as its name, such as `target_math`, in JSON, CSV and the database.
/// `Measure` is the table of those that exist. A name that the table does not have, as of a record
/// of another version, is a metric too: what it means follows from the form of its name.
package struct Metric: RawRepresentable, Codable, Hashable, Sendable {
    /// Which of two values is better.
    package enum Direction: Hashable, Sendable {
        /// The larger one, as of a share of right answers.
        case higher
        /// The smaller one, as of bits per byte.
        case lower

        /// 1 when more is better and −1 when less is.
        package var sign: Double { self == .higher ? 1 : -1 }
    }

    /// What a value counts.
    package enum Unit: Hashable, Sendable {
        /// A share of problems, from 0 to 1.
        case share
        /// A score from 0 to 1 that is no share of problems.
        case score
        /// Bits for each byte of text.
        case bitsPerByte
    }

    /// The stored name.
    package let rawValue: String

    /// The metric of a name.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The metric of a name.
    package init(_ name: String) { rawValue = name }

    /// A metric of the table.
    package init(_ measure: Measure, _ language: LanguageRole) {
        rawValue = measure.name(in: language)
    }

    /// As a metric of the table, in a language that is neither of the two, by its code: `fr_math`.
    package init(_ measure: Measure, bystander code: String) {
        rawValue = measure.rawValue.replacing("*", with: code)
    }

    /// Every metric of the table, in the order of columns.
    package static let all: [Metric] = Measure.allCases.flatMap(\.metrics)

    private static let table: [String: (measure: Measure, language: LanguageRole)] = {
        var table: [String: (measure: Measure, language: LanguageRole)] = [:]
        for measure in Measure.allCases {
            for language in measure.traits.languages {
                table[measure.name(in: language)] = (measure, language)
            }
        }
        return table
    }()

    private var entry: (measure: Measure, language: LanguageRole)? { Self.table[whole.rawValue] }

    /// What is measured; nil when the table does not have the name.
    ///
    /// A part has that of its whole.
    package var measure: Measure? { entry?.measure }

    /// Which values are better; for a name that the table does not have, less bits per byte and
    /// more of anything else.
    package var better: Direction {
        measure?.traits.better ?? (isOtherBits ? .lower : .higher)
    }

    /// What is counted; for a name that the table does not have, bits per byte or a share.
    package var unit: Unit { measure?.traits.unit ?? (isOtherBits ? .bitsPerByte : .share) }

    /// The language that it is about; nil when it is about both at once or about neither.
    package var language: LanguageRole? {
        if let entry { return entry.measure.traits.isAcross ? nil : entry.language }
        return LanguageRole.allCases.first { rawValue.hasPrefix($0.rawValue) }
    }

    /// The name in words, as tables show it.
    package var title: String { Self.words(rawValue) }

    /// A stored name in words.
    package static func words(_ name: String) -> String { name.replacing("_", with: " ") }

    private var isOtherBits: Bool {
        whole.rawValue.hasSuffix(Measure.bitsPerByte.rawValue.dropFirst(2))
    }
}

extension Metric: CustomStringConvertible {
    /// The stored name.
    package var description: String { rawValue }
}

extension Metric: CodingKeyRepresentable {}

extension Metric: ExpressibleByStringLiteral {
    /// The metric of a name, for records and tests that are written out.
    package init(stringLiteral name: String) { rawValue = name }
}

extension Metric: Comparable {
    /// By name.
    package static func < (a: Metric, b: Metric) -> Bool { a.rawValue < b.rawValue }
}

extension Collection where Element == Metric {
    /// Each metric once: those of the table in its order, then the rest by name.
    package var inTableOrder: [Metric] {
        let present = Set(self)
        return Metric.all.filter(present.contains) + present.subtracting(Metric.all).sorted()
    }
}
