/// A value of the metadata of a GGUF file.
package enum GGUFValue: Hashable, Sendable {
    /// Unsigned, 8 bits.
    case uint8(UInt8)
    /// Signed, 8 bits.
    case int8(Int8)
    /// Unsigned, 16 bits.
    case uint16(UInt16)
    /// Signed, 16 bits.
    case int16(Int16)
    /// Unsigned, 32 bits.
    case uint32(UInt32)
    /// Signed, 32 bits.
    case int32(Int32)
    /// Single precision.
    case float32(Float)
    /// True or false.
    case flag(Bool)
    /// A text in UTF-8.
    case text(String)
    /// Values of one kind.
    case list(GGUFList)
    /// Unsigned, 64 bits.
    case uint64(UInt64)
    /// Signed, 64 bits.
    case int64(Int64)
    /// Double precision.
    case float64(Double)

    /// The kinds of values by their numbers in the file.
    package enum Kind: UInt32, Sendable {
        /// Numbers, flags, texts and lists in the order of the format.
        case uint8 = 0
        case int8, uint16, int16, uint32, int32, float32, flag, text, list, uint64, int64, float64

        /// The bytes of a value of fixed size; nil for texts and lists.
        package var byteCount: Int? {
            switch self {
            case .uint8, .int8, .flag: 1
            case .uint16, .int16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64: 8
            case .text, .list: nil
            }
        }

        /// The fewest bytes that a value can take.
        var fewestBytes: Int { byteCount ?? (self == .text ? 8 : 12) }
    }

    /// Its kind.
    package var kind: Kind {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .flag: .flag
        case .text: .text
        case .list: .list
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// The whole number, where it is one that fits.
    package var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(value)
        default: nil
        }
    }

    /// The number, where it is one; a single as the shortest decimal that reads as it.
    package var number: Double? {
        switch self {
        case .float32(let value): Double(value.description)
        case .float64(let value): value
        default: integer.map(Double.init)
        }
    }

    /// The text, where it is one.
    package var text: String? { if case .text(let text) = self { text } else { nil } }

    /// Whether it is true, where it is a flag.
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

    /// The list, where it is one.
    package var list: GGUFList? { if case .list(let list) = self { list } else { nil } }

    /// The value as it is printed: long lists by their length alone.
    package var shown: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): "\(flag)"
        case .list(let list): "\(list.count) values"
        default: integer.map(String.init) ?? number.map { "\($0)" } ?? "a number"
        }
    }
}

/// A list of values of one kind.
package struct GGUFList: Hashable, Sendable {
    /// What it holds.
    package enum Content: Hashable, Sendable {
        /// The bytes of numbers or flags, one after another, as the file has them.
        case numbers([UInt8])
        /// Texts.
        case texts([String])
        /// Lists.
        case lists([GGUFList])
    }

    /// The kind of its values.
    package let kind: GGUFValue.Kind
    /// The values.
    package let content: Content

    init(kind: GGUFValue.Kind, content: Content) {
        self.kind = kind
        self.content = content
    }

    /// A list of texts.
    package init(_ texts: [String]) { self.init(kind: .text, content: .texts(texts)) }

    /// A list of whole numbers of 32 bits.
    package init(_ numbers: [Int32]) {
        self.init(kind: .int32, content: .numbers(numbers.withUnsafeBytes { Array($0) }))
    }

    /// A list of singles.
    package init(_ numbers: [Float]) {
        self.init(kind: .float32, content: .numbers(numbers.withUnsafeBytes { Array($0) }))
    }

    /// A list of bytes.
    package init(bytes: [UInt8]) { self.init(kind: .uint8, content: .numbers(bytes)) }

    /// How many values it has.
    package var count: Int {
        switch content {
        case .numbers(let bytes): bytes.count / max(1, kind.byteCount ?? 1)
        case .texts(let texts): texts.count
        case .lists(let lists): lists.count
        }
    }

    /// The texts, where it holds texts.
    package var texts: [String]? { if case .texts(let texts) = content { texts } else { nil } }

    /// The whole numbers, where it holds such.
    package var integers: [Int]? {
        switch kind {
        case .uint8: values(UInt8.self).map(Int.init)
        case .int8: values(Int8.self).map(Int.init)
        case .uint16: values(UInt16.self).map(Int.init)
        case .int16: values(Int16.self).map(Int.init)
        case .uint32: values(UInt32.self).map(Int.init)
        case .int32: values(Int32.self).map(Int.init)
        case .int64: values(Int64.self).map(Int.init)
        default: nil
        }
    }

    /// The singles, where it holds such.
    package var floats: [Float]? {
        kind == .float32 ? values(UInt32.self).map(Float.init(bitPattern:)) : nil
    }

    private func values<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> [Value] {
        guard case .numbers(let bytes) = content else { return [] }
        return bytes.withUnsafeBytes { buffer in
            let width = MemoryLayout<Value>.size
            // Every offset is below the count of whole values, so it is inside the buffer.
            return (0..<buffer.count / width).map {
                Value(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * width, as: type))
            }
        }
    }
}
