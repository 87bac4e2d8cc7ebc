extension TileProduct {
    /// C[rows × 32] = start + A[rows × depth] · B[depth × 32], B in bfloat16 and read as floats.
    ///
    /// Sums are those of `multiply(left:right:…)` on the same numbers as floats, bit by bit.
    ///
    /// - Parameters:
    ///   - left: A.
    ///   - right: B, 32 numbers a row, one row after the other.
    ///   - target: C and what its sums begin with.
    ///   - rows: The rows of A and C; few, since every tile of them reads B again.
    ///   - depth: The columns of A and rows of B.
    static func multiply(
        left: Left,
        bfloat16 right: UnsafePointer<UInt16>,
        target: Target,
        rows: Int,
        depth: Int
    ) {
        var row = 0
        while row < rows {
            let a = left.from(row: row, depth: 0)
            let c = target.from(row: row, column: 0)
            switch rows - row {
            case EightRows.rowCount...:
                halfPair(EightRows.self, a, right, c, depth)
                row += EightRows.rowCount
            case FourRows.rowCount...:
                halfPair(FourRows.self, a, right, c, depth)
                row += FourRows.rowCount
            case TwoRows.rowCount...:
                halfPair(TwoRows.self, a, right, c, depth)
                row += TwoRows.rowCount
            default:
                halfPair(OneRow.self, a, right, c, depth)
                row += OneRow.rowCount
            }
        }
    }

    @inline(never)
    private static func halfPair<Sums: TileSums>(
        _: Sums.Type,
        _ a: Left,
        _ b: UnsafePointer<UInt16>,
        _ c: Target,
        _ depth: Int
    ) {
        var first = Sums()
        var second = Sums()
        if let start = c.start {
            first = Sums(reading: start, stride: c.startStride)
            second = Sums(reading: start + laneCount, stride: c.startStride)
        }
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let left = loadBFloat16(bNext)
            let right = loadBFloat16(bNext + laneCount)
            first.add(aNext, stride: a.rowStride, left, and: &second, right)
            aNext += a.depthStride
            bNext += 2 * laneCount
        }
        first.write(to: c.base, stride: c.rowStride)
        second.write(to: c.base + laneCount, stride: c.rowStride)
    }
}
