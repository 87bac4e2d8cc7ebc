import Kernels

/// Reads stored elements as `Float` and writes `Float` back as stored elements.
///
/// Bytes are little-endian, in files as on every supported machine, and need no alignment.
package enum ElementConversion {
    /// Converts stored elements to `Float`; doubles are rounded to nearest even.
    ///
    /// - Precondition: `bytes` holds exactly `floats.count` elements of a type that
    ///   `convertsToFloat`.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer,
        as type: ElementType,
        into floats: FloatView
    ) {
        checkSizes(bytes.count, type, floats.count)
        floats.withUnsafeMutableBytes { output in
            switch type {
            case .float32:
                output.copyMemory(from: bytes)
            case .bfloat16:
                // Plain pointers, which the compiler turns into sixteen lanes; most merges spend
                // more time here than in their arithmetic. Every offset is inside both buffers, as
                // just checked.
                guard let source = bytes.baseAddress else { return }
                let target = output.assumingMemoryBound(to: Float.self)
                for i in 0..<floats.count {
                    let bits = source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)
                    target[i] = Float(bitPattern: UInt32(bits) << 16)
                }
            case .float16:
                convert(bytes, into: output, floats.count) { (half: Float16) in Float(half) }
            case .float64:
                convert(bytes, into: output, floats.count) { (double: Double) in Float(double) }
            default:
                preconditionFailure("\(type.rawValue) does not convert to Float")
            }
        }
    }

    /// Converts `Float` to stored elements, rounding to nearest, ties to even.
    ///
    /// What is too large for half precision becomes infinite; NaN stays NaN.
    ///
    /// - Precondition: `bytes` has room for exactly `floats.count` elements of a type that
    ///   `convertsToFloat`.
    package static func encode(
        _ floats: FloatView,
        as type: ElementType,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        checkSizes(bytes.count, type, floats.count)
        floats.withUnsafeBytes { input in
            switch type {
            case .float32:
                bytes.copyMemory(from: input)
            case .bfloat16:
                BFloat16Rounding.round(floats, into: bytes)
            case .float16:
                convert(input, into: bytes, floats.count) { (float: Float) in Float16(float) }
            case .float64:
                convert(input, into: bytes, floats.count) { (float: Float) in Double(float) }
            default:
                preconditionFailure("\(type.rawValue) does not convert from Float")
            }
        }
    }

    /// Converts elements one by one; both buffers hold exactly `count` of them.
    @inline(__always)
    private static func convert<Source: BitwiseCopyable, Target: BitwiseCopyable>(
        _ source: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer,
        _ count: Int,
        _ converted: (Source) -> Target
    ) {
        let (width, stride) = (MemoryLayout<Source>.size, MemoryLayout<Target>.size)
        for i in 0..<count {
            let value = source.loadUnaligned(fromByteOffset: i * width, as: Source.self)
            target.storeBytes(of: converted(value), toByteOffset: i * stride, as: Target.self)
        }
    }

    private static func checkSizes(_ bytes: Int, _ type: ElementType, _ count: Int) {
        precondition(
            bytes == count * type.byteCount,
            "\(bytes) bytes are not \(count) elements of \(type.rawValue)"
        )
    }
}
