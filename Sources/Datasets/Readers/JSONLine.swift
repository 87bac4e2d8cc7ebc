import Arithmetic

/// Reads one JSON object from a line, strictly by RFC 8259 and in words that name the fault.
///
/// Stricter than the standard in one thing: a name may stand once in an object, since two values of
/// one field leave open which is meant.
struct JSONLine {
    /// What is wrong, in words that stand behind "found" and "expected".
    struct Fault: Error {
        var found: String
        var expected: String
    }

    /// Lists and objects deeper than any row of data; stops a hostile row from exhausting the
    /// stack.
    private static let deepest = 128

    private let bytes: [UInt8]
    private var place = 0

    /// Takes a text, which is not looked at yet.
    init(_ text: String) { bytes = Array(text.utf8) }

    /// The fields of the object that the whole line is.
    ///
    /// - Throws: `Fault`.
    mutating func object() throws -> [String: JSONRow.Value] {
        skipSpaces()
        guard next == UInt8(ascii: "{") else { throw notAnObject }
        let fields = try fields(depth: 1)
        skipSpaces()
        guard place == bytes.count else { throw unexpected("nothing behind the object") }
        return fields
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpaces() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: sign) else { return false }
        place += 1
        return true
    }

    private mutating func fields(depth: Int) throws -> [String: JSONRow.Value] {
        place += 1
        var fields: [String: JSONRow.Value] = [:]
        skipSpaces()
        if take("}") { return fields }
        repeat {
            skipSpaces()
            guard next == UInt8(ascii: "\"") else {
                throw unexpected("the name of a field in double quotes")
            }
            let name = try text()
            skipSpaces()
            guard take(":") else { throw unexpected("a colon behind the name of a field") }
            let value = try value(depth: depth)
            guard fields.updateValue(value, forKey: name) == nil else {
                throw Fault(
                    found: "the field '\(name.prefix(40))' twice",
                    expected: "every field of an object once"
                )
            }
            skipSpaces()
        } while take(",")
        guard take("}") else { throw unexpected("a comma or the end of the object") }
        return fields
    }

    private mutating func value(depth: Int) throws -> JSONRow.Value {
        guard depth <= Self.deepest else {
            throw Fault(
                found: "lists or objects more than \(Self.deepest) deep",
                expected: "a row of data"
            )
        }
        skipSpaces()
        switch next {
        case UInt8(ascii: "\"")?: return .text(try text())
        case UInt8(ascii: "{")?:
            _ = try fields(depth: depth + 1)
            return .other
        case UInt8(ascii: "[")?: return try list(depth: depth + 1)
        case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
        default: break
        }
        for (word, value) in [("true", JSONRow.Value.flag(true)), ("false", .flag(false))]
        where bytes[place...].starts(with: word.utf8) {
            place += word.utf8.count
            return value
        }
        guard bytes[place...].starts(with: "null".utf8) else { throw unexpected("a value") }
        place += 4
        return .null
    }

    private mutating func list(depth: Int) throws -> JSONRow.Value {
        place += 1
        var integers: [Int64]? = []
        var texts: [String]? = []
        skipSpaces()
        if take("]") { return .integers([]) }
        repeat {
            switch try value(depth: depth) {
            case .integer(let integer):
                integers?.append(integer)
                texts = nil
            case .text(let text):
                texts?.append(text)
                integers = nil
            default:
                integers = nil
                texts = nil
            }
            skipSpaces()
        } while take(",")
        guard take("]") else { throw unexpected("a comma or the end of the list") }
        return integers.map { .integers($0) } ?? texts.map { .texts($0) } ?? .other
    }

    private mutating func number() throws -> JSONRow.Value {
        let start = place
        func digits() -> Int {
            let first = place
            while let byte = next, FoldedText.isDigit(byte) { place += 1 }
            return place - first
        }
        _ = take("-")
        let leads = next == UInt8(ascii: "0")
        let count = digits()
        guard count > 0, !(leads && count > 1) else { throw unexpected("a number", from: start) }
        if take("."), digits() == 0 { throw unexpected("a number", from: start) }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw unexpected("a number", from: start) }
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let value = Double(text), value.isFinite else {
            throw Fault(
                found: "the number \(text.prefix(40)), which is beyond every 64-bit number",
                expected: "numbers up to 1.8e308, or a text in quotes"
            )
        }
        guard let number = CanonicalNumber(text) ?? CanonicalNumber(value) else {
            throw unexpected("a number", from: start)
        }
        return Int64(number.description).map { .integer($0) } ?? .number(number)
    }
}

extension JSONLine {
    private mutating func text() throws -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            place += 1
        }
        if next == UInt8(ascii: "\"") {
            defer { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        var unescaped = Array(bytes[start..<place])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else {
                let code = Self.hexadecimal(UInt32(byte))
                throw Fault(
                    found: "the raw control character U+\(code) in a text",
                    expected: "it written as \\u\(code.lowercased())"
                )
            }
            place += 1
            if byte == UInt8(ascii: "\\") {
                unescaped += try escaped().utf8
            } else {
                unescaped.append(byte)
            }
        }
        guard next != nil else { throw unexpected("the closing quote of a text") }
        place += 1
        return String(decoding: unescaped, as: UTF8.self)
    }

    /// The character of an escape, whose backslash is behind.
    private mutating func escaped() throws -> String {
        guard let sign = next else { throw unexpected("the closing quote of a text") }
        place += 1
        switch sign {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            place -= 1
            throw unexpected(
                "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
                from: place - 1
            )
        }
        let first = try codeUnit()
        var units = [first]
        if UTF16.isLeadSurrogate(first), next == UInt8(ascii: "\\"), place + 1 < bytes.count,
            bytes[place + 1] == UInt8(ascii: "u")
        {
            place += 2
            units.append(try codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw Fault(
                found: "the lone surrogate \\u\(Self.hexadecimal(UInt32(first)).lowercased()) in a "
                    + "text",
                expected: "surrogates in pairs, such as \\ud83d\\ude00"
            )
        }
        return text
    }

    private mutating func codeUnit() throws -> UInt16 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw unexpected("four hexadecimal digits behind \\u") }
        place += 4
        return unit
    }

    private var notAnObject: Fault {
        Fault(found: shown(from: 0, 60), expected: "one JSON object on the line")
    }

    private func unexpected(_ expected: String, from start: Int? = nil) -> Fault {
        let start = start ?? place
        guard start < bytes.count else {
            return Fault(found: "the end of the line", expected: "\(expected), in a JSON object")
        }
        let found = "\(shown(from: start, 20)) at byte \(start + 1)"
        return Fault(found: found, expected: "\(expected), in a JSON object")
    }

    /// A part of the line in quotes, control characters by their numbers.
    private func shown(from start: Int, _ length: Int) -> String {
        let text = String(decoding: bytes[start...].prefix(4 * length), as: UTF8.self)
        let scalars = text.unicodeScalars.prefix(length).map { scalar in
            scalar.properties.generalCategory == .control
                ? "U+" + Self.hexadecimal(scalar.value) : String(scalar)
        }
        return "\"" + scalars.joined() + "\""
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
