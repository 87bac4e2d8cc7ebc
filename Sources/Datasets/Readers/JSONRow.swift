import Foundation

/// One line of a JSON-lines file, with its place for errors.
struct JSONRow {
    /// A value of a field; lists and objects are kept as `other`.
    enum Value: Decodable {
        case text(String)
        case integer(Int64)
        case number(Double)
        case flag(Bool)
        case null
        case other

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.singleValueContainer() else {
                self = .other
                return
            }
            if container.decodeNil() {
                self = .null
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let integer = try? container.decode(Int64.self) {
                self = .integer(integer)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else {
                self = .other
            }
        }

        /// What to call the value in an error.
        var name: String {
            switch self {
            case .text(let text): "the text \"\(text.prefix(40))\""
            case .integer(let integer): "\(integer)"
            case .number(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .null: "null"
            case .other: "a list or an object"
            }
        }
    }

    let path: String
    let line: Int
    private let fields: [String: Value]

    /// The rows of a file.
    ///
    /// - Throws: `DataFileError`, with the line of the first row that is not a JSON object.
    static func rows(of url: URL) throws -> [JSONRow] {
        let decoder = JSONDecoder()
        return try DataFile.lines(of: url).map { line in
            do {
                let fields = try decoder.decode([String: Value].self, from: Data(line.text.utf8))
                return JSONRow(path: url.path, line: line.number, fields: fields)
            } catch {
                throw DataFileError.badRow(
                    path: url.path,
                    line: line.number,
                    found: "\"\(line.text.prefix(60))\"",
                    expected: "one JSON object on the line"
                )
            }
        }
    }

    func failure(found: String, expected: String) -> DataFileError {
        .badRow(path: path, line: line, found: found, expected: expected)
    }

    subscript(_ field: String) -> Value? { fields[field] }

    /// The text of a field, or nil when there is none.
    func optionalText(_ field: String) -> String? {
        guard case .text(let text)? = fields[field] else { return nil }
        return text
    }

    /// The text of a field, which must be there and hold more than blanks.
    func text(_ field: String) throws -> String {
        guard let value = fields[field] else {
            let known = fields.keys.sorted()
            let nearest = NearestName.suggestion(for: field, among: known)
            throw failure(
                found: "the fields \(known.joined(separator: ", "))",
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
            case .number(let number)?: CanonicalNumber.canonical(number)
            case .text(let text)?: CanonicalNumber.canonical(text)
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
