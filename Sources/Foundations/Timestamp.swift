import Foundation

/// A moment to the second, written as ISO 8601 in UTC: `2025-11-21T12:30:00Z`.
///
/// What is written is what is read back, so that records can be compared.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The moment.
    package let date: Date

    /// The second that a moment lies in.
    package init(_ date: Date = Date()) {
        self.date = Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    }

    /// Reads what `description` writes; nil for anything else.
    package init?(_ text: String) {
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self.init(date)
    }

    /// The moment as text, such as `2025-11-21T12:30:00Z`.
    package var description: String { date.formatted(.iso8601) }

    /// Whether one moment is before another.
    package static func < (first: Timestamp, second: Timestamp) -> Bool { first.date < second.date }
}

extension Timestamp: Codable {
    /// Reads the text.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let moment = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is not a moment such as 2025-11-21T12:30:00Z"
            )
        }
        self = moment
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
