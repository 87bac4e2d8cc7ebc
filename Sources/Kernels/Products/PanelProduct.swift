import CProcessor

/// Products of row-major matrices through register tiles, panel by panel.
///
/// The right operand is rearranged a panel of 32 columns at a time, into memory that stays in the
/// nearest caches; the left operand is read where it lies. The depth is cut so that the rows of the
/// left operand that a panel meets stay in the second cache.
final class PanelProduct {
    /// How B[k, n] is found in the matrix given for it.
    enum RightOrder {
        /// B[k, n] = matrix[k, n].
        case asItLies
        /// B[k, n] = matrix[n, k].
        case transposed
    }

    /// Rows of the depth that a panel holds: 384 rows of 32 floats are 48 KB.
    private static let panelDepth = 384
    /// Rows of the left operand that meet a panel before the next one is made: 40 tiles of 14, so
    /// that the usual 512 tokens are not cut.
    private static let rowBlock = 560

    /// Rows between two requests for parts of the next panel: four tiles of 14.
    private static let stretch = 56

    private let buffer = FloatBuffer(count: panelDepth * WeightPanel.width)
    private let block = StridedCopy(rows: rowBlock, depth: panelDepth)

    /// C = start + A · B.
    ///
    /// - Parameters:
    ///   - left: A, with as many rows as `output`.
    ///   - right: The matrix that holds B.
    ///   - order: How B lies in it.
    ///   - depth: The columns of A and rows of B, above zero.
    ///   - start: The first summand, of the shape of C, or nil for zero; may be C itself.
    ///   - output: C; overwritten.
    func multiply(
        _ left: TileProduct.Left,
        _ right: WeightMatrix,
        _ order: RightOrder,
        depth: Int,
        start: MatrixView?,
        into output: MatrixView
    ) {
        var firstDepth = 0
        while firstDepth < depth {
            let depths = firstDepth..<min(firstDepth + Self.panelDepth, depth)
            // Later parts of the depth go on from what the earlier ones have left in C.
            let begin = firstDepth == 0 ? start : output
            var firstRow = 0
            while firstRow < output.rows {
                let rows = firstRow..<min(firstRow + Self.rowBlock, output.rows)
                // Copying pays when several panels meet the rows.
                let part = left.from(row: firstRow, depth: firstDepth)
                let near =
                    output.columns >= 4 * WeightPanel.width
                    ? block.nearer(part, rows: rows.count, depth: depths.count) : part
                var column = 0
                while column < output.columns {
                    fillPanel(right, order, depths, column)
                    let columns = PanelColumns(
                        panel: buffer.view.base,
                        depth: depths.count,
                        columns: min(WeightPanel.width, output.columns - column),
                        target: TileProduct.Target(output, start: begin)
                            .from(row: 0, column: column)
                    )
                    column += WeightPanel.width
                    var next = NextPanel(right, order, depths, column)
                    var row = rows.lowerBound
                    while row < rows.upperBound {
                        let count = min(Self.stretch, rows.upperBound - row)
                        next.prefetch(share: count, of: rows.count)
                        columns.from(row: row).multiply(
                            near.from(row: row - firstRow, depth: 0),
                            rows: count
                        )
                        row += count
                    }
                }
                firstRow = rows.upperBound
            }
            firstDepth = depths.upperBound
        }
    }

    private func fillPanel(
        _ right: WeightMatrix,
        _ order: RightOrder,
        _ depth: Range<Int>,
        _ column: Int
    ) {
        let panel = buffer.view.base
        switch (order, right) {
        case (.asItLies, .single(let matrix)):
            WeightPanel.copy(matrix, depth: depth, first: column, into: panel)
        case (.asItLies, .half(let matrix)):
            WeightPanel.copy(matrix, depth: depth, first: column, into: panel)
        case (.transposed, .single(let matrix)):
            WeightPanel.copyTransposed(matrix, depth: depth, first: column, into: panel)
        case (.transposed, .half(let matrix)):
            WeightPanel.copyTransposed(matrix, depth: depth, first: column, into: panel)
        }
    }
}

/// The lines of memory from which the next panel will be made, asked for while the present one is
/// in use: weights lie far away, and without this each panel would begin by waiting for them.
private struct NextPanel {
    private var row: UnsafeRawPointer
    private let rowBytes: Int
    /// Lines of one row that belong to the panel.
    private let rowLines: Int
    private var rowsLeft: Int
    private let lineCount: Int

    private static let lineBytes = 64

    init(
        _ right: WeightMatrix,
        _ order: PanelProduct.RightOrder,
        _ depth: Range<Int>,
        _ column: Int
    ) {
        let width = WeightPanel.width
        let (base, size, stride): (UnsafeRawPointer, Int, Int) =
            switch right {
            case .single(let matrix): (UnsafeRawPointer(matrix.base), 4, matrix.rowStride)
            case .half(let matrix): (UnsafeRawPointer(matrix.base), 2, matrix.rowStride)
            }
        rowBytes = size * stride
        let bytes: Int
        switch order {
        case .asItLies:
            row = base + depth.lowerBound * rowBytes + column * size
            bytes = min(width, max(right.columns - column, 0)) * size
            rowsLeft = bytes > 0 ? depth.count : 0
        case .transposed:
            row = base + column * rowBytes + depth.lowerBound * size
            bytes = depth.count * size
            rowsLeft = min(width, max(right.rows - column, 0))
        }
        rowLines = (bytes + Self.lineBytes - 1) / Self.lineBytes
        lineCount = rowsLeft * rowLines
    }

    /// Asks for about a share of the lines, whole rows at a time.
    @inline(__always)
    mutating func prefetch(share: Int, of whole: Int) {
        guard rowsLeft > 0 else { return }
        var lines = (lineCount * share + whole - 1) / whole
        while lines > 0, rowsLeft > 0 {
            for line in 0..<rowLines { processor_prefetch(row + line &* Self.lineBytes) }
            lines -= rowLines
            row += rowBytes
            rowsLeft -= 1
        }
    }
}
