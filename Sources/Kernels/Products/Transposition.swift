/// Transposition of blocks of sixteen by sixteen floats inside registers.
///
/// Four stages exchange rows and columns whose numbers differ in one bit: neighbouring floats,
/// pairs of floats, and then quarters of a register twice. Each stage is sixteen instructions.
enum Transposition {
    /// Writes element (i, j) of `source` to (j, i) of `target`, for i and j below 16.
    @inline(__always)
    static func block(
        of source: UnsafePointer<Float>,
        stride: Int,
        into target: UnsafeMutablePointer<Float>,
        targetStride: Int
    ) {
        SixteenRows(reading: source, stride: stride)
            .exchangingFloats().exchangingPairs().exchangingQuarters().exchangingHalves()
            .write(to: target, stride: targetStride)
    }

    /// Writes element (i, j) of `source` to (j, i) of `target`, for i below `rows` and j below
    /// `columns`, both at most 16.
    static func part(
        of source: UnsafePointer<Float>,
        stride: Int,
        rows: Int,
        columns: Int,
        into target: UnsafeMutablePointer<Float>,
        targetStride: Int
    ) {
        for row in 0..<rows {
            for column in 0..<columns {
                target[column &* targetStride + row] = source[row &* stride + column]
            }
        }
    }
}

/// Sixteen rows of sixteen floats, each a property so that all stay in registers.
private struct SixteenRows {
    var r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15: Lanes

    @inline(__always)
    init(reading source: UnsafePointer<Float>, stride: Int) {
        r0 = load(source)
        r1 = load(source + stride)
        r2 = load(source + 2 &* stride)
        r3 = load(source + 3 &* stride)
        r4 = load(source + 4 &* stride)
        r5 = load(source + 5 &* stride)
        r6 = load(source + 6 &* stride)
        r7 = load(source + 7 &* stride)
        r8 = load(source + 8 &* stride)
        r9 = load(source + 9 &* stride)
        r10 = load(source + 10 &* stride)
        r11 = load(source + 11 &* stride)
        r12 = load(source + 12 &* stride)
        r13 = load(source + 13 &* stride)
        r14 = load(source + 14 &* stride)
        r15 = load(source + 15 &* stride)
    }

    /// Neighbouring rows exchange neighbouring floats.
    @inline(__always)
    func exchangingFloats() -> SixteenRows {
        var result = self
        result.r0 = lowFloats(r0, r1)
        result.r1 = highFloats(r0, r1)
        result.r2 = lowFloats(r2, r3)
        result.r3 = highFloats(r2, r3)
        result.r4 = lowFloats(r4, r5)
        result.r5 = highFloats(r4, r5)
        result.r6 = lowFloats(r6, r7)
        result.r7 = highFloats(r6, r7)
        result.r8 = lowFloats(r8, r9)
        result.r9 = highFloats(r8, r9)
        result.r10 = lowFloats(r10, r11)
        result.r11 = highFloats(r10, r11)
        result.r12 = lowFloats(r12, r13)
        result.r13 = highFloats(r12, r13)
        result.r14 = lowFloats(r14, r15)
        result.r15 = highFloats(r14, r15)
        return result
    }

    /// Rows two apart exchange pairs of floats.
    @inline(__always)
    func exchangingPairs() -> SixteenRows {
        var result = self
        result.r0 = lowPairs(r0, r2)
        result.r1 = highPairs(r0, r2)
        result.r2 = lowPairs(r1, r3)
        result.r3 = highPairs(r1, r3)
        result.r4 = lowPairs(r4, r6)
        result.r5 = highPairs(r4, r6)
        result.r6 = lowPairs(r5, r7)
        result.r7 = highPairs(r5, r7)
        result.r8 = lowPairs(r8, r10)
        result.r9 = highPairs(r8, r10)
        result.r10 = lowPairs(r9, r11)
        result.r11 = highPairs(r9, r11)
        result.r12 = lowPairs(r12, r14)
        result.r13 = highPairs(r12, r14)
        result.r14 = lowPairs(r13, r15)
        result.r15 = highPairs(r13, r15)
        return result
    }

