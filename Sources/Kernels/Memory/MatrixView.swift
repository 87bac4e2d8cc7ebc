/// A row-major matrix over floats that it does not own.
///
/// Element (i, j) lies at `i * rowStride + j`. A linear weight is `[out, in]`, as in PyTorch.
package struct MatrixView: @unchecked Sendable, BitwiseCopyable {
    package let base: UnsafeMutablePointer<Float>

    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// The distance in elements from one row to the next, at least `columns`.
    package let rowStride: Int

    /// Reads consecutive elements as a matrix without gaps between its rows.
    package init(_ elements: FloatView, rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot be \(rows) by \(columns)")
        precondition(
            elements.count == rows * columns,
            "\(elements.count) elements are not a \(rows) by \(columns) matrix"
        )
        self.init(base: elements.base, rows: rows, columns: columns, rowStride: columns)
    }

    init(base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride
    }

    /// A part of the rows; the range is checked.
    package func rows(_ range: Range<Int>) -> MatrixView {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= rows,
            "rows \(range) are outside 0..<\(rows)"
        )
        return MatrixView(
            base: base + range.lowerBound * rowStride,
            rows: range.count,
            columns: columns,
            rowStride: rowStride
        )
    }

    /// A part of the columns, of every row; the range is checked.
    package func columns(_ range: Range<Int>) -> MatrixView {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columns,
            "columns \(range) are outside 0..<\(columns)"
        )
        return MatrixView(
            base: base + range.lowerBound,
            rows: rows,
            columns: range.count,
            rowStride: rowStride
        )
    }

    /// One row as a view; the index is checked.
    package func row(_ index: Int) -> FloatView {
        precondition(index >= 0 && index < rows, "row \(index) is outside 0..<\(rows)")
        return FloatView(base: base + index * rowStride, count: columns)
    }

    /// All elements as one view.
    ///
    /// - Precondition: the rows follow each other without gaps.
    package var elements: FloatView {
        precondition(rowStride == columns || rows <= 1, "the rows of this matrix have gaps")
        return FloatView(base: base, count: rows * columns)
    }
}

extension MatrixView {
    /// The shape for messages, such as `[4, 8]`.
    package var shapeText: String { "[\(rows), \(columns)]" }

    /// Copies the elements of a matrix of the same shape; nothing happens when it is this one.
    package func copy(from source: MatrixView) {
        guard source.base != base else { return }
        for index in 0..<rows { row(index).copy(from: source.row(index)) }
    }

    /// Sets every element to `value`.
    package func fill(_ value: Float) {
        for index in 0..<rows { row(index).fill(value) }
    }
}
