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
        let layout = try SafetensorsLayout(tensors, metadata: metadata, path: path)
        try AtomicFile.write(to: url, replacing: replacing) { file in
            try layout.header.withUnsafeBytes { try file.write($0) }
            for tensor in layout.tensors {
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

    private static func wrongSize(
        _ tensor: TensorDescription,
        _ written: Int,
        _ path: String
    ) -> SafetensorsError {
        SafetensorsError(
            kind: .content,
            path: path,
            position: nil,
            found: "\(written) bytes for tensor '\(tensor.name)'",
            expected: "\(tensor.byteCount) for \(tensor.elementType.rawValue) \(tensor.shapeText)"
        )
    }
}
