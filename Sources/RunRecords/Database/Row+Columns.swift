import Checkpointing
import Foundations
import GRDB

/// Columns that hold more than SQLite has types for.
///
/// What they throw names the column; `RunDatabase.read` turns it into a damaged file.
extension Row {
    private struct Unreadable: Error, CustomStringConvertible {
        let column: String
        let found: String
        let expected: String
        var description: String { "the column \(column) holds '\(found)', expected \(expected)" }
    }

    /// A value that was written as JSON.
    func json<Value: Decodable>(_ column: String) throws -> Value {
        let text: String = try decode(forColumn: column)
        do {
            return try StoredJSON.value(Value.self, from: text)
        } catch {
            throw Unreadable(column: column, found: text, expected: "JSON of \(Value.self)")
        }
    }

    /// A moment.
    func moment(_ column: String) throws -> Timestamp {
        let text: String = try decode(forColumn: column)
        guard let moment = Timestamp(text) else {
            throw Unreadable(column: column, found: text, expected: "a moment")
        }
        return moment
    }

    /// A moment that may be missing.
    func momentIfPresent(_ column: String) throws -> Timestamp? {
        let text: String? = try decode(forColumn: column)
        return text == nil ? nil : try moment(column)
    }

    /// A SHA-256.
    func hash(_ column: String) throws -> ContentHash {
        let text: String = try decode(forColumn: column)
        guard let hash = ContentHash(hexadecimal: text) else {
            throw Unreadable(column: column, found: text, expected: "64 hexadecimal digits")
        }
        return hash
    }

    /// One of several words.
    func choice<Choice: RawRepresentable<String>>(_ column: String) throws -> Choice {
        let text: String = try decode(forColumn: column)
        guard let choice = Choice(rawValue: text) else {
            throw Unreadable(column: column, found: text, expected: "a known \(Choice.self)")
        }
        return choice
    }

    /// One of several words, which may be missing.
    func choiceIfPresent<Choice: RawRepresentable<String>>(_ column: String) throws -> Choice? {
        let text: String? = try decode(forColumn: column)
        return text == nil ? nil : try choice(column)
    }
}
