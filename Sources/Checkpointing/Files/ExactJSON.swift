import Foundations

/// A value of JSON whose keys and texts keep their bytes.
///
/// Foundation's reader puts keys into a dictionary of `String`, where two tokens that look alike
/// become one (`ExactText`).
package enum ExactJSON {
    case null
    case flag(Bool)
    case number(Double)
    case text(ExactText)
    case list([ExactJSON])
    case object([(key: ExactText, value: ExactJSON)])

    /// Reads a whole text.
    ///
    /// - Throws: `MalformedJSON` when it is none, or is nested beyond all sense.
    package init(_ bytes: [UInt8]) throws(MalformedJSON) {
        var reader = ExactJSONReader(bytes: bytes)
        self = try reader.document()
    }

    /// The value under a key, the last one where it is there twice, as in Python; nil for null.
    package subscript(key: String) -> ExactJSON? {
        guard case .object(let pairs) = self,
            let value = pairs.last(where: { $0.key.text == key })?.value
        else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// A key that is there twice in an object with different values, at whatever depth; nil when
    /// none is.
    package var contradiction: String? {
        switch self {
        case .list(let values): return values.lazy.compactMap(\.contradiction).first
        case .object(let pairs):
            var found: [ExactText: ExactJSON] = [:]
            for (key, value) in pairs {
                if let other = found[key], !other.isSame(as: value) { return key.text }
                if let inner = value.contradiction { return inner }
                found[key] = value
            }
            return nil
        default: return nil
        }
    }

    private func isSame(as other: ExactJSON) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.flag(let own), .flag(let foreign)): return own == foreign
        case (.number(let own), .number(let foreign)): return own == foreign
        case (.text(let own), .text(let foreign)): return own == foreign
        case (.list(let own), .list(let foreign)):
            return own.count == foreign.count && zip(own, foreign).allSatisfy { $0.isSame(as: $1) }
        case (.object(let own), .object(let foreign)):
            return own.count == foreign.count
                && zip(own, foreign).allSatisfy {
                    $0.key == $1.key && $0.value.isSame(as: $1.value)
                }
        default: return false
        }
    }

    /// The text, where it is one.
    package var text: ExactText? { if case .text(let text) = self { text } else { nil } }

    /// Whether it is true, where it is a flag.
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

    /// The number, where it is one.
    package var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// The number, where it is a whole one.
    package var integer: Int? { number.flatMap { Int(exactly: $0) } }

    /// The values, where it is a list.
    package var list: [ExactJSON]? { if case .list(let list) = self { list } else { nil } }

    /// Keys and values, where it is an object.
    package var pairs: [(key: ExactText, value: ExactJSON)]? {
        if case .object(let pairs) = self { pairs } else { nil }
    }
}

/// A text that is no JSON.
package struct MalformedJSON: Error {}

private struct ExactJSONReader {
    /// No file of a tokenizer is nested deeper; it keeps a hostile one from the end of the stack.
    private static let deepest = 64

    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(MalformedJSON) -> ExactJSON {
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw MalformedJSON() }
        return value
    }

    private mutating func value(depth: Int) throws(MalformedJSON) -> ExactJSON {
        guard depth < Self.deepest else { throw MalformedJSON() }
        skipSpace()
        guard let byte = peek() else { throw MalformedJSON() }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try list(depth)
        case UInt8(ascii: "\""): return .text(try string())
        default:
            if take("true") { return .flag(true) }
            if take("false") { return .flag(false) }
            if take("null") { return .null }
            return .number(try number())
        }
    }

    private mutating func object(_ depth: Int) throws(MalformedJSON) -> ExactJSON {
        var pairs: [(key: ExactText, value: ExactJSON)] = []
        index += 1
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(":") else { throw MalformedJSON() }
            pairs.append((key, try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw MalformedJSON() }
        return .object(pairs)
    }

    private mutating func list(_ depth: Int) throws(MalformedJSON) -> ExactJSON {
        var values: [ExactJSON] = []
        index += 1
        skipSpace()
        if take("]") { return .list([]) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw MalformedJSON() }
        return .list(values)
    }

    private mutating func number() throws(MalformedJSON) -> Double {
        let start = index
        while let byte = peek(), "+-.0123456789eE".utf8.contains(byte) { index += 1 }
        guard let number = JSONNumber.value(bytes[start..<index]) else { throw MalformedJSON() }
        return number
    }

    private mutating func string() throws(MalformedJSON) -> ExactText {
        guard take("\"") else { throw MalformedJSON() }
        var text: [UInt8] = []
        while let byte = peek() {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: text, as: UTF8.self) else {
                    throw MalformedJSON()
                }
                return ExactText(text)
            case UInt8(ascii: "\\"): text += try escape()
            case ..<0x20: throw MalformedJSON()
            default: text.append(byte)
            }
        }
        throw MalformedJSON()
    }

    private mutating func escape() throws(MalformedJSON) -> [UInt8] {
        guard let byte = peek() else { throw MalformedJSON() }
        index += 1
        switch Unicode.Scalar(byte) {
        case "b": return [8]
        case "f": return [12]
        case "n": return [10]
        case "r": return [13]
        case "t": return [9]
        case "\"", "\\", "/": return [byte]
        case "u":
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), take("\\u") { units.append(try unit()) }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw MalformedJSON()
            }
            return Array(text.utf8)
        default: throw MalformedJSON()
        }
    }

    private mutating func unit() throws(MalformedJSON) -> UInt16 {
        guard index + 4 <= bytes.count else { throw MalformedJSON() }
        let digits = bytes[index..<index + 4]
        // A sign, which the initializer takes, is no digit.
        guard digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw MalformedJSON() }
        index += 4
        return unit
    }

    private func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            index += 1
        }
    }
}
