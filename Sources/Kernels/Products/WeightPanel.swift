/// A panel of the right operand of a product: 32 columns side by side, row after row.
///
/// Row k of the panel holds B[k, n ..< n + 32]; columns beyond the last are zero. A panel is read
/// once for every tile of rows, so it is worth arranging so that each read is two whole lanes.
enum WeightPanel {
    /// The columns of a panel: two lanes.
    static let width = 2 * laneCount

    /// Copies B[k, n] = source[k, n], for rows `depth` and the columns from `first` on.
    static func copy(
        _ source: MatrixView,
        depth: Range<Int>,
        first: Int,
        into panel: UnsafeMutablePointer<Float>
    ) {
        let columns = min(width, source.columns - first)
        var from = source.base + depth.lowerBound * source.rowStride + first
        var to = panel
        if columns == width {
            for _ in depth {
                let left = load(from)
                let right = load(from + laneCount)
                store(left, to)
                store(right, to + laneCount)
                from += source.rowStride
                to += width
            }
        } else {
            for _ in depth {
                to.update(from: from, count: columns)
                (to + columns).update(repeating: 0, count: width - columns)
                from += source.rowStride
                to += width
            }
        }
    }

    /// Copies B[k, n] = source[n, k]: the panel of a weight `[out, in]` for y = x Wᵀ.
    static func copyTransposed(
        _ source: MatrixView,
        depth: Range<Int>,
        first: Int,
        into panel: UnsafeMutablePointer<Float>
    ) {
        let columns = min(width, source.rows - first)
        if columns < width { panel.update(repeating: 0, count: depth.count * width) }
        var column = 0
        while column < columns {
            let rows = min(laneCount, columns - column)
            let from = source.base + (first + column) * source.rowStride + depth.lowerBound
            var k = 0
            while k < depth.count {
                let count = min(laneCount, depth.count - k)
                let to = panel + k * width + column
                if rows == laneCount, count == laneCount {
                    Transposition.block(
                        of: from + k,
                        stride: source.rowStride,
                        into: to,
                        targetStride: width
                    )
                } else {
                    Transposition.part(
                        of: from + k,
                        stride: source.rowStride,
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
