import Kernels

/// Σ xᵀx over the rows x of one matrix or many, in `Double`, and its eigenvalues.
///
/// The eigenvalues of AᵀA are the squares of the singular values of A. Products of `Float`s are
/// exact in `Double`, so that singular values down to about 1e-7 of the largest are meaningful.
package final class GramMatrix {
    /// The length of a row.
    package let size: Int
    private var sum: DenseMatrix
    private var block: [Double]

    /// Rows that are converted and added at a time.
    private static let blockRows = 128

    /// A sum of no rows.
    ///
    /// - Parameter size: The length of a row.
    package init(size: Int) {
        precondition(size >= 0, "rows cannot have \(size) elements")
        self.size = size
        sum = DenseMatrix(rows: size, columns: size)
        block = Array(repeating: 0, count: Self.blockRows * size)
    }

    /// Adds all rows of a matrix.
    package func add(rowsOf matrix: MatrixView) {
        precondition(matrix.columns == size, "rows of \(matrix.columns), not \(size)")
        add(count: matrix.rows) { row, column in
            // Row and column are below the matrix's own.
            Double(matrix.base[row * matrix.rowStride + column])
        }
    }

    /// Adds all columns of a matrix.
    package func add(columnsOf matrix: MatrixView) {
        precondition(matrix.rows == size, "columns of \(matrix.rows), not \(size)")
        add(count: matrix.columns) { column, row in
            // Row and column are below the matrix's own.
            Double(matrix.base[row * matrix.rowStride + column])
        }
    }

    private func add(count: Int, _ element: (Int, Int) -> Double) {
        guard size > 0 else { return }
        for first in stride(from: 0, to: count, by: Self.blockRows) {
            let rows = min(Self.blockRows, count - first)
            for row in 0..<rows {
                for place in 0..<size { block[row * size + place] = element(first + row, place) }
            }
            sum.addSquares(of: block, count: rows)
        }
    }

    /// The eigenvalues of the sum, the largest first; what rounding has brought below zero is zero.
    ///
    /// Numbers that are not finite have none: then all values are NaN.
    package func eigenvalues() -> [Double] {
        guard let values = sum.eigenvalues() else { return Array(repeating: .nan, count: size) }
        return values.reversed().map { max($0, 0) }
    }
}
