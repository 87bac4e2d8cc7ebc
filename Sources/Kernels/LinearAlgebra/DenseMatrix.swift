/// A matrix in double precision, row by row, for the small systems of analyses and searches.
package struct DenseMatrix: Hashable, Sendable {
    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// The elements, row by row.
    package internal(set) var elements: [Double]

    /// A matrix of zeros.
    package init(rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, Array(repeating: 0, count: rows * columns))
    }

    /// A matrix of given elements.
    ///
    /// - Precondition: there are rows × columns elements.
    package init(rows: Int, columns: Int, _ elements: [Double]) {
        precondition(
            rows >= 0 && columns >= 0 && elements.count == rows * columns,
            "\(elements.count) elements are not \(rows) rows of \(columns)"
        )
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// Ones on the diagonal, zeros elsewhere.
    package static func identity(_ size: Int) -> DenseMatrix {
        var matrix = DenseMatrix(rows: size, columns: size)
        for place in 0..<size { matrix[place, place] = 1 }
        return matrix
    }

    /// An element.
    package subscript(row: Int, column: Int) -> Double {
        get { elements[row * columns + column] }
        set { elements[row * columns + column] = newValue }
    }

    /// A B.
    package func times(_ other: DenseMatrix) -> DenseMatrix {
        LinearAlgebra.product(self, transposed: false, other, transposed: false)
    }

    /// A Bᵀ: the products of the rows of both.
    package func times(transposed other: DenseMatrix) -> DenseMatrix {
        LinearAlgebra.product(self, transposed: false, other, transposed: true)
    }

    /// A v.
    package func times(_ vector: [Double]) -> [Double] {
        times(DenseMatrix(rows: vector.count, columns: 1, vector)).elements
    }

    /// Adds RᵀR to the upper triangle, where R is a block of rows.
    ///
    /// - Parameters:
    ///   - block: The rows one after the other; what stands behind them does not count.
    ///   - count: How many rows count.
    /// - Precondition: the matrix is square and as wide as the rows.
    package mutating func addSquares(of block: [Double], count: Int) {
        LinearAlgebra.addSquares(of: block, count: count, to: &self)
    }

    /// The eigenvalues of a symmetric matrix in rising order, of which the upper triangle is read;
    /// nil when there are numbers that are not finite.
    package func eigenvalues() -> [Double]? {
        var matrix = self
        return LinearAlgebra.eigenvalues(&matrix, vectors: false)
    }
}
