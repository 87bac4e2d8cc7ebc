import Foundation

/// Writes GGUF files of version 3 as a stream, one tensor at a time.
package enum GGUFWriter {
    /// Writes a file; it appears under its name only when it is complete and on disk.
    ///
    /// The same metadata, tensors and contents give the same bytes.
    ///
    /// - Parameters:
    ///   - metadata: Keys and values, written in this order.
    ///   - tensors: What is written, in this order; names differ from each other.
    ///   - url: The file, which must not exist.
    ///   - contents: Called once for each tensor. It passes the stored bytes to `emit`, in as many
    ///     pieces as it likes.
    /// - Throws: `GGUFError` when names repeat or a tensor gets more or fewer bytes than its shape
    ///   asks for, `FolderError` when the file exists, `FileError` when writing fails, and what
    ///   `contents` throws. Nothing is left behind then.
    package static func write(
        metadata: [(key: String, value: GGUFValue)],
        tensors: [GGUFTensor],
        to url: URL,
        contents: (GGUFTensor, _ emit: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let path = url.path(percentEncoded: false)
        let header = try header(metadata, tensors, path)
        try AtomicFile.write(to: url, replacing: false) { file in
            try header.withUnsafeBytes { try file.write($0) }
            for tensor in tensors {
                var written = 0
                try contents(tensor) { piece in
                    written += piece.count
                    guard written <= tensor.byteCount else {
                        throw wrongSize(tensor, written, path)
                    }
                    try file.write(piece)
                }
                guard written == tensor.byteCount else { throw wrongSize(tensor, written, path) }
                let rest = padded(written) - written
                try [UInt8](repeating: 0, count: rest).withUnsafeBytes { try file.write($0) }
            }
        }
    }

    private static func padded(_ count: Int) -> Int {
        GGUFHeader.padded(count, to: GGUFHeader.standardAlignment)
    }

    private static func header(
        _ metadata: [(key: String, value: GGUFValue)],
        _ tensors: [GGUFTensor],
        _ path: String
    ) throws -> [UInt8] {
        var bytes = GGUFHeader.magic
        append(UInt32(3), to: &bytes)
        append(UInt64(tensors.count), to: &bytes)
        append(UInt64(metadata.count), to: &bytes)
        var names: Set<ExactText> = []
        for (key, value) in metadata {
            guard names.insert(ExactText(key)).inserted else { throw twice(key, path) }
            append(key, to: &bytes)
            append(value.kind.rawValue, to: &bytes)
            append(value, to: &bytes)
        }
        names = []
        var offset: UInt64 = 0
        for tensor in tensors {
            guard names.insert(ExactText(tensor.name)).inserted else {
                throw twice(tensor.name, path)
            }
            append(tensor.name, to: &bytes)
            append(UInt32(tensor.shape.count), to: &bytes)
            for extent in tensor.shape.reversed() { append(UInt64(extent), to: &bytes) }
            append(tensor.type.rawValue, to: &bytes)
            append(offset, to: &bytes)
            // Below 2^61 each, so that a file that fits a disk does not overflow.
            offset += UInt64(padded(tensor.byteCount))
        }
        bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count)
        return bytes
    }

    private static func append(_ value: GGUFValue, to bytes: inout [UInt8]) {
        switch value {
        case .uint8(let value): append(value, to: &bytes)
        case .int8(let value): append(value, to: &bytes)
        case .uint16(let value): append(value, to: &bytes)
        case .int16(let value): append(value, to: &bytes)
        case .uint32(let value): append(value, to: &bytes)
        case .int32(let value): append(value, to: &bytes)
        case .float32(let value): append(value.bitPattern, to: &bytes)
        case .flag(let value): bytes.append(value ? 1 : 0)
        case .text(let value): append(value, to: &bytes)
        case .list(let value): append(value, to: &bytes)
        case .uint64(let value): append(value, to: &bytes)
        case .int64(let value): append(value, to: &bytes)
        case .float64(let value): append(value.bitPattern, to: &bytes)
        }
    }

    private static func append(_ list: GGUFList, to bytes: inout [UInt8]) {
        append(list.kind.rawValue, to: &bytes)
        append(UInt64(list.count), to: &bytes)
        switch list.content {
        case .numbers(let numbers): bytes += numbers
        case .texts(let texts): for text in texts { append(text, to: &bytes) }
        case .lists(let lists): for list in lists { append(list, to: &bytes) }
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &bytes)
        bytes += text.utf8
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private static func twice(_ name: String, _ path: String) -> GGUFError {
        GGUFError(path: path, found: "'\(name)' twice", expected: "names that differ")
    }

    private static func wrongSize(
        _ tensor: GGUFTensor,
        _ written: Int,
        _ path: String
    ) -> GGUFError {
        GGUFError(
            path: path,
            found: "\(written) bytes for tensor '\(tensor.name)'",
            expected: "\(tensor.byteCount) for \(tensor.type.name) \(tensor.shapeText)"
        )
    }
}
