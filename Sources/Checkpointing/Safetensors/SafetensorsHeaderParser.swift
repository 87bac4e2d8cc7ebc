/// Reads the JSON of a safetensors header and nothing but it.
///
/// A general JSON reader would hide repeated keys and turn large numbers into doubles. What the
/// reference reader accepts (`safetensors` 0.8) is accepted here, white space around the JSON, null
/// as metadata and keys that nobody knows among it; but a name that is there twice is refused,
/// where the reference takes the last one. Nothing recurses over what a file says.
struct SafetensorsHeaderParser {
    /// One entry as written, not checked against the data or against other entries.
    struct Tensor {
        var name: String
        /// The byte of the file at which the entry's name begins.
        var position: Int
        var elementType: ElementType
        var shape: [Int]
        var begin: Int
        var end: Int
    }

    let bytes: UnsafeRawBufferPointer
    private let path: String
    private let origin: Int
    /// The next byte.
    var index = 0

    /// Starts at the first byte of the JSON, which lies at byte `origin` of the file.
    init(_ bytes: UnsafeRawBufferPointer, path: String, origin: Int) throws {
        self.bytes = bytes
        self.path = path
        self.origin = origin
        do {
            _ = try UTF8Span(validating: bytes.bindMemory(to: UInt8.self).span)
        } catch {
            throw SafetensorsError(
                kind: .encoding,
                path: path,
                position: origin + error.byteOffsets.lowerBound,
                found: "bytes that are not UTF-8",
                expected: "a header in UTF-8"
            )
        }
    }

    /// Reads the whole header, to its last byte.
    mutating func parse() throws -> (tensors: [Tensor], metadata: [String: String]) {
        skipSpace()
        guard peek() == UInt8(ascii: "{") else { throw syntax("'{' at the beginning") }
        var tensors: [Tensor] = []
        var metadata: [String: String] = [:]
        var names: Set<String> = []
        try object { parser, name, position in
            guard names.insert(name).inserted else {
                throw parser.duplicate(name, at: position)
            }
            if name == SafetensorsHeader.metadataKey {
                metadata = try parser.metadata()
            } else {
                tensors.append(try parser.tensor(named: name, at: position))
            }
        }
        skipSpace()
        guard index == bytes.count else { throw syntax("nothing but spaces after the last '}'") }
        return (tensors, metadata)
    }

    private mutating func metadata() throws -> [String: String] {
        if skipWord("null") { return [:] }
        var pairs: [String: String] = [:]
        try object { parser, key, position in
            guard pairs[key] == nil else { throw parser.duplicate(key, at: position) }
            pairs[key] = try parser.string()
        }
        return pairs
    }

    private mutating func tensor(named name: String, at position: Int) throws -> Tensor {
        var type: ElementType?
        var shape: [Int]?
        var offsets: [Int]?
        try object { parser, key, keyPosition in
            switch key {
            case "dtype" where type == nil: type = try parser.elementType(of: name)
            case "shape" where shape == nil: shape = try parser.integers()
            case "data_offsets" where offsets == nil: offsets = try parser.integers()
            case "dtype", "shape", "data_offsets": throw parser.duplicate(key, at: keyPosition)
            default: try parser.skipValue()
            }
        }
        guard let type, let shape, let offsets else {
            let missing = type == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
            throw refuse(
                .syntax,
                at: position,
                found: "tensor '\(name)' without \(missing)",
                expected: "dtype, shape and data_offsets"
            )
        }
        guard offsets.count == 2 else {
            throw refuse(
                .range,
                at: position,
                found: "tensor '\(name)' with \(offsets.count) data_offsets",
                expected: "two, begin and end"
            )
        }
        return Tensor(
            name: name,
            position: position,
            elementType: type,
            shape: shape,
            begin: offsets[0],
            end: offsets[1]
        )
    }

