/// The register tiles of `TileProduct`: rows × lanes accumulators, each a variable of its own,
/// because Swift keeps variables in registers and spills arrays and tuples.
extension TileProduct {
    @inline(never)
    static func tile8x2(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ cStride: Int,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        var s0b = Lanes.zero
        var s1a = Lanes.zero
        var s1b = Lanes.zero
        var s2a = Lanes.zero
        var s2b = Lanes.zero
        var s3a = Lanes.zero
        var s3b = Lanes.zero
        var s4a = Lanes.zero
        var s4b = Lanes.zero
        var s5a = Lanes.zero
        var s5b = Lanes.zero
        var s6a = Lanes.zero
        var s6b = Lanes.zero
        var s7a = Lanes.zero
        var s7b = Lanes.zero
        let c0 = c
        let c1 = c + cStride
        let c2 = c + 2 * cStride
        let c3 = c + 3 * cStride
        let c4 = c + 4 * cStride
        let c5 = c + 5 * cStride
        let c6 = c + 6 * cStride
        let c7 = c + 7 * cStride
        if accumulate {
            s0a = load(c0)
            s0b = load(c0 + laneCount)
            s1a = load(c1)
            s1b = load(c1 + laneCount)
            s2a = load(c2)
            s2b = load(c2 + laneCount)
            s3a = load(c3)
            s3b = load(c3 + laneCount)
            s4a = load(c4)
            s4b = load(c4 + laneCount)
            s5a = load(c5)
            s5b = load(c5 + laneCount)
            s6a = load(c6)
            s6b = load(c6 + laneCount)
            s7a = load(c7)
            s7b = load(c7 + laneCount)
        }
        let stride = a.rowStride
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            let bb = load(bNext + laneCount)
            let a0 = Lanes(repeating: aNext[0])
            s0a.addProduct(a0, ba)
            s0b.addProduct(a0, bb)
            let a1 = Lanes(repeating: aNext[stride])
            s1a.addProduct(a1, ba)
            s1b.addProduct(a1, bb)
            let a2 = Lanes(repeating: aNext[2 * stride])
            s2a.addProduct(a2, ba)
            s2b.addProduct(a2, bb)
            let a3 = Lanes(repeating: aNext[3 * stride])
            s3a.addProduct(a3, ba)
            s3b.addProduct(a3, bb)
            let a4 = Lanes(repeating: aNext[4 * stride])
            s4a.addProduct(a4, ba)
            s4b.addProduct(a4, bb)
            let a5 = Lanes(repeating: aNext[5 * stride])
            s5a.addProduct(a5, ba)
            s5b.addProduct(a5, bb)
            let a6 = Lanes(repeating: aNext[6 * stride])
            s6a.addProduct(a6, ba)
            s6b.addProduct(a6, bb)
            let a7 = Lanes(repeating: aNext[7 * stride])
            s7a.addProduct(a7, ba)
            s7b.addProduct(a7, bb)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
        store(s0b, c0 + laneCount)
        store(s1a, c1)
        store(s1b, c1 + laneCount)
        store(s2a, c2)
        store(s2b, c2 + laneCount)
        store(s3a, c3)
        store(s3b, c3 + laneCount)
        store(s4a, c4)
        store(s4b, c4 + laneCount)
        store(s5a, c5)
        store(s5b, c5 + laneCount)
        store(s6a, c6)
        store(s6b, c6 + laneCount)
        store(s7a, c7)
        store(s7b, c7 + laneCount)
    }

    @inline(never)
    static func tile8x1(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ cStride: Int,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        var s1a = Lanes.zero
        var s2a = Lanes.zero
        var s3a = Lanes.zero
        var s4a = Lanes.zero
        var s5a = Lanes.zero
        var s6a = Lanes.zero
        var s7a = Lanes.zero
        let c0 = c
        let c1 = c + cStride
        let c2 = c + 2 * cStride
        let c3 = c + 3 * cStride
        let c4 = c + 4 * cStride
        let c5 = c + 5 * cStride
        let c6 = c + 6 * cStride
        let c7 = c + 7 * cStride
        if accumulate {
            s0a = load(c0)
            s1a = load(c1)
            s2a = load(c2)
            s3a = load(c3)
            s4a = load(c4)
            s5a = load(c5)
            s6a = load(c6)
            s7a = load(c7)
        }
        let stride = a.rowStride
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            s0a.addProduct(Lanes(repeating: aNext[0]), ba)
            s1a.addProduct(Lanes(repeating: aNext[stride]), ba)
            s2a.addProduct(Lanes(repeating: aNext[2 * stride]), ba)
            s3a.addProduct(Lanes(repeating: aNext[3 * stride]), ba)
            s4a.addProduct(Lanes(repeating: aNext[4 * stride]), ba)
            s5a.addProduct(Lanes(repeating: aNext[5 * stride]), ba)
            s6a.addProduct(Lanes(repeating: aNext[6 * stride]), ba)
            s7a.addProduct(Lanes(repeating: aNext[7 * stride]), ba)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
        store(s1a, c1)
        store(s2a, c2)
        store(s3a, c3)
        store(s4a, c4)
        store(s5a, c5)
        store(s6a, c6)
        store(s7a, c7)
    }

