/// Rounding from single precision to bfloat16, to the nearest and to even when in the middle.
///
/// Infinities stay; a number that is not one stays so.
enum BFloat16Rounding {
    /// Rounds `count` consecutive floats.
    static func round(
        _ source: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<UInt16>,
        count: Int
    ) {
        var i = 0
        while i + laneCount <= count {
            let half = rounded(load(source + i))
            UnsafeMutableRawPointer(target + i).storeBytes(of: half, as: SIMD16<UInt16>.self)
            i += laneCount
        }
        if i < count {
            let half = rounded(loadPart(source + i, count - i))
            for lane in 0..<(count - i) { target[i + lane] = half[lane] }
        }
    }

    @inline(__always)
    private static func rounded(_ value: Lanes) -> SIMD16<UInt16> {
        let bits = unsafeBitCast(value, to: SIMD16<UInt32>.self)
        let one = SIMD16<UInt32>(repeating: 1)
        // Half of the last kept place, less one if that place is even: ties go to even.
        let bias = SIMD16<UInt32>(repeating: 0x7fff) &+ ((bits &>> 16) & one)
        // Rounding up could turn the payload of a NaN into an infinity: those are set apart.
        let isNumber = value .== value
        let nan = SIMD16<UInt32>(repeating: 0x7fc0_0000)
        let result = nan.replacing(with: bits &+ bias, where: isNumber)
        // On little-endian machines the odd halves are the upper ones.
        return unsafeBitCast(result, to: SIMD32<UInt16>.self).oddHalf
    }
}
