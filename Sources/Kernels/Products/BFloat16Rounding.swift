/// Rounding from single precision to bfloat16, to the nearest and to even when in the middle.
///
/// Infinities stay; a NaN stays one, with its sign and the upper bits of its payload.
package enum BFloat16Rounding {
    /// Rounds floats into as many halves, whose place needs no alignment.
    ///
    /// - Precondition: `bytes` has room for exactly two bytes a float.
    package static func round(_ floats: FloatView, into bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count == 2 * floats.count, "two bytes for each float")
        guard let target = bytes.baseAddress else { return }
        round(floats.base, into: target, count: floats.count)
    }

    /// Rounds `count` consecutive floats into halves, whose place needs no alignment.
    static func round(
        _ source: UnsafePointer<Float>,
        into target: UnsafeMutableRawPointer,
        count: Int
    ) {
        var i = 0
        while i + laneCount <= count {
            let half = rounded(load(source + i))
            target.storeBytes(of: half, toByteOffset: 2 * i, as: SIMD16<UInt16>.self)
            i += laneCount
        }
        if i < count {
            let half = rounded(loadPart(source + i, count - i))
            for lane in 0..<(count - i) {
                target.storeBytes(of: half[lane], toByteOffset: 2 * (i + lane), as: UInt16.self)
            }
        }
    }

    @inline(__always)
    private static func rounded(_ value: Lanes) -> SIMD16<UInt16> {
        let bits = unsafeBitCast(value, to: SIMD16<UInt32>.self)
        let one = SIMD16<UInt32>(repeating: 1)
        // Half of the last kept place, less one if that place is even: ties go to even.
        let bias = SIMD16<UInt32>(repeating: 0x7fff) &+ ((bits &>> 16) & one)
        // Rounding up could turn the payload of a NaN into an infinity: it is cut and made quiet.
        let isNumber = value .== value
        let nan = bits | SIMD16<UInt32>(repeating: 0x0040_0000)
        let result = nan.replacing(with: bits &+ bias, where: isNumber)
        // On little-endian machines the odd halves are the upper ones.
        return unsafeBitCast(result, to: SIMD32<UInt16>.self).oddHalf
    }
}
