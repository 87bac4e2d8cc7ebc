/// A field of a Protocol Buffers message as it is encoded
/// (protobuf.dev/programming-guides/encoding).
package struct WireField: Sendable {
    /// What a field holds.
    package enum Content: Hashable, Sendable {
        /// A number of variable length.
        case number(UInt64)
        /// Four or eight bytes as a little-endian number.
        case fixed(UInt64)
        /// A text, bytes or a message.
        case bytes(ArraySlice<UInt8>)
    }

    /// A message that is cut off, or no message.
    package struct Malformed: Error, Hashable, Sendable {
        /// How many bytes of the message were read.
        package let offset: Int
        /// How many bytes the message has.
        package let count: Int
    }

    /// Its number, above zero.
    package let number: UInt64
    /// What it holds.
    package let content: Content
    /// The place behind it, in the indices of the message.
    package let end: Int

    /// The number that it holds; 0 for bytes.
    package var value: UInt64 {
        switch content {
        case .number(let value), .fixed(let value): value
        case .bytes: 0
        }
    }

    /// The bytes that it holds; nil for numbers.
    package var bytes: ArraySlice<UInt8>? {
        if case .bytes(let bytes) = content { bytes } else { nil }
    }

    /// The fields of a message in their order.
    ///
    /// - Throws: `Malformed`.
    package static func all(of message: ArraySlice<UInt8>) throws(Malformed) -> [WireField] {
        var reader = Reader(rest: message, count: message.count)
        var fields: [WireField] = []
        while !reader.rest.isEmpty { fields.append(try reader.field()) }
        return fields
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>
        let count: Int

        var malformed: Malformed { Malformed(offset: count - rest.count, count: count) }

        mutating func field() throws(Malformed) -> WireField {
            let key = try number()
            guard key >> 3 > 0 else { throw malformed }
            let content: Content
            switch key & 7 {
            case 0: content = .number(try number())
            case 1: content = .fixed(try fixed(8))
            case 2: content = .bytes(try bytes(try number()))
            case 5: content = .fixed(try fixed(4))
            default: throw malformed
            }
            return WireField(number: key >> 3, content: content, end: rest.startIndex)
        }

        private mutating func number() throws(Malformed) -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw malformed }
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return value }
            }
            throw malformed
        }

        private mutating func bytes(_ length: UInt64) throws(Malformed) -> ArraySlice<UInt8> {
            guard length <= UInt64(rest.count) else { throw malformed }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }

        private mutating func fixed(_ length: UInt64) throws(Malformed) -> UInt64 {
            try bytes(length).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
