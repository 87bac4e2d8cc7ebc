/// The checked contents of a safetensors header.
///
/// The format: eight bytes with the length n of the header (little-endian), n bytes of JSON
/// `{"__metadata__": {…}, NAME: {"dtype", "shape", "data_offsets": [begin, end]}, …}`, then the
/// data. Offsets count from the end of the header; the tensors must tile the data exactly.
struct SafetensorsHeader {
    /// The longest header that is accepted, as in the reference implementation.
    static let maximumLength = 100_000_000
    /// The key of the entry that is no tensor.
    static let metadataKey = "__metadata__"

    /// A tensor and its bytes, as positions in the file.
    struct Entry {
        let description: TensorDescription
        let range: Range<Int>
    }

    /// All tensors in the order of their data.
    var entries: [Entry] = []
    /// The text that goes with them.
    var metadata: [String: String] = [:]

    /// Reads and checks the header of a file; no byte of the data is touched.
    ///
    /// - Throws: `SafetensorsError`.
    init(of file: UnsafeRawBufferPointer, path: String) throws {
        guard file.count >= 8 else {
            throw SafetensorsError(
                kind: .truncated,
                path: path,
                position: file.count,
                found: "the file has \(file.count) bytes",
                expected: "at least the 8 bytes of the header length"
            )
        }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length >= 2, length <= Self.maximumLength else {
            throw SafetensorsError(
                kind: .headerLength,
                path: path,
                position: 0,
                found: "a header of \(length) bytes",
                expected: "2 to \(Self.maximumLength) bytes; is this a safetensors file?"
            )
        }
        guard length <= file.count - 8 else {
            throw SafetensorsError(
                kind: .truncated,
                path: path,
                position: file.count,
                found: "the file ends after \(file.count) bytes",
                expected: "a header of \(length) bytes before the end; copy the file again"
            )
        }
        let dataStart = 8 + Int(length)
        var parser = try SafetensorsHeaderParser(
            UnsafeRawBufferPointer(rebasing: file[8..<dataStart]),
            path: path,
            origin: 8
        )
        let parsed = try parser.parse()
        metadata = parsed.metadata
        entries = try Self.checked(
            parsed.tensors,
            dataStart: dataStart,
            fileLength: file.count,
            path: path
        )
    }

    /// Turns parsed entries into descriptions and ranges that tile the data.
    private static func checked(
        _ tensors: [SafetensorsHeaderParser.Tensor],
        dataStart: Int,
        fileLength: Int,
        path: String
    ) throws -> [Entry] {
        var tiling = SafetensorsTiling(dataStart: dataStart, fileLength: fileLength, path: path)
        // Equal ranges are those of empty tensors; they keep the order of the header.
        let order = tensors.indices.sorted {
            (tensors[$0].begin, tensors[$0].end, $0) < (tensors[$1].begin, tensors[$1].end, $1)
        }
        for index in order { try tiling.append(tensors[index]) }
        try tiling.checkEnd()
        return tiling.entries
    }
}
