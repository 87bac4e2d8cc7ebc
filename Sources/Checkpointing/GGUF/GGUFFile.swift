import Foundation
import Kernels

/// One GGUF file, mapped into memory, whose header has been checked completely.
package final class GGUFFile: Sendable {
    /// The file.
    package let url: URL
    /// The version of the format.
    package let version: UInt32
    /// Keys and values in the order of the file.
    package let metadata: [(key: String, value: GGUFValue)]
    /// All tensors in the order of their data.
    package let tensors: [GGUFTensor]

    private let file: MappedFile
    private let values: [ExactText: GGUFValue]
    private let entries: [ExactText: GGUFHeader.Entry]

    /// Opens a file and checks its header.
    ///
    /// - Throws: `FileError` when it cannot be opened, `GGUFError` when lengths, types, shapes or
    ///   offsets are not those of a complete file, or a tensor has a type that is not read here.
    package init(at url: URL) throws {
        self.url = url
        file = try MappedFile(at: url)
        let header = try GGUFHeader(of: file.bytes, path: file.path)
        version = header.version
        metadata = header.metadata
        tensors = header.entries.map(\.tensor)
        // The parser has refused repeated keys and names.
        values = Dictionary(
            header.metadata.map { (ExactText($0.key), $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        entries = Dictionary(
            header.entries.map { (ExactText($0.tensor.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Whether a file begins as every GGUF file does; false for one that cannot be read.
    package static func isGGUF(_ url: URL) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: GGUFHeader.magic.count))
            .map { Array($0) == GGUFHeader.magic } ?? false
    }

    /// The path, for messages.
    package var path: String { file.path }

    /// The value under a key, or nil when there is none.
    package subscript(key: String) -> GGUFValue? { values[ExactText(key)] }

    /// The tensor of a name, or nil when there is none.
    package func tensor(named name: String) -> GGUFTensor? { entries[ExactText(name)]?.tensor }

    /// Reads some rows of a tensor as `Float`, whatever type they are stored in.
    ///
    /// - Parameters:
    ///   - rows: Which rows, from 0 to the tensor's `rowCount`.
    ///   - name: The tensor.
    ///   - floats: Where they go, of exactly their numbers.
    /// - Throws: `GGUFError` when there is no such tensor.
    /// - Precondition: The rows are the tensor's, and `floats` has room for them exactly.
    package func readRows(_ rows: Range<Int>, of name: String, into floats: FloatView) throws {
        guard let entry = entries[ExactText(name)] else {
            throw GGUFError(path: path, found: "no tensor '\(name)'", expected: "one of that name")
        }
        let tensor = entry.tensor
        precondition(rows.upperBound <= tensor.rowCount, "rows \(rows) of \(tensor.rowCount)")
        precondition(floats.count == rows.count * tensor.rowLength, "room for other rows")
        let begin = entry.range.lowerBound + rows.lowerBound * tensor.rowByteCount
        // The header check proved the tensor's range to be inside the file.
        let range = begin..<begin + rows.count * tensor.rowByteCount
        withExtendedLifetime(file) {
            GGUFDequantization.decode(
                UnsafeRawBufferPointer(rebasing: file.bytes[range]),
                as: tensor.type,
                into: floats
            )
        }
    }

    /// Lets the system take back the memory that reading a tensor has filled.
    package func releasePages(of name: String) {
        guard let entry = entries[ExactText(name)] else { return }
        file.release(entry.range)
    }
}
