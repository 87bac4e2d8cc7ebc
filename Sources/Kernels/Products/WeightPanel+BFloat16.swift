extension WeightPanel {
    /// Copies B[k, n] = source[k, n], for rows `depth` and the columns from `first` on, as floats.
    static func copy(
        _ source: BFloat16Matrix,
        depth: Range<Int>,
        first: Int,
        into panel: UnsafeMutablePointer<Float>
    ) {
        let columns = min(width, source.columns - first)
        var from = source.base + depth.lowerBound * source.rowStride + first
        var to = panel
        for _ in depth {
            if columns == width {
                store(loadBFloat16(from), to)
                store(loadBFloat16(from + laneCount), to + laneCount)
            } else {
                expandBFloat16(from, into: to, count: columns)
                (to + columns).update(repeating: 0, count: width - columns)
            }
            from += source.rowStride
            to += width
        }
    }

    /// Copies B[k, n] = source[n, k] as floats: the panel of a weight `[out, in]` for y = x Wᵀ.
    ///
    /// Sixteen rows and columns at a time are read as floats into a small block and turned there.
    static func copyTransposed(
        _ source: BFloat16Matrix,
        depth: Range<Int>,
        first: Int,
        into panel: UnsafeMutablePointer<Float>
    ) {
        let columns = min(width, source.rows - first)
        if columns < width { panel.update(repeating: 0, count: depth.count * width) }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: laneCount * laneCount) { room in
            guard let block = room.baseAddress else { return }
            var column = 0
            while column < columns {
                let rows = min(laneCount, columns - column)
                let from = source.base + (first + column) * source.rowStride + depth.lowerBound
                var k = 0
                while k < depth.count {
                    let count = min(laneCount, depth.count - k)
                    for row in 0..<rows {
                        let line = from + row * source.rowStride + k
                        let to = block + row * laneCount
                        if count == laneCount {
                            store(loadBFloat16(line), to)
                        } else {
                            expandBFloat16(line, into: to, count: count)
                        }
                    }
                    let to = panel + k * width + column
                    if rows == laneCount, count == laneCount {
                        Transposition.block(
                            of: block,
                            stride: laneCount,
                            into: to,
                            targetStride: width
                        )
                    } else {
                        Transposition.part(
                            of: block,
                            stride: laneCount,
                            rows: rows,
                            columns: count,
                            into: to,
                            targetStride: width
                        )
                    }
                    k += count
                }
                column += rows
            }
        }
    }
}
