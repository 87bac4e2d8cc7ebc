/// Reads the header of a GGUF file from its first byte on.
///
/// Every count is compared with the bytes that are left before room is made for it.
struct GGUFHeaderParser {
    /// A tensor as the header describes it.
    struct Info {
        let tensor: GGUFTensor
        /// Where its bytes begin, counted from the first byte of the data.
        let offset: UInt64
        /// The byte of the file at which the description begins.
        let position: Int
    }

    /// The longest key and the longest name of a tensor.
    private static let longestName = 65_535
    /// Lists of lists deeper than this are refused; nobody writes them.
    private static let deepest = 4

    private let bytes: UnsafeRawBufferPointer
    private let path: String
    /// The next byte.
    private(set) var index = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    // MARK: - The beginning

    /// Reads magic, version and counts.
    mutating func begin() throws -> (version: UInt32, tensors: UInt64, pairs: UInt64) {
        guard bytes.starts(with: GGUFHeader.magic) else {
            throw refuse("the file does not begin with 'GGUF'", "a GGUF file", at: 0)
        }
        index = GGUFHeader.magic.count
        let version: UInt32 = try integer("the version")
        guard version == 2 || version == 3 else {
            if (1...3).contains(version.byteSwapped) {
                throw refuse(
                    "the file is big-endian",
                    "a little-endian file; convert it with 'gguf-convert-endian' of the gguf package",
                    at: 4
                )
            }
            let advice = version == 1 ? "; write it again with a newer llama.cpp" : ""
            throw refuse("version \(version) of the format", "version 2 or 3\(advice)", at: 4)
        }
        let tensors: UInt64 = try integer("the number of tensors")
        let pairs: UInt64 = try integer("the number of keys")
        // A tensor has a length, a name, a rank, a type and an offset; a key a length and a type.
        try check(tensors, of: 25, "tensors", at: 8)
        try check(pairs, of: 14, "keys", at: 16)
        return (version, tensors, pairs)
    }

    private func check(_ count: UInt64, of bytes: Int, _ what: String, at place: Int) throws {
        guard count <= UInt64((self.bytes.count - index) / bytes) else {
            throw refuse(
                "\(count) \(what) in a file of \(self.bytes.count) bytes",
                "a number that fits",
                at: place
            )
        }
    }

    // MARK: - Metadata

    /// Reads keys and values.
    mutating func metadata(count: UInt64) throws -> [(key: String, value: GGUFValue)] {
        var pairs: [(key: String, value: GGUFValue)] = []
        var keys: Set<ExactText> = []
        for _ in 0..<count {
            let place = index
            let key = try name("a key")
            guard keys.insert(ExactText(key)).inserted else {
                throw refuse("the key '\(key)' is there twice", "each key once", at: place)
            }
            pairs.append((key, try value(of: key, try kind(of: key), depth: 0)))
        }
        return pairs
    }

    private mutating func kind(of key: String) throws -> GGUFValue.Kind {
        let place = index
        let number: UInt32 = try integer("the type of '\(key)'")
        guard let kind = GGUFValue.Kind(rawValue: number) else {
            throw refuse("'\(key)' has type \(number)", "a type from 0 to 12", at: place)
        }
        return kind
    }

    private mutating func value(
        of key: String,
        _ kind: GGUFValue.Kind,
        depth: Int
    ) throws -> GGUFValue {
        let what = "the value of '\(key)'"
        switch kind {
        case .uint8: return .uint8(try integer(what))
        case .int8: return .int8(try integer(what))
        case .uint16: return .uint16(try integer(what))
        case .int16: return .int16(try integer(what))
        case .uint32: return .uint32(try integer(what))
        case .int32: return .int32(try integer(what))
        case .float32: return .float32(Float(bitPattern: try integer(what)))
        case .uint64: return .uint64(try integer(what))
        case .int64: return .int64(try integer(what))
        case .float64: return .float64(Double(bitPattern: try integer(what)))
        case .flag:
            let byte: UInt8 = try integer(what)
            guard byte < 2 else {
                throw refuse("'\(key)' is \(byte)", "0 or 1, for false or true", at: index - 1)
            }
            return .flag(byte == 1)
        case .text: return .text(try text(what))
        case .list: return .list(try list(of: key, depth: depth))
        }
    }