    @inline(never)
    static func tile4x2(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ cStride: Int,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        var s0b = Lanes.zero
        var s1a = Lanes.zero
        var s1b = Lanes.zero
        var s2a = Lanes.zero
        var s2b = Lanes.zero
        var s3a = Lanes.zero
        var s3b = Lanes.zero
        let c0 = c
        let c1 = c + cStride
        let c2 = c + 2 * cStride
        let c3 = c + 3 * cStride
        if accumulate {
            s0a = load(c0)
            s0b = load(c0 + laneCount)
            s1a = load(c1)
            s1b = load(c1 + laneCount)
            s2a = load(c2)
            s2b = load(c2 + laneCount)
            s3a = load(c3)
            s3b = load(c3 + laneCount)
        }
        let stride = a.rowStride
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            let bb = load(bNext + laneCount)
            let a0 = Lanes(repeating: aNext[0])
            s0a.addProduct(a0, ba)
            s0b.addProduct(a0, bb)
            let a1 = Lanes(repeating: aNext[stride])
            s1a.addProduct(a1, ba)
            s1b.addProduct(a1, bb)
            let a2 = Lanes(repeating: aNext[2 * stride])
            s2a.addProduct(a2, ba)
            s2b.addProduct(a2, bb)
            let a3 = Lanes(repeating: aNext[3 * stride])
            s3a.addProduct(a3, ba)
            s3b.addProduct(a3, bb)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
        store(s0b, c0 + laneCount)
        store(s1a, c1)
        store(s1b, c1 + laneCount)
        store(s2a, c2)
        store(s2b, c2 + laneCount)
        store(s3a, c3)
        store(s3b, c3 + laneCount)
    }

    @inline(never)
    static func tile4x1(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ cStride: Int,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        var s1a = Lanes.zero
        var s2a = Lanes.zero
        var s3a = Lanes.zero
        let c0 = c
        let c1 = c + cStride
        let c2 = c + 2 * cStride
        let c3 = c + 3 * cStride
        if accumulate {
            s0a = load(c0)
            s1a = load(c1)
            s2a = load(c2)
            s3a = load(c3)
        }
        let stride = a.rowStride
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            s0a.addProduct(Lanes(repeating: aNext[0]), ba)
            s1a.addProduct(Lanes(repeating: aNext[stride]), ba)
            s2a.addProduct(Lanes(repeating: aNext[2 * stride]), ba)
            s3a.addProduct(Lanes(repeating: aNext[3 * stride]), ba)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
        store(s1a, c1)
        store(s2a, c2)
        store(s3a, c3)
    }

    @inline(never)
    static func tile1x2(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        var s0b = Lanes.zero
        let c0 = c
        if accumulate {
            s0a = load(c0)
            s0b = load(c0 + laneCount)
        }
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            let bb = load(bNext + laneCount)
            let a0 = Lanes(repeating: aNext[0])
            s0a.addProduct(a0, ba)
            s0b.addProduct(a0, bb)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
        store(s0b, c0 + laneCount)
    }

    @inline(never)
    static func tile1x1(
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: UnsafeMutablePointer<Float>,
        _ depth: Int,
        _ accumulate: Bool
    ) {
        var s0a = Lanes.zero
        let c0 = c
        if accumulate {
            s0a = load(c0)
        }
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let ba = load(bNext)
            s0a.addProduct(Lanes(repeating: aNext[0]), ba)
            aNext += a.depthStride
            bNext += bStride
        }
        store(s0a, c0)
    }
}
