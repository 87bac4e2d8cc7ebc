/// Looks for elements that are no numbers to compute with.
package enum ElementScan {
    /// Finds the first element that is NaN or infinite.
    ///
    /// - Parameters:
    ///   - bytes: Stored elements, a whole number of them.
    ///   - type: What they are.
    /// - Returns: Its index; nil when all are finite or cannot be otherwise.
    package static func firstNotFinite(
        in bytes: UnsafeRawBufferPointer,
        as type: ElementType
    ) -> Int? {
        // What is not finite has all bits of the exponent set.
        switch type {
        case .bfloat16: first(in: bytes, of: UInt16.self, exponent: 0x7f80)
        case .float16: first(in: bytes, of: UInt16.self, exponent: 0x7c00)
        case .float32: first(in: bytes, of: UInt32.self, exponent: 0x7f80_0000)
        case .float64: first(in: bytes, of: UInt64.self, exponent: 0x7ff0_0000_0000_0000)
        default: nil
        }
    }

    @inline(__always)
    private static func first<Bits: FixedWidthInteger & BitwiseCopyable>(
        in bytes: UnsafeRawBufferPointer,
        of type: Bits.Type,
        exponent: Bits
    ) -> Int? {
        let width = MemoryLayout<Bits>.size
        let count = bytes.count / width
        let block = 4096
        for start in stride(from: 0, to: count, by: block) {
            let end = min(count, start + block)
            // Without a branch for each element the loop becomes vector instructions.
            var found: Bits = 0
            for index in start..<end {
                let bits = bytes.loadUnaligned(fromByteOffset: index * width, as: type)
                found |= bits & exponent == exponent ? 1 : 0
            }
            guard found != 0 else { continue }
            return (start..<end).first {
                bytes.loadUnaligned(fromByteOffset: $0 * width, as: type) & exponent == exponent
            }
        }
        return nil
    }
}
