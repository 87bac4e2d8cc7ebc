import Arithmetic
import Foundation
import Foundations

/// One line of a JSON-lines file, with its place for errors.
package struct JSONRow {
    /// A value of a field; objects and lists of anything but whole numbers or texts are kept as
    /// `other`.
    package enum Value {
        case text(String)
        case integer(Int64)
        /// A number that is no 64-bit integer, exactly as it is written.
        case number(CanonicalNumber)
        case flag(Bool)
        case null
        case integers([Int64])
        case texts([String])
        case other

        /// What to call the value in an error.
        var name: String {
            switch self {
            case .text(let text): "the text \"\(text.prefix(40))\""
            case .integer(let integer): "\(integer)"
            case .number(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .null: "null"
            case .integers, .texts, .other: "a list or an object"
            }
        }
    }

    /// The file, as errors name it.
    package let path: String
    /// The number of the line, from 1.
    package let line: Int
    private let fields: [String: Value]

    /// Reads a line of the file at `path`.
    ///
    /// - Throws: `DataFileError` when it is not a JSON object.
    package init(_ line: DataFile.Line, path: String) throws {
        self.path = path
        self.line = line.number
        var object = JSONLine(line.text)
        do {
            fields = try object.object()
        } catch let fault as JSONLine.Fault {
            throw DataFileError.badRow(
                path: path,
                line: line.number,
                found: fault.found,
                expected: fault.expected
            )
        }
    }

    /// What is made of the rows of a file, in their order.
    ///
    /// Rows of which nothing is made are left out; each row is let go before the next is read.
    ///
    /// - Throws: `DataFileError`, with the line of the first row that is not a JSON object, and
    ///   what `transform` throws.
    package static func compactMap<Result>(
        of url: URL,
        _ transform: (JSONRow) throws -> Result?
    ) throws -> [Result] {
        var results: [Result] = []
        try DataFile.forEachLine(of: url) { line in
            if let result = try transform(JSONRow(line, path: url.path)) { results.append(result) }
        }
        return results
    }

    /// An error about this row.
    package func failure(found: String, expected: String) -> DataFileError {
        .badRow(path: path, line: line, found: found, expected: expected)
    }

    /// The value of a field, or nil when there is none.
    package subscript(_ field: String) -> Value? { fields[field] }

    /// The names of the fields, sorted.
    package var fieldNames: [String] { fields.keys.sorted() }

    /// The text of a field, or nil when there is none.
    func optionalText(_ field: String) -> String? {
        guard case .text(let text)? = fields[field] else { return nil }
        return text
    }

    /// The text of a field, which must be there and hold more than blanks.
    package func text(_ field: String) throws -> String {
        guard let value = fields[field] else {
            let nearest = NearestName.suggestion(for: field, among: fieldNames)
            throw failure(
                found: "the fields \(fieldNames.joined(separator: ", "))",
                expected: "a text in the field '\(field)'\(nearest)"
            )
        }
        guard case .text(let text) = value, text.contains(where: { !$0.isWhitespace }) else {
            throw failure(found: value.name, expected: "a text that is not blank in '\(field)'")
        }
        return text
    }

    /// The canonical number of a field that holds a number or a text that is one.
    func number(_ field: String) throws -> String {
        let canonical: String? =
            switch fields[field] {
            case .integer(let integer)?: String(integer)
            case .number(let number)?: number.description
            case .text(let text)?: CanonicalNumber(text)?.description
            default: nil
            }
        guard let canonical else {
            throw failure(
                found: fields[field].map(\.name) ?? "no field '\(field)'",
                expected: "a number in '\(field)', such as 72 or \"1,234\""
            )
        }
        return canonical
    }
}
