/// A symmetric positive definite matrix as L Lᵀ, with which systems are solved.
package struct CholeskyFactorization: Sendable {
    private let lower: DenseMatrix

    /// Factors a matrix, of which the lower triangle is read; nil when it is not positive definite
    /// or has numbers that are not finite.
    package init?(of matrix: DenseMatrix) {
        var lower = matrix
        guard LinearAlgebra.factor(&lower) else { return nil }
        self.lower = lower
    }

    /// Replaces right-hand sides by the solutions of A x = b.
    ///
    /// Thread-safe, and the same bits for a right-hand side whatever the thread.
    ///
    /// - Parameter values: One right-hand side, or several one after the other.
    package func solve(_ values: inout [Double]) { LinearAlgebra.solve(lower, &values) }
}
