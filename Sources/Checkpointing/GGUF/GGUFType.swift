/// How the numbers of a tensor are stored in a GGUF file, under the names of ggml.
///
/// Quantized types store rows in blocks, each with its own scale (ggml-common.h).
package enum GGUFType: UInt32, Sendable, CaseIterable {
    /// IEEE 754 single precision.
    case float32 = 0
    /// IEEE 754 half precision.
    case float16 = 1
    /// Four bits and a scale for each 32.
    case q4_0 = 2
    /// Four bits, a scale and a minimum for each 32.
    case q4_1 = 3
    /// Five bits and a scale for each 32.
    case q5_0 = 6
    /// Five bits, a scale and a minimum for each 32.
    case q5_1 = 7
    /// Eight bits and a scale for each 32.
    case q8_0 = 8
    /// Four bits in 256, with six-bit scales and minima for each 32.
    case q4_K = 12
    /// Five bits in 256, with six-bit scales and minima for each 32.
    case q5_K = 13
    /// Six bits in 256, with eight-bit scales for each 16.
    case q6_K = 14
    /// The upper half of a single.
    case bfloat16 = 30

    /// The name in ggml, such as `Q4_K`.
    package var name: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q5_0: "Q5_0"
        case .q5_1: "Q5_1"
        case .q8_0: "Q8_0"
        case .q4_K: "Q4_K"
        case .q5_K: "Q5_K"
        case .q6_K: "Q6_K"
        }
    }

    /// The numbers of one block; rows are whole blocks.
    package var blockLength: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        }
    }

    /// The bytes of one block.
    package var blockByteCount: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    /// The type of safetensors that has the same bytes; nil for quantized types.
    package var elementType: ElementType? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        default: nil
        }
    }

    /// All names, for messages.
    package static let known = allCases.map(\.name).joined(separator: ", ")

    /// What ggml calls a number that is none of these types.
    package static func foreignName(of number: UInt32) -> String {
        let names: [UInt32: String] = [
            4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS",
            17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
            23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M",
            34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
        ]
        return names[number] ?? "type \(number), which nobody knows here"
    }
}

/// The name, type and shape of a tensor in a GGUF file, whose size is known to fit an `Int`.
package struct GGUFTensor: Hashable, Sendable {
    /// The most extents that ggml has.
    package static let mostExtents = 4

    /// The name, unique in its file.
    package let name: String
    /// How its numbers are stored.
    package let type: GGUFType
    /// The extents, outermost first; a file has them innermost first.
    package let shape: [Int]
    /// The product of the extents.
    package let elementCount: Int
    /// The bytes of all blocks.
    package let byteCount: Int

    /// Describes a tensor; nil when an extent is below one, the innermost is not whole blocks, or
    /// the size does not fit 61 bits.
    package init?(name: String, type: GGUFType, shape: [Int]) {
        guard shape.count <= Self.mostExtents, (shape.last ?? 1) % type.blockLength == 0 else {
            return nil
        }
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent > 0, !overflow else { return nil }
            count = product
        }
        guard count % type.blockLength == 0 else { return nil }
        let (bytes, overflow) = (count / type.blockLength)
            .multipliedReportingOverflow(by: type.blockByteCount)
        guard !overflow, bytes < 1 << 61 else { return nil }
        self.name = name
        self.type = type
        self.shape = shape
        elementCount = count
        byteCount = bytes
    }

    /// The numbers of one row.
    package var rowLength: Int { shape.last ?? 1 }

    /// The rows: all extents but the innermost, multiplied.
    package var rowCount: Int { elementCount / rowLength }

    /// The bytes of one row.
    package var rowByteCount: Int { rowLength / type.blockLength * type.blockByteCount }

    /// The shape as it is printed: `[512, 128]`.
    package var shapeText: String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
}
