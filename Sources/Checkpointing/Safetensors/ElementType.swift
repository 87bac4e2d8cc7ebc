/// What one element of a stored tensor is, under the names of the safetensors format.
public enum ElementType: String, Codable, Sendable, CaseIterable {
    /// IEEE 754 double precision.
    case float64 = "F64"
    /// IEEE 754 single precision.
    case float32 = "F32"
    /// IEEE 754 half precision.
    case float16 = "F16"
    /// The upper half of a single: 8 exponent bits, 7 fraction bits.
    case bfloat16 = "BF16"
    /// Eight bits with five exponent bits.
    case float8E5M2 = "F8_E5M2"
    /// Eight bits with four exponent bits.
    case float8E4M3 = "F8_E4M3"
    /// As `float8E5M2`, without infinities and without a negative zero.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// As `float8E4M3`, without infinities and without a negative zero.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// Eight exponent bits alone: a scale.
    case float8E8M0 = "F8_E8M0"
    /// Six bits with three exponent bits.
    case float6E3M2 = "F6_E3M2"
    /// Six bits with two exponent bits.
    case float6E2M3 = "F6_E2M3"
    /// Four bits.
    case float4 = "F4"
    /// Two singles, the real and the imaginary part.
    case complex64 = "C64"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Unsigned, 64 bits.
    case uint64 = "U64"
    /// Unsigned, 32 bits.
    case uint32 = "U32"
    /// Unsigned, 16 bits.
    case uint16 = "U16"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// One byte, 0 or 1.
    case bool = "BOOL"

    /// The bits that one element takes.
    package var bitCount: Int {
        switch self {
        case .float64, .int64, .uint64, .complex64: 64
        case .float32, .int32, .uint32: 32
        case .float16, .bfloat16, .int16, .uint16: 16
        case .float8E5M2, .float8E4M3, .float8E5M2FNUZ, .float8E4M3FNUZ, .float8E8M0, .int8, .uint8,
            .bool:
            8
        case .float6E3M2, .float6E2M3: 6
        case .float4: 4
        }
    }

    /// The bytes that one element takes; those of types below eight bits share theirs.
    public var byteCount: Int { (bitCount + 7) / 8 }

    /// Whether the elements can be read as `Float` and written back (`ElementConversion`).
    ///
    /// Nothing else is computed with. Callers check this before the bytes of a stored tensor are
    /// read as numbers.
    package var convertsToFloat: Bool {
        switch self {
        case .float64, .float32, .float16, .bfloat16: true
        default: false
        }
    }

    /// The types that are computed with, for messages.
    package static let computed = "F32, F16, BF16 or F64"

    /// What to do about a tensor of a type that is not computed with.
    package var remedy: String {
        switch self {
        case .float8E5M2, .float8E4M3, .float8E5M2FNUZ, .float8E4M3FNUZ, .float8E8M0, .float6E3M2,
            .float6E2M3, .float4, .int8, .uint8:
            "the weights are quantized: take the original checkpoint, or store them as BF16 first"
        default: "store the tensor as BF16 or F32 first"
        }
    }
}
