/// Where tensors lie in a safetensors file that is to be written.
///
/// Wider element types come first, so that every element is aligned; otherwise tensors keep the
/// order in which they are given. The metadata get `"format": "pt"`, which `transformers` asks for.
package struct SafetensorsLayout: Sendable {
    /// The tensors in the order of their data.
    package let tensors: [TensorDescription]
    /// The length and the JSON of the header, padded with spaces so that the data begin at a
    /// multiple of eight bytes.
    package let header: [UInt8]
    /// Where the bytes of each of `tensors` begin in the file.
    package let offsets: [Int]
    /// The length of the file.
    package let byteCount: Int

    /// Lays out a file.
    ///
    /// - Parameters:
    ///   - tensors: What the file holds.
    ///   - metadata: Text that goes into the header.
    ///   - path: The file, for messages.
    /// - Throws: `SafetensorsError` when names repeat or the file would be too long.
    package init(
        _ tensors: [TensorDescription],
        metadata: [String: String] = [:],
        path: String
    ) throws {
        let ordered = tensors.enumerated().sorted {
            ($1.element.elementType.byteCount, $0.offset)
                < ($0.element.elementType.byteCount, $1.offset)
        }.map(\.element)
        self.tensors = ordered
        header = try Self.header(of: ordered, metadata: metadata, path: path)
        var next = header.count
        offsets = ordered.map { tensor in
            defer { next += tensor.byteCount }
            return next
        }
        byteCount = next
    }

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
