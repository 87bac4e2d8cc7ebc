/// A symmetric positive definite matrix as L Lᵀ, with which systems are solved.
struct CholeskyFactor: Sendable {
    private let lower: [Double]
    private let size: Int

    /// Factors a matrix, of which the lower half is read.
    ///
    /// A pivot that rounding has brought to zero or below counts as a small share of the largest, so
    /// that a direction without data is left as it is.
    init(_ matrix: [Double], size: Int) {
        precondition(matrix.count == size * size, "a square matrix")
        var lower = matrix
        let largest = (0..<size).map { matrix[$0 * size + $0] }.max() ?? 0
        for column in 0..<size {
            for row in column..<size {
                var sum = lower[row * size + column]
                for k in 0..<column { sum -= lower[row * size + k] * lower[column * size + k] }
                if row == column {
                    lower[row * size + row] = max(sum, largest * 1e-14, 1e-300).squareRoot()
                } else {
                    lower[row * size + column] = sum / lower[column * size + column]
                }
            }
        }
        self.lower = lower
        self.size = size
    }

    /// Replaces the right-hand side by the solution.
    func solve(_ values: inout [Double]) {
        for row in 0..<size {
            var sum = values[row]
            for k in 0..<row { sum -= lower[row * size + k] * values[k] }
            values[row] = sum / lower[row * size + row]
        }
        for row in (0..<size).reversed() {
            var sum = values[row]
            for k in (row + 1)..<max(row + 1, size) { sum -= lower[k * size + row] * values[k] }
            values[row] = sum / lower[row * size + row]
        }
    }
}
