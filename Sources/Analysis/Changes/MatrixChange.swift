import Kernels

/// How a matrix has changed, summed by row and by column.
package struct MatrixChange: Sendable {
    /// Σ_j |Δ_ij| by row i.
    package private(set) var rows: [Double]
    /// Σ_i |Δ_ij| by column j.
    package private(set) var columns: [Double]
    /// Σ |W₀|.
    package private(set) var baseMagnitude = 0.0
    /// Σ W₀².
    package private(set) var baseSquares = 0.0
    /// Σ Δ².
    package private(set) var squares = 0.0

    /// Measures Δ = W − W₀, which overwrites W.
    ///
    /// - Parameters:
    ///   - changed: W; overwritten by Δ.
    ///   - base: W₀, of the same shape.
    package init(replacing changed: MatrixView, by base: MatrixView) {
        precondition(changed.rows == base.rows && changed.columns == base.columns, "one shape")
        rows = Array(repeating: 0, count: base.rows)
        columns = Array(repeating: 0, count: base.columns)
        for row in 0..<base.rows {
            // The row is below the rows of both matrices, the column below their columns.
            let new = changed.base + row * changed.rowStride
            let old = base.base + row * base.rowStride
            var sum = 0.0
            for column in 0..<base.columns {
                let origin = Double(old[column])
                let change = new[column] - old[column]
                new[column] = change
                let magnitude = Double(abs(change))
                sum += magnitude
                columns[column] += magnitude
                squares += magnitude * magnitude
                baseMagnitude += abs(origin)
                baseSquares += origin * origin
            }
            rows[row] = sum
        }
    }

    /// What two changes of one matrix have in common.
    package struct Agreement: Sendable {
        /// ⟨Δ_a, Δ_b⟩.
        package let product: Double
        /// Entries that both have changed.
        package let changed: Int
        /// Those of them that both have changed in the same direction.
        package let sameSign: Int

        /// Compares two changes.
        ///
        /// - Parameters:
        ///   - a: Δ_a.
        ///   - b: Δ_b, of the same length.
        package init(_ a: FloatView, _ b: FloatView) {
            precondition(a.count == b.count, "changes of \(a.count) and \(b.count) elements")
            var product = 0.0
            var changed = 0
            var sameSign = 0
            for index in 0..<a.count {
                // The index is below both counts.
                let (first, second) = (a.base[index], b.base[index])
                product += Double(first) * Double(second)
                guard first != 0, second != 0 else { continue }
                changed += 1
                if (first < 0) == (second < 0) { sameSign += 1 }
            }
            self.product = product
            self.changed = changed
            self.sameSign = sameSign
        }
    }
}
