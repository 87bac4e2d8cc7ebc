/// A symmetric matrix as V diag(λ) Vᵀ.
package struct Eigendecomposition: Sendable {
    /// λ in rising order.
    package let values: [Double]
    /// The eigenvectors, one a row, in the order of their values.
    ///
    /// The component of largest magnitude is positive. Of equal values any orthogonal set of
    /// vectors is right, and which one it is depends on the library.
    package let vectors: DenseMatrix

    /// Decomposes a symmetric matrix, of which the upper triangle is read; nil when there are
    /// numbers that are not finite.
    package init?(of matrix: DenseMatrix) {
        var vectors = matrix
        guard let values = LinearAlgebra.eigenvalues(&vectors, vectors: true) else { return nil }
        for row in 0..<vectors.rows {
            let largest = (0..<vectors.columns).map { abs(vectors[row, $0]) }.max() ?? 0
            // Of components that only rounding tells apart, the first one.
            let leading = (0..<vectors.columns)
                .first { abs(vectors[row, $0]) >= largest * (1 - 1e-9) }
            guard let leading, vectors[row, leading] < 0 else { continue }
            for column in 0..<vectors.columns { vectors[row, column].negate() }
        }
        self.values = values
        self.vectors = vectors
    }

    /// V diag(f(λ)) Vᵀ, such as a root or an inverse of the matrix.
    ///
    /// It depends on neither the signs of the eigenvectors nor the choice among those of equal
    /// values.
    package func applying(_ function: (Double) -> Double) -> DenseMatrix {
        var scaled = vectors
        for (row, value) in values.enumerated() {
            let factor = function(value)
            for column in 0..<scaled.columns { scaled[row, column] *= factor }
        }
        return LinearAlgebra.product(vectors, transposed: true, scaled, transposed: false)
    }
}
