/// The tensors of a file in the order of their data, each beginning where the one before ends.
struct SafetensorsTiling {
    /// Where the data begins in the file.
    let dataStart: Int
    /// The bytes of the data.
    let dataLength: Int
    /// The file, for messages.
    let path: String

    /// The tensors so far.
    private(set) var entries: [SafetensorsHeader.Entry] = []
    /// Where the next one begins, counted from the begin of the data.
    private var end = 0

    /// - Parameters:
    ///   - dataStart: Where the data begins in the file.
    ///   - fileLength: The bytes of the file.
    ///   - path: The file, for messages.
    init(dataStart: Int, fileLength: Int, path: String) {
        self.dataStart = dataStart
        dataLength = fileLength - dataStart
        self.path = path
    }

    /// Adds the next tensor.
    ///
    /// - Throws: `SafetensorsError` when its bytes lie outside the data, are not as many as its
    ///   shape and type need, overlap the tensor before or leave a gap behind it.
    mutating func append(_ tensor: SafetensorsHeaderParser.Tensor) throws {
        try checkOffsets(of: tensor)
        let description = try description(of: tensor)
        try checkBegin(of: tensor)
        end = tensor.end
        let range = dataStart + tensor.begin..<dataStart + tensor.end
        entries.append(.init(description: description, range: range))
    }

    /// Checks that nothing follows the last tensor.
    ///
    /// - Throws: `SafetensorsError`.
    func checkEnd() throws {
        guard end == dataLength else {
            let found = "\(dataLength - end) bytes after the last tensor belong to none"
            let expected = "the file to end after \(dataStart + end) bytes"
            throw error(.gap, dataStart + end, found, expected)
        }
    }

    private func checkOffsets(of tensor: SafetensorsHeaderParser.Tensor) throws {
        guard tensor.begin <= tensor.end else {
            let found = "\(title(tensor)) has the offsets \(offsets(tensor))"
            throw error(.range, tensor.position, found, "the begin before the end")
        }
        guard tensor.end <= dataLength else {
            let found =
                "\(title(tensor)) has the offsets \(offsets(tensor)), but the file ends after "
                + "\(dataLength) bytes of data"
            throw error(.truncated, tensor.position, found, "offsets inside the data")
        }
    }

    private func description(
        of tensor: SafetensorsHeaderParser.Tensor
    ) throws -> TensorDescription {
        let description: TensorDescription
        do {
            description = try TensorDescription(
                name: tensor.name,
                elementType: tensor.elementType,
                shape: tensor.shape
            )
        } catch {
            throw self.error(.shape, tensor.position, "\(error)", "a size that fits 64 bits")
        }
        guard tensor.end - tensor.begin == description.byteCount else {
            let found =
                "\(title(tensor)) has \(tensor.end - tensor.begin) bytes at \(offsets(tensor))"
            let expected =
                "\(description.byteCount) bytes for \(description.elementType.rawValue) "
                + description.shapeText
            throw error(.byteCount, tensor.position, found, expected)
        }
        return description
    }

    private func checkBegin(of tensor: SafetensorsHeaderParser.Tensor) throws {
        guard tensor.begin >= end else {
            let previous = entries.last?.description.name ?? ""
            let found =
                "\(title(tensor)) at \(offsets(tensor)) overlaps '\(previous)', which ends at "
                + "\(end)"
            throw error(.overlap, tensor.position, found, "tensors that share no bytes")
        }
        guard tensor.begin == end else {
            let found = "bytes \(end)..<\(tensor.begin) of the data belong to no tensor"
            throw error(.gap, dataStart + end, found, "\(title(tensor)) to begin at \(end)")
        }
    }

    private func title(_ tensor: SafetensorsHeaderParser.Tensor) -> String {
        "tensor '\(tensor.name)'"
    }

    private func offsets(_ tensor: SafetensorsHeaderParser.Tensor) -> String {
        "[\(tensor.begin), \(tensor.end)]"
    }

    private func error(
        _ kind: SafetensorsError.Kind,
        _ position: Int,
        _ found: String,
        _ expected: String
    ) -> SafetensorsError {
        SafetensorsError(
            kind: kind,
            path: path,
            position: position,
            found: found,
            expected: expected
        )
    }
}