    private mutating func elementType(of name: String) throws -> ElementType {
        skipSpace()
        let position = origin + index
        let text = try string()
        guard let type = ElementType(rawValue: text) else {
            throw refuse(
                .elementType,
                at: position,
                found: "tensor '\(name)' with the element type '\(text)'",
                expected: "one of " + ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        return type
    }
}

// MARK: - JSON

extension SafetensorsHeaderParser {
    /// Reads an object; `value` is called after each key, with the position of the key in the file.
    private mutating func object(
        _ value: (inout SafetensorsHeaderParser, String, Int) throws -> Void
    ) throws {
        try take("{")
        if skip("}") { return }
        repeat {
            skipSpace()
            let position = origin + index
            let key = try string()
            try take(":")
            try value(&self, key, position)
        } while skip(",")
        try take("}")
    }

    private mutating func integers() throws -> [Int] {
        try take("[")
        if skip("]") { return [] }
        var values: [Int] = []
        repeat { values.append(try integer()) } while skip(",")
        try take("]")
        return values
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        let start = index
        var value = 0
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else {
                throw refuse(
                    .range,
                    at: origin + start,
                    found: "a number beyond 64 bits",
                    expected: "at most \(Int.max)"
                )
            }
            value = sum
            index += 1
        }
        guard index > start else { throw syntax("an integer, zero or more") }
        guard index == start + 1 || bytes[start] != UInt8(ascii: "0") else {
            index = start
            throw syntax("an integer without leading zeros")
        }
        return value
    }

    mutating func string() throws -> String {
        try take("\"")
        var text: [UInt8] = []
        while let byte = peek() {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                // The header is UTF-8 and escapes add whole scalars, so nothing is repaired here.
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += try escape().utf8
            case 0..<0x20:
                index -= 1
                throw syntax("control characters in text to be escaped")
            default:
                text.append(byte)
            }
        }
        throw syntax("'\"' at the end of the text")
    }

    private mutating func escape() throws -> String {
        guard let byte = peek() else { throw syntax("a character after '\\'") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "\"": return "\""
        case "\\": return "\\"
        case "/": return "/"
        case "b": return "\u{8}"
        case "f": return "\u{c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let first = try hexadecimal()
            guard UTF16.isLeadSurrogate(first) else {
                guard let scalar = Unicode.Scalar(first) else { throw syntax("a lead surrogate") }
                return String(scalar)
            }
            try take("\\", skippingSpace: false)
            try take("u", skippingSpace: false)
            let second = try hexadecimal()
            guard UTF16.isTrailSurrogate(second) else { throw syntax("a trail surrogate") }
            return String(decoding: [first, second], as: UTF16.self)
        default:
            index -= 1
            throw syntax("one of \" \\ / b f n r t u after '\\'")
        }
    }

    private mutating func hexadecimal() throws -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else {
                throw syntax("four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }

    func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            index += 1
        }
    }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek() == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    mutating func take(_ scalar: Unicode.Scalar, skippingSpace: Bool = true) throws {
        if skippingSpace { skipSpace() }
        guard peek() == UInt8(ascii: scalar) else { throw syntax("'\(scalar)'") }
        index += 1
    }

    func syntax(_ expected: String) -> SafetensorsError {
        let found =
            peek().map { byte in
                byte > 0x20 && byte < 0x7f
                    ? "'\(Unicode.Scalar(byte))'" : "the byte 0x" + String(byte, radix: 16)
            } ?? "the end of the header"
        return refuse(.syntax, at: origin + index, found: found, expected: expected)
    }

    private func duplicate(_ name: String, at position: Int) -> SafetensorsError {
        refuse(
            .duplicate,
            at: position,
            found: "'\(name)' a second time",
            expected: "each name once"
        )
    }

    private func refuse(
        _ kind: SafetensorsError.Kind,
        at position: Int,
        found: String,
        expected: String
    ) -> SafetensorsError {
        SafetensorsError(
            kind: kind,
            path: path,
            position: position,
            found: found,
            expected: expected
        )
    }
}
