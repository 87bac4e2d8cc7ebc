import Foundation

/// Writes safetensors files as a stream, one tensor at a time.
package enum SafetensorsWriter {
    /// Writes a file; it appears under its name only when it is complete and on disk.
    ///
    /// Wider element types come first, so that every element is aligned; otherwise tensors keep the
    /// order in which they are given. The metadata get `"format": "pt"`, which `transformers` asks
    /// for. The same tensors, metadata and contents give the same bytes.
    ///
    /// - Parameters:
    ///   - tensors: What is written; names differ from each other.
    ///   - metadata: Text that goes into the header.
    ///   - url: The file, which must not exist unless `replacing`.
    ///   - replacing: Whether an existing file is replaced.
    ///   - contents: Called once for each tensor, in the order of the file. It passes the stored
    ///     bytes of the tensor to `emit`, in as many pieces as it likes.
    /// - Throws: `SafetensorsError` when names repeat or a tensor gets more or fewer bytes than its
    ///   shape asks for, `FolderError` when the file exists, `FileError` when writing fails, and
    ///   what `contents` throws. Nothing is left behind then.
    package static func write(
        _ tensors: [TensorDescription],
        metadata: [String: String] = [:],
        to url: URL,
        replacing: Bool = false,
        contents: (
            TensorDescription, _ emit: (UnsafeRawBufferPointer) throws -> Void
        ) throws -> Void
    ) throws {
        let path = url.path(percentEncoded: false)
        let ordered = tensors.enumerated().sorted {
            ($1.element.elementType.byteCount, $0.offset)
                < ($0.element.elementType.byteCount, $1.offset)
        }.map(\.element)
        let header = try self.header(of: ordered, metadata: metadata, path: path)
        try AtomicFile.write(to: url, replacing: replacing) { file in
            try header.withUnsafeBytes { try file.write($0) }
            for tensor in ordered {
                var written = 0
                try contents(tensor) { piece in
                    written += piece.count
                    guard written <= tensor.byteCount else {
                        throw wrongSize(tensor, written, path)
                    }
                    try file.write(piece)
                }
                guard written == tensor.byteCount else { throw wrongSize(tensor, written, path) }
            }
        }
    }

    /// The length and the JSON of the header, padded with spaces so that the data begin at a
    /// multiple of eight bytes.
    private static func header(
        of tensors: [TensorDescription],
        metadata: [String: String],
        path: String
    ) throws -> [UInt8] {
        var text = metadata
        text["format"] = text["format"] ?? "pt"
        let pairs = text.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
        var parts = ["\(quoted(SafetensorsHeader.metadataKey)):{\(pairs.joined(separator: ","))}"]
        var names: Set<String> = []
        var begin = 0
        for tensor in tensors {
            guard names.insert(tensor.name).inserted, tensor.name != SafetensorsHeader.metadataKey
            else {
                let found = "the tensor name '\(tensor.name)' twice, or reserved"
                throw refuse(path, found, "names that differ")
            }
            let (end, overflow) = begin.addingReportingOverflow(tensor.byteCount)
            guard !overflow else { throw refuse(path, "more than 2^63 bytes", "a file that fits") }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            parts.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\","
                    + "\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
            )
            begin = end
        }
        var json = Array("{\(parts.joined(separator: ","))}".utf8)
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        guard json.count <= SafetensorsHeader.maximumLength else {
            let expected = "at most \(SafetensorsHeader.maximumLength)"
            throw refuse(path, "a header of \(json.count) bytes", expected)
        }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{8}": quoted += "\\b"
            case "\u{c}": quoted += "\\f"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func wrongSize(
        _ tensor: TensorDescription,
        _ written: Int,
        _ path: String
    ) -> SafetensorsError {
        refuse(
            path,
            "\(written) bytes for tensor '\(tensor.name)'",
            "\(tensor.byteCount) for \(tensor.elementType.rawValue) \(tensor.shapeText)"
        )
    }

    private static func refuse(
        _ path: String,
        _ found: String,
        _ expected: String
    ) -> SafetensorsError {
        SafetensorsError(
            kind: .content,
            path: path,
            position: nil,
            found: found,
            expected: expected
        )
    }
}
