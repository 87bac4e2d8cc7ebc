import Foundations

/// A text of JSON as a flat list of values, in their order in the text.
///
/// A `tokenizer.json` has up to 17 MB and a million values; one after the other in one array they
/// are read in a fraction of a second, and texts keep their bytes: two tokens that look alike stay
/// two.
final class JSONTape {
    /// The kind of a value.
    enum Kind: UInt8 {
        case null
        case no
        case yes
        case number
        case text
        case list
        case object
    }

    /// One value; those inside of it follow it, keys of objects before their values.
    struct Value {
        let kind: Kind
        /// Where its bytes begin in `bytes`: those of a number or a text.
        let start: Int32
        /// The bytes of a number or a text; the entries of a list or an object.
        var count: Int32
        /// The index behind the last value inside of it.
        var end: Int32
    }

    /// The text, and behind it the texts that were written with escapes.
    private(set) var bytes: [UInt8]
    private(set) var values: [Value] = []

    /// Why a text is no JSON, and at which byte.
    struct Malformed: Error {
        let reason: String
        let offset: Int
    }

    private let length: Int
    private var index = 0

    /// No file of a tokenizer is nested deeper; it keeps a hostile one from the end of the stack.
    private static let deepest = 64

    /// Reads a whole text.
    ///
    /// - Throws: `Malformed`.
    init(_ text: [UInt8]) throws(Malformed) {
        bytes = text
        length = text.count
        guard text.count < 1 << 30 else {
            throw Malformed(reason: "it has more than a gigabyte", offset: 0)
        }
        guard String(validating: text, as: UTF8.self) != nil else {
            throw Malformed(reason: "it is not UTF-8", offset: 0)
        }
        values.reserveCapacity(text.count / 16)
        try value(depth: 0)
        skipSpace()
        guard index == length else { throw malformed("something follows its end") }
    }

    private func malformed(_ reason: String) -> Malformed {
        Malformed(reason: index >= length ? "it is cut off" : reason, offset: index)
    }

    private func value(depth: Int) throws(Malformed) {
        guard depth < Self.deepest else { throw malformed("it is nested too deep") }
        skipSpace()
        guard let byte = peek() else { throw malformed("") }
        switch byte {
        case UInt8(ascii: "{"): try container(.object, closing: UInt8(ascii: "}"), depth)
        case UInt8(ascii: "["): try container(.list, closing: UInt8(ascii: "]"), depth)
        case UInt8(ascii: "\""): try text()
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private func append(_ kind: Kind, start: Int, count: Int) {
        values.append(
            Value(
                kind: kind,
                start: Int32(start),
                count: Int32(count),
                end: Int32(values.count + 1)
            )
        )
    }

    private func container(_ kind: Kind, closing: UInt8, _ depth: Int) throws(Malformed) {
        let own = values.count
        var count = 0
        append(kind, start: index, count: 0)
        index += 1
        skipSpace()
        if peek() != closing {
            while true {
                if kind == .object {
                    skipSpace()
                    guard peek() == UInt8(ascii: "\"") else { throw malformed("a key is no text") }
                    try text()
                    skipSpace()
                    guard peek() == UInt8(ascii: ":") else {
                        throw malformed("a ':' is missing")
                    }
                    index += 1
                }
                try value(depth: depth + 1)
                count += 1
                skipSpace()
                guard peek() == UInt8(ascii: ",") else { break }
                index += 1
            }
        }
        guard peek() == closing else { throw malformed("a ',' or an end is missing") }
        index += 1
        values[own].count = Int32(count)
        values[own].end = Int32(values.count)
    }

    private func word(_ word: StaticString, _ kind: Kind) throws(Malformed) {
        let start = index
        let matches = word.withUTF8Buffer { buffer in
            start + buffer.count <= length
                && buffer.indices.allSatisfy { bytes[start + $0] == buffer[$0] }
        }
        guard matches else { throw malformed("a word is neither true, false nor null") }
        index += word.utf8CodeUnitCount
        append(kind, start: start, count: 0)
    }

    private func number() throws(Malformed) {
        let start = index
        while let byte = peek(), "+-.0123456789eE".utf8.contains(byte) { index += 1 }
        guard JSONNumber.value(bytes[start..<index]) != nil else {
            let isMissing = start == index
            index = start
            throw malformed(isMissing ? "a value is missing" : "a number is none of JSON")
        }
        append(.number, start: start, count: index - start)
    }

    private func text() throws(Malformed) {
        index += 1
        let start = index
        while index < length {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                append(.text, start: start, count: index - start)
                index += 1
                return
            }
            guard byte != UInt8(ascii: "\\") else { return try escapedText(from: start) }
            guard byte >= 0x20 else { throw malformed("a text has a raw control character") }
            index += 1
        }
        throw malformed("")
    }

    private func escapedText(from start: Int) throws(Malformed) {
        let copy = bytes.count
        bytes.append(contentsOf: Array(bytes[start..<index]))
        while index < length {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                append(.text, start: copy, count: bytes.count - copy)
                return
            case UInt8(ascii: "\\"): try escape()
            case ..<0x20: throw malformed("a text has a raw control character")
            default: bytes.append(byte)
            }
        }
        throw malformed("")
    }

    private func escape() throws(Malformed) {
        guard let byte = peek() else { throw malformed("") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "b": bytes.append(8)
        case "f": bytes.append(12)
        case "n": bytes.append(10)
        case "r": bytes.append(13)
        case "t": bytes.append(9)
        case "\"", "\\", "/": bytes.append(byte)
        case "u":
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), peek() == UInt8(ascii: "\\"), index + 1 < length,
                bytes[index + 1] == UInt8(ascii: "u")
            {
                index += 2
                units.append(try unit())
            }
            guard let text = String(validating: units, as: UTF16.self) else {
                throw malformed("an escape is half a character")
            }
            bytes.append(contentsOf: text.utf8)
        default: throw malformed("an escape is unknown")
        }
    }

    private func unit() throws(Malformed) -> UInt16 {
        guard index + 4 <= length else { throw malformed("an escape is cut off") }
        var unit: UInt16 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw malformed("an escape has no four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
        }
        index += 4
        return unit
    }

    private func peek() -> UInt8? { index < length ? bytes[index] : nil }

    private func skipSpace() {
        while index < length {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
            index += 1
        }
    }
}
