import Foundation
import Kernels

/// One safetensors file, mapped into memory, whose header has been checked completely.
package final class SafetensorsFile: Sendable {
    /// The file.
    package let url: URL
    /// All tensors in the order of their data.
    package let tensors: [TensorDescription]
    /// The text that the file carries beside its tensors.
    package let metadata: [String: String]

    private let file: MappedFile
    private let entries: [String: SafetensorsHeader.Entry]

    /// Opens a file and checks its header.
    ///
    /// - Throws: `FileError` when it cannot be opened, `SafetensorsError` when lengths, names,
    ///   types, shapes or ranges are not those of a complete safetensors file.
    package init(at url: URL) throws {
        self.url = url
        file = try MappedFile(at: url)
        let header = try SafetensorsHeader(of: file.bytes, path: file.path)
        tensors = header.entries.map(\.description)
        metadata = header.metadata
        // The parser has refused repeated names.
        entries = Dictionary(
            header.entries.map { ($0.description.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The tensor of that name, or nil when the file has none.
    package func description(of name: String) -> TensorDescription? { entries[name]?.description }

    /// Lends the stored bytes of a tensor, which must not be kept after `body`.
    ///
    /// - Throws: `SafetensorsError` when there is no such tensor, and what `body` throws.
    package func withBytes<Result>(
        of name: String,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let range = try entry(name).range
        // The header check proved the range to be inside the file; `self` keeps the mapping alive.
        return try withExtendedLifetime(file) {
            try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
        }
    }

    /// Copies some of a tensor's stored bytes to a place in another file.
    ///
    /// - Parameters:
    ///   - name: The tensor.
    ///   - part: Which of its bytes, counted from its first.
    ///   - output: The other file.
    ///   - offset: Where they go.
    /// - Throws: `SafetensorsError` when there is no such tensor, `FileError`.
    package func copyBytes(
        of name: String,
        _ part: Range<Int>,
        to output: OutputFile,
        at offset: Int
    ) throws {
        let range = try entry(name).range
        precondition(part.upperBound <= range.count, "\(part) of \(range.count) bytes")
        let start = range.lowerBound + part.lowerBound
        try file.copy(start..<start + part.count, to: output, at: offset)
    }

    /// Reads a tensor as `Float`, whatever floating type it is stored in.
    ///
    /// - Parameters:
    ///   - name: The tensor.
    ///   - elements: Which of its elements; nil for all.
    ///   - floats: Where they go, of exactly their count.
    /// - Throws: `SafetensorsError` when there is no such tensor, when it does not hold floating
    ///   numbers of at least 16 bits, or when it has another number of elements.
    package func readFloats(
        of name: String,
        elements: Range<Int>? = nil,
        into floats: FloatView
    ) throws {
        let description = try entry(name).description
        guard description.elementType.convertsToFloat else {
            throw refuse(
                .elementType,
                name,
                found: "elements of type \(description.elementType.rawValue)",
                expected: "F32, F16, BF16 or F64"
            )
        }
        let part = elements ?? 0..<description.elementCount
        let isInside = part.lowerBound >= 0 && part.upperBound <= description.elementCount
        guard part.count == floats.count, isInside else {
            throw refuse(
                .shape,
                name,
                found: "shape \(description.shapeText)",
                expected: "\(max(part.upperBound, floats.count)) elements"
            )
        }
        let width = description.elementType.byteCount
        try withBytes(of: name) { bytes in
            let own = bytes[(part.lowerBound * width)..<(part.upperBound * width)]
            ElementConversion.decode(
                UnsafeRawBufferPointer(rebasing: own),
                as: description.elementType,
                into: floats
            )
        }
    }

    /// Lets the system take back the memory that reading a tensor has filled.
    ///
    /// A loop over tensors that calls it holds one tensor at a time, not the file.
    package func releasePages(of name: String) {
        guard let entry = entries[name] else { return }
        file.release(entry.range)
    }

    private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
        guard let entry = entries[name] else {
            throw SafetensorsError(
                kind: .missingTensor,
                path: file.path,
                position: nil,
                found: "no tensor '\(name)'",
                expected: "one of the \(entries.count) tensors of the file"
            )
        }
        return entry
    }

    private func refuse(
        _ kind: SafetensorsError.Kind,
        _ name: String,
        found: String,
        expected: String
    ) -> SafetensorsError {
        SafetensorsError(
            kind: kind,
            path: file.path,
            position: entries[name]?.range.lowerBound,
            found: "tensor '\(name)' has \(found)",
            expected: expected
        )
    }
}
