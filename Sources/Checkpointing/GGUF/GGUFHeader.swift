/// What a GGUF file says before its data, checked completely
/// (github.com/ggml-org/ggml/blob/master/docs/gguf.md).
///
/// Versions 2 and 3, little-endian. Lengths, counts, products and offsets are checked before they
/// are used; tensors lie one after another, apart by no more than the padding of the alignment.
package struct GGUFHeader: Sendable {
    /// A tensor and where its bytes lie in the file.
    package struct Entry: Sendable {
        /// The tensor.
        package let tensor: GGUFTensor
        /// Its bytes, inside the file.
        package let range: Range<Int>
    }

    /// The first bytes of every file.
    package static let magic = Array("GGUF".utf8)
    /// The key of the alignment.
    package static let alignmentKey = "general.alignment"
    /// The alignment where none is said.
    package static let standardAlignment = 32

    /// The version of the format.
    package let version: UInt32
    /// Keys and values in the order of the file.
    package let metadata: [(key: String, value: GGUFValue)]
    /// The tensors in the order of their data.
    package let entries: [Entry]

    /// Reads and checks a header.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - path: The file, for messages.
    /// - Throws: `GGUFError`.
    package init(of bytes: UnsafeRawBufferPointer, path: String) throws {
        var parser = GGUFHeaderParser(bytes, path: path)
        let counts = try parser.begin()
        version = counts.version
        metadata = try parser.metadata(count: counts.pairs)
        let infos = try parser.tensors(count: counts.tensors)
        let alignment = try Self.alignment(metadata, path)
        entries = try Self.place(infos, behind: parser.index, of: bytes.count, alignment, path)
    }

    private static func alignment(
        _ metadata: [(key: String, value: GGUFValue)],
        _ path: String
    ) throws -> Int {
        guard let value = metadata.first(where: { $0.key == alignmentKey })?.value else {
            return standardAlignment
        }
        guard let alignment = value.integer, alignment > 0, alignment <= 1 << 20,
            alignment & (alignment - 1) == 0
        else {
            throw GGUFError(
                path: path,
                found: "'\(alignmentKey)' is \(value.shown)",
                expected: "a power of two up to \(1 << 20)"
            )
        }
        return alignment
    }

    /// The next multiple of an alignment; the caller knows that it fits.
    static func padded(_ place: Int, to alignment: Int) -> Int {
        (place + alignment - 1) & ~(alignment - 1)
    }

    private static func place(
        _ infos: [GGUFHeaderParser.Info],
        behind header: Int,
        of count: Int,
        _ alignment: Int,
        _ path: String
    ) throws -> [Entry] {
        let start = padded(header, to: alignment)
        var next = start
        var entries: [Entry] = []
        for info in infos.sorted(by: { $0.offset < $1.offset }) {
            func refuse(_ found: String, _ expected: String) -> GGUFError {
                GGUFError(
                    path: path,
                    position: info.position,
                    found: "tensor '\(info.tensor.name)' \(found)",
                    expected: expected
                )
            }
            guard info.offset % UInt64(alignment) == 0 else {
                throw refuse("begins at \(info.offset)", "a multiple of \(alignment)")
            }
            // Both are below 2^61, so that their sum fits.
            guard info.offset < 1 << 61, start + Int(info.offset) + info.tensor.byteCount <= count
            else {
                throw refuse(
                    "ends behind the file: \(info.tensor.byteCount) bytes from byte "
                        + "\(info.offset) of the data",
                    "a file that is complete; it has \(max(0, count - start)) bytes of data"
                )
            }
            let begin = start + Int(info.offset)
            guard begin >= next else {
                throw refuse("shares bytes with the one before it", "tensors that do not overlap")
            }
            guard begin == padded(next, to: alignment) else {
                throw refuse(
                    "begins at \(info.offset), and bytes before it belong to no tensor",
                    "\(padded(next, to: alignment) - start)"
                )
            }
            next = begin + info.tensor.byteCount
            entries.append(Entry(tensor: info.tensor, range: begin..<next))
        }
        guard count <= padded(next, to: alignment) else {
            throw GGUFError(
                path: path,
                position: next,
                found: "\(count - next) bytes behind the last tensor",
                expected: "the end of the file"
            )
        }
        return entries
    }
}
