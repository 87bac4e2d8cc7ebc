import Kernels

/// Reads blocks of quantized numbers as `Float`, with the bits that ggml's reference and the `gguf`
/// package give.
///
/// A block has one scale d, and some types a minimum m: x = d · q, x = d · (q − z), or x = d · q +
/// m, each product and sum rounded once to single precision.
package enum GGUFDequantization {
    /// Converts whole blocks.
    ///
    /// - Precondition: `bytes` holds exactly `floats.count` numbers in whole blocks of the type.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer,
        as type: GGUFType,
        into floats: FloatView
    ) {
        let blocks = floats.count / type.blockLength
        precondition(
            blocks * type.blockLength == floats.count
                && bytes.count == blocks * type.blockByteCount,
            "\(bytes.count) bytes are not \(floats.count) numbers of \(type.name)"
        )
        if let elementType = type.elementType {
            return ElementConversion.decode(bytes, as: elementType, into: floats)
        }
        guard let start = bytes.baseAddress else { return }
        for index in 0..<blocks {
            // Block `index` of `blocks`: both ranges are inside their buffers, as just checked, and
            // each function below reads and writes one block.
            let block = start + index * type.blockByteCount
            let output = floats.base + index * type.blockLength
            switch type {
            case .q4_0: small(block, scales: 2, highBits: false, minimum: false, zero: 8, output)
            case .q4_1: small(block, scales: 4, highBits: false, minimum: true, zero: 0, output)
            case .q5_0: small(block, scales: 2, highBits: true, minimum: false, zero: 16, output)
            case .q5_1: small(block, scales: 4, highBits: true, minimum: true, zero: 0, output)
            case .q8_0: eightBits(block, output)
            case .q4_K: nested(block, highBits: false, output)
            case .q5_K: nested(block, highBits: true, output)
            case .q6_K: sixBits(block, output)
            case .float32, .float16, .bfloat16: break
            }
        }
    }

    @inline(__always)
    private static func half(_ block: UnsafeRawPointer, _ offset: Int) -> Float {
        Float(block.loadUnaligned(fromByteOffset: offset, as: Float16.self))
    }

    @inline(__always)
    private static func byte(_ block: UnsafeRawPointer, _ offset: Int) -> Int32 {
        Int32(block.load(fromByteOffset: offset, as: UInt8.self))
    }

    /// Q4_0, Q4_1, Q5_0, Q5_1: d, then m, then 32 fifth bits, then 16 bytes whose low halves are
    /// the first 16 numbers and whose high halves the last.
    @inline(__always)
    private static func small(
        _ block: UnsafeRawPointer,
        scales: Int,
        highBits: Bool,
        minimum: Bool,
        zero: Int32,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block, 0)
        let least = minimum ? half(block, 2) : 0
        let high = highBits ? block.loadUnaligned(fromByteOffset: scales, as: UInt32.self) : 0
        let numbers = scales + (highBits ? 4 : 0)
        for i in 0..<16 {
            let both = byte(block, numbers + i)
            var low = both & 15
            var up = both >> 4
            if highBits {
                low |= Int32(high >> UInt32(i) & 1) << 4
                up |= Int32(high >> UInt32(i + 16) & 1) << 4
            }
            if minimum {
                output[i] = scale * Float(low) + least
                output[i + 16] = scale * Float(up) + least
            } else {
                output[i] = scale * Float(low - zero)
                output[i + 16] = scale * Float(up - zero)
            }
        }
    }

    /// Q8_0: d, then 32 signed bytes.
    @inline(__always)
    private static func eightBits(
        _ block: UnsafeRawPointer,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block, 0)
        for i in 0..<32 {
            output[i] = Float(block.load(fromByteOffset: 2 + i, as: Int8.self)) * scale
        }
    }

    /// Q4_K and Q5_K: d and dmin, twelve bytes with eight scales and eight minima of six bits, for
    /// Q5_K 256 fifth bits, then 128 bytes; x = (d · scale) · q − (dmin · minimum).
    @inline(__always)
    private static func nested(
        _ block: UnsafeRawPointer,
        highBits: Bool,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let (scale, least) = (half(block, 0), half(block, 2))
        let numbers = highBits ? 48 : 16
        for group in 0..<8 {
            let (factor, minimum) = sixBitPair(block + 4, group)
            let (d, m) = (scale * Float(factor), least * Float(minimum))
            let place = numbers + group / 2 * 32
            for i in 0..<32 {
                let both = byte(block, place + i)
                var number = group % 2 == 0 ? both & 15 : both >> 4
                if highBits { number |= (byte(block, 16 + i) >> Int32(group) & 1) << 4 }
                output[group * 32 + i] = d * Float(number) - m
            }
        }
    }

    /// The scale and the minimum of a group, of which twelve bytes hold eight pairs.
    @inline(__always)
    private static func sixBitPair(_ bytes: UnsafeRawPointer, _ group: Int) -> (Int32, Int32) {
        if group < 4 { return (byte(bytes, group) & 63, byte(bytes, group + 4) & 63) }
        let low = byte(bytes, group + 4)
        return (
            low & 15 | (byte(bytes, group - 4) >> 6) << 4,
            low >> 4 | (byte(bytes, group) >> 6) << 4
        )
    }

    /// Q6_K: 128 bytes of low halves, 64 bytes of upper pairs of bits, 16 signed scales, d;
    /// x = (d · scale) · (q − 32).
    @inline(__always)
    private static func sixBits(
        _ block: UnsafeRawPointer,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block, 208)
        for group in 0..<16 {
            let factor = block.load(fromByteOffset: 192 + group, as: Int8.self)
            let d = scale * Float(factor)
            for i in 0..<16 {
                // In each 128 numbers four runs of 32 share their bytes of upper bits.
                let position = group % 8 * 16 + i
                let (part, run, column) = (group / 8, position / 32, position % 32)
                let both = byte(block, part * 64 + run % 2 * 32 + column)
                let low = run < 2 ? both & 15 : both >> 4
                let high = byte(block, 128 + part * 32 + column) >> Int32(run * 2) & 3
                output[group * 16 + i] = d * Float((low | high << 4) - 32)
            }
        }
    }
}