    /// Rows four apart exchange quarters of a register.
    @inline(__always)
    func exchangingQuarters() -> SixteenRows {
        var result = self
        result.r0 = evenQuarters(r0, r4)
        result.r4 = oddQuarters(r0, r4)
        result.r1 = evenQuarters(r1, r5)
        result.r5 = oddQuarters(r1, r5)
        result.r2 = evenQuarters(r2, r6)
        result.r6 = oddQuarters(r2, r6)
        result.r3 = evenQuarters(r3, r7)
        result.r7 = oddQuarters(r3, r7)
        result.r8 = evenQuarters(r8, r12)
        result.r12 = oddQuarters(r8, r12)
        result.r9 = evenQuarters(r9, r13)
        result.r13 = oddQuarters(r9, r13)
        result.r10 = evenQuarters(r10, r14)
        result.r14 = oddQuarters(r10, r14)
        result.r11 = evenQuarters(r11, r15)
        result.r15 = oddQuarters(r11, r15)
        return result
    }

    /// Rows eight apart exchange quarters once more, and all are in order.
    @inline(__always)
    func exchangingHalves() -> SixteenRows {
        var result = self
        result.r0 = evenQuarters(r0, r8)
        result.r8 = oddQuarters(r0, r8)
        result.r4 = evenQuarters(r4, r12)
        result.r12 = oddQuarters(r4, r12)
        result.r1 = evenQuarters(r1, r9)
        result.r9 = oddQuarters(r1, r9)
        result.r5 = evenQuarters(r5, r13)
        result.r13 = oddQuarters(r5, r13)
        result.r2 = evenQuarters(r2, r10)
        result.r10 = oddQuarters(r2, r10)
        result.r6 = evenQuarters(r6, r14)
        result.r14 = oddQuarters(r6, r14)
        result.r3 = evenQuarters(r3, r11)
        result.r11 = oddQuarters(r3, r11)
        result.r7 = evenQuarters(r7, r15)
        result.r15 = oddQuarters(r7, r15)
        return result
    }

    @inline(__always)
    func write(to target: UnsafeMutablePointer<Float>, stride: Int) {
        store(r0, target)
        store(r1, target + stride)
        store(r2, target + 2 &* stride)
        store(r3, target + 3 &* stride)
        store(r4, target + 4 &* stride)
        store(r5, target + 5 &* stride)
        store(r6, target + 6 &* stride)
        store(r7, target + 7 &* stride)
        store(r8, target + 8 &* stride)
        store(r9, target + 9 &* stride)
        store(r10, target + 10 &* stride)
        store(r11, target + 11 &* stride)
        store(r12, target + 12 &* stride)
        store(r13, target + 13 &* stride)
        store(r14, target + 14 &* stride)
        store(r15, target + 15 &* stride)
    }
}

/// Interleaves the first two floats of each quarter.
@inline(__always)
private func lowFloats(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[0],
        b[0],
        a[1],
        b[1],
        a[4],
        b[4],
        a[5],
        b[5],
        a[8],
        b[8],
        a[9],
        b[9],
        a[12],
        b[12],
        a[13],
        b[13]
    )
}

/// Interleaves the last two floats of each quarter.
@inline(__always)
private func highFloats(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[2],
        b[2],
        a[3],
        b[3],
        a[6],
        b[6],
        a[7],
        b[7],
        a[10],
        b[10],
        a[11],
        b[11],
        a[14],
        b[14],
        a[15],
        b[15]
    )
}

/// Joins the first pairs of each quarter.
@inline(__always)
private func lowPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[0],
        a[1],
        b[0],
        b[1],
        a[4],
        a[5],
        b[4],
        b[5],
        a[8],
        a[9],
        b[8],
        b[9],
        a[12],
        a[13],
        b[12],
        b[13]
    )
}

/// Joins the last pairs of each quarter.
@inline(__always)
private func highPairs(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[2],
        a[3],
        b[2],
        b[3],
        a[6],
        a[7],
        b[6],
        b[7],
        a[10],
        a[11],
        b[10],
        b[11],
        a[14],
        a[15],
        b[14],
        b[15]
    )
}

/// The first and third quarters of both.
@inline(__always)
private func evenQuarters(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[0],
        a[1],
        a[2],
        a[3],
        a[8],
        a[9],
        a[10],
        a[11],
        b[0],
        b[1],
        b[2],
        b[3],
        b[8],
        b[9],
        b[10],
        b[11]
    )
}

/// The second and fourth quarters of both.
@inline(__always)
private func oddQuarters(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes(
        a[4],
        a[5],
        a[6],
        a[7],
        a[12],
        a[13],
        a[14],
        a[15],
        b[4],
        b[5],
        b[6],
        b[7],
        b[12],
        b[13],
        b[14],
        b[15]
    )
}
