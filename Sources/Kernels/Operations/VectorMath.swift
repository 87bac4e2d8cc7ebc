/// Sixteen floats: one AVX-512 register, two AVX2 or four NEON ones.
typealias Lanes = SIMD16<Float>

/// Elements of `Lanes`.
let laneCount = 16

/// Rounds up to a whole number of lanes.
@inline(__always)
func paddedToLanes(_ count: Int) -> Int { (count + laneCount - 1) & ~(laneCount - 1) }

/// Reads sixteen floats; `pointer` needs no alignment beyond that of `Float`.
@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> Lanes {
    // Reads 64 bytes at the pointer: callers stay below the end of the view that it came from.
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
}

/// Reads sixteen floats; `pointer` needs no alignment beyond that of `Float`.
@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>) -> Lanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
}

/// Writes sixteen floats; `pointer` needs no alignment beyond that of `Float`.
@inline(__always)
func store(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lanes.self)
}

/// The sum of all lanes in one fixed order: halves are folded onto each other.
@inline(__always)
func laneSum(_ value: Lanes) -> Float {
    let eight = value.lowHalf + value.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
}

/// The largest of all lanes.
@inline(__always)
func laneMaximum(_ value: Lanes) -> Float {
    let eight = value.lowHalf.replacing(
        with: value.highHalf,
        where: value.highHalf .> value.lowHalf
    )
    let four = eight.lowHalf.replacing(
        with: eight.highHalf,
        where: eight.highHalf .> eight.lowHalf
    )
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two[0] > two[1] ? two[0] : two[1]
}

/// e to the power of each lane, within 2 units in the last place for results in the normal range.
///
/// x = n ln 2 + r with |r| ≤ ½ ln 2; e^r by a polynomial of degree 6 (Taylor coefficients are
/// within 1.2e-7 there), 2^n by adding n to the exponent bits. Arguments are held to
/// -87.3 ... 88.3, so that the result is never zero, subnormal or infinite.
@inline(__always)
func exponential(_ argument: Lanes) -> Lanes {
    let lowest = Lanes(repeating: -87.3)
    let highest = Lanes(repeating: 88.3)
    var x = argument.replacing(with: lowest, where: argument .< lowest)
    x = x.replacing(with: highest, where: x .> highest)
    // Adding 1.5 · 2²³ leaves the rounded integer in the low bits of the sum.
    let magic = Lanes(repeating: 12_582_912)
    let shifted = magic.addingProduct(x, Lanes(repeating: 1.442_695_04))
    let n = shifted - magic
    // ln 2 in two parts, so that the first product is exact.
    var r = x.addingProduct(n, Lanes(repeating: -0.693_359_375))
    r = r.addingProduct(n, Lanes(repeating: 2.121_944_4e-4))
    var p = Lanes(repeating: 1.0 / 720)
    p = Lanes(repeating: 1.0 / 120).addingProduct(p, r)
    p = Lanes(repeating: 1.0 / 24).addingProduct(p, r)
    p = Lanes(repeating: 1.0 / 6).addingProduct(p, r)
    p = Lanes(repeating: 0.5).addingProduct(p, r)
    p = Lanes(repeating: 1).addingProduct(p, r)
    p = Lanes(repeating: 1).addingProduct(p, r)
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(p, to: SIMD16<UInt32>.self) &+ exponent, to: Lanes.self)
}

/// 1 / (1 + e^-x) of each lane.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
    let one = Lanes(repeating: 1)
    return one / (one + exponential(-x))
}

/// The numbers of the lanes, from zero.
let laneIndices = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

/// Reads the first `count` of sixteen floats and fills the other lanes with `filler`.
@inline(__always)
func loadPart(_ pointer: UnsafePointer<Float>, _ count: Int, filler: Float = 0) -> Lanes {
    var lanes = Lanes(repeating: filler)
    for lane in 0..<count { lanes[lane] = pointer[lane] }
    return lanes
}

/// Writes the first `count` lanes.
@inline(__always)
func storePart(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>, _ count: Int) {
    for lane in 0..<count { pointer[lane] = value[lane] }
}
