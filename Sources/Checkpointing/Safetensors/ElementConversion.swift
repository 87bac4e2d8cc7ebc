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
            // Every offset below is i * width with i < count, inside both buffers as just checked.
            switch type {
            case .float32:
                output.copyMemory(from: bytes)
            case .bfloat16:
                // Plain pointers, which the compiler turns into sixteen lanes; most merges spend
                // more time here than in their arithmetic.
                guard let source = bytes.baseAddress else { return }
                let target = output.assumingMemoryBound(to: Float.self)
                for i in 0..<floats.count {
                    let bits = source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)
                    target[i] = Float(bitPattern: UInt32(bits) << 16)
                }
            case .float16:
                for i in 0..<floats.count {
                    let value = bytes.loadUnaligned(fromByteOffset: i * 2, as: Float16.self)
                    output.storeBytes(of: Float(value), toByteOffset: i * 4, as: Float.self)
                }
            case .float64:
                for i in 0..<floats.count {
                    let value = bytes.loadUnaligned(fromByteOffset: i * 8, as: Double.self)
                    output.storeBytes(of: Float(value), toByteOffset: i * 4, as: Float.self)
                }
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
            // As in `decode`: every offset is inside both buffers.
            switch type {
            case .float32:
                bytes.copyMemory(from: input)
            case .bfloat16:
                BFloat16Rounding.round(floats, into: bytes)
            case .float16:
                for i in 0..<floats.count {
                    let value = input.load(fromByteOffset: i * 4, as: Float.self)
                    bytes.storeBytes(of: Float16(value), toByteOffset: i * 2, as: Float16.self)
                }
            case .float64:
                for i in 0..<floats.count {
                    let value = input.load(fromByteOffset: i * 4, as: Float.self)
                    bytes.storeBytes(of: Double(value), toByteOffset: i * 8, as: Double.self)
                }
            default:
                preconditionFailure("\(type.rawValue) does not convert from Float")
            }
        }
    }

    private static func checkSizes(_ bytes: Int, _ type: ElementType, _ count: Int) {
        precondition(
            bytes == count * type.byteCount,
            "\(bytes) bytes are not \(count) elements of \(type.rawValue)"
        )
    }
}
