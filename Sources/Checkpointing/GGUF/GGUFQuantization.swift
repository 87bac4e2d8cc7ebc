import Kernels

/// Stores `Float` as the types that are written: F32, F16, BF16, and Q8_0 as ggml's reference does.
package enum GGUFQuantization {
    /// The types that are written.
    package static let written: [GGUFType] = [.float32, .float16, .bfloat16, .q8_0]

    /// Converts whole blocks.
    ///
    /// Q8_0 stores, for each 32 numbers x, d = max|x| / 127 in half precision and
    /// q = round(x · (1 / d)), halves away from zero, with d before its rounding.
    ///
    /// - Parameters:
    ///   - floats: Finite numbers.
    ///   - type: One of `written`.
    ///   - bytes: Where they go, exactly their size.
    /// - Precondition: The sizes fit, in whole blocks.
    package static func encode(
        _ floats: FloatView,
        as type: GGUFType,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        precondition(written.contains(type), "\(type.name) is not written")
        if let elementType = type.elementType {
            return ElementConversion.encode(floats, as: elementType, into: bytes)
        }
        let blocks = floats.count / type.blockLength
        precondition(
            blocks * type.blockLength == floats.count
                && bytes.count == blocks * type.blockByteCount,
            "\(bytes.count) bytes are not \(floats.count) numbers of \(type.name)"
        )
        guard let start = bytes.baseAddress else { return }
        for index in 0..<blocks {
            // Block `index` of `blocks`: both ranges are inside their buffers, as just checked.
            eightBits(
                floats.base + index * type.blockLength,
                start + index * type.blockByteCount
            )
        }
    }

    @inline(__always)
    private static func eightBits(
        _ input: UnsafeMutablePointer<Float>,
        _ block: UnsafeMutableRawPointer
    ) {
        var largest: Float = 0
        for i in 0..<32 { largest = max(largest, abs(input[i])) }
        let scale = largest / 127
        let inverse = scale == 0 ? 0 : 1 / scale
        block.storeBytes(of: Float16(scale), as: Float16.self)
        for i in 0..<32 {
            let value = input[i] * inverse
            // Where 1 / d overflows nothing sensible can be stored, and nothing may stop the
            // program.
            let bounded = value.isNaN ? 0 : max(-127, min(127, value))
            let number = Int8(bounded.rounded(.toNearestOrAwayFromZero))
            block.storeBytes(of: number, toByteOffset: 2 + i, as: Int8.self)
        }
    }
}
