/// The columns of a product that one panel gives, at most 32.
struct PanelColumns {
    /// Rows of B, `WeightPanel.width` floats each.
    let panel: UnsafePointer<Float>
    /// The columns of A and rows of the panel.
    let depth: Int
    /// How many columns of the panel belong to C.
    let columns: Int
    /// C from the panel's first column on.
    let target: TileProduct.Target

    /// Rows of a tile that goes through a buffer: as much as fits in what Swift puts on the stack.
    private static let bufferedRows = 8

    /// The same columns from a row of C on.
    @inline(__always)
    func from(row: Int) -> PanelColumns {
        PanelColumns(
            panel: panel,
            depth: depth,
            columns: columns,
            target: target.from(row: row, column: 0)
        )
    }

    /// C = start + A · panel, for the first `rows` rows of A.
    @inline(__always)
    func multiply(_ left: TileProduct.Left, rows: Int) {
        if columns % laneCount == 0 {
            TileProduct.multiply(
                left: left,
                right: panel,
                rightStride: WeightPanel.width,
                target: target,
                rows: rows,
                columnLanes: columns / laneCount,
                depth: depth
            )
        } else {
            multiplyBuffered(left, rows: rows)
        }
    }

    /// Whole lanes would reach beyond the columns of C, so tiles go through a small buffer.
    private func multiplyBuffered(_ left: TileProduct.Left, rows: Int) {
        let width = WeightPanel.width
        withUnsafeTemporaryAllocation(
            of: Float.self,
            capacity: Self.bufferedRows * width
        ) { buffer in
            guard let tile = buffer.baseAddress else { return }
            var row = 0
            while row < rows {
                let count = min(Self.bufferedRows, rows - row)
                let part = target.from(row: row, column: 0)
                tile.update(repeating: 0, count: count * width)
                if let start = part.start {
                    for r in 0..<count {
                        (tile + r * width).update(
                            from: start + r * part.startStride,
                            count: columns
                        )
                    }
                }
                TileProduct.multiply(
                    left: left.from(row: row, depth: 0),
                    right: panel,
                    rightStride: width,
                    target: .adding(to: tile, rowStride: width),
                    rows: count,
                    columnLanes: 2,
                    depth: depth
                )
                for r in 0..<count {
                    (part.base + r * part.rowStride).update(from: tile + r * width, count: columns)
                }
                row += count
            }
        }
    }
}