    private mutating func list(of key: String, depth: Int) throws -> GGUFList {
        guard depth < Self.deepest else {
            throw refuse("'\(key)' has lists in lists in lists", "at most \(Self.deepest)")
        }
        let kind = try kind(of: key)
        let place = index
        let count: UInt64 = try integer("the length of '\(key)'")
        try check(count, of: kind.fewestBytes, "values of '\(key)'", at: place)
        switch kind {
        case .text:
            var texts: [String] = []
            texts.reserveCapacity(Int(count))
            for _ in 0..<count { texts.append(try text("a text of '\(key)'")) }
            return GGUFList(kind: kind, content: .texts(texts))
        case .list:
            var lists: [GGUFList] = []
            for _ in 0..<count { lists.append(try list(of: key, depth: depth + 1)) }
            return GGUFList(kind: kind, content: .lists(lists))
        default:
            // `check` proved that count values of that size are there.
            let range = try take(Int(count) * kind.fewestBytes, "the values of '\(key)'")
            return GGUFList(kind: kind, content: .numbers(Array(bytes[range])))
        }
    }

    // MARK: - Tensors

    /// Reads the descriptions of all tensors.
    mutating func tensors(count: UInt64) throws -> [Info] {
        var infos: [Info] = []
        var names: Set<ExactText> = []
        for _ in 0..<count {
            let place = index
            let name = try name("the name of a tensor")
            guard names.insert(ExactText(name)).inserted else {
                throw refuse("the tensor '\(name)' is there twice", "each name once", at: place)
            }
            infos.append(try tensor(named: name, at: place))
        }
        return infos
    }

    private mutating func tensor(named name: String, at place: Int) throws -> Info {
        let what = "the description of tensor '\(name)'"
        let rank: UInt32 = try integer(what)
        guard rank <= GGUFTensor.mostExtents else {
            throw refuse(
                "tensor '\(name)' has \(rank) extents",
                "at most \(GGUFTensor.mostExtents)",
                at: place
            )
        }
        var extents: [UInt64] = []
        for _ in 0..<rank { extents.append(try integer(what)) }
        let number: UInt32 = try integer(what)
        guard let type = GGUFType(rawValue: number) else {
            throw refuse(
                "tensor '\(name)' is stored as \(GGUFType.foreignName(of: number))",
                "\(GGUFType.known); take a file of another quantization, such as Q8_0",
                at: place
            )
        }
        let shape = extents.reversed().compactMap { Int(exactly: $0) }
        guard shape.count == extents.count,
            let tensor = GGUFTensor(name: name, type: type, shape: shape)
        else {
            throw refuse(
                "tensor '\(name)' has the extents \(extents)",
                "extents above zero whose product fits 61 bits, in rows of whole blocks of "
                    + "\(type.blockLength)",
                at: place
            )
        }
        return Info(tensor: tensor, offset: try integer(what), position: place)
    }

    // MARK: - Bytes

    private mutating func name(_ what: String) throws -> String {
        let place = index
        let name = try text(what)
        guard !name.isEmpty, name.utf8.count <= Self.longestName else {
            throw refuse(
                "\(what) of \(name.utf8.count) bytes",
                "1 to \(Self.longestName) bytes",
                at: place
            )
        }
        return name
    }

    private mutating func text(_ what: String) throws -> String {
        let place = index
        let length: UInt64 = try integer("the length of \(what)")
        guard length <= UInt64(bytes.count - index) else {
            throw refuse(
                "\(what) has \(length) bytes, and the file has \(bytes.count - index) more",
                "a file that is complete",
                at: place
            )
        }
        let range = try take(Int(length), what)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw refuse("\(what) is not UTF-8", "text in UTF-8", at: range.lowerBound)
        }
        return text
    }

    private mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ what: String
    ) throws -> Value {
        let range = try take(MemoryLayout<Value>.size, what)
        // `take` proved that the bytes are there.
        return Value(
            littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self)
        )
    }

    private mutating func take(_ count: Int, _ what: String) throws -> Range<Int> {
        guard count <= bytes.count - index else {
            throw refuse("the file ends in \(what)", "a file that is complete")
        }
        defer { index += count }
        return index..<index + count
    }

    private func refuse(_ found: String, _ expected: String, at place: Int? = nil) -> GGUFError {
        GGUFError(path: path, position: place ?? index, found: found, expected: expected)
    }
}
