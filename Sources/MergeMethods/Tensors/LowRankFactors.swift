import Kernels

/// The change of one matrix that a LoRA adapter holds (Hu et al., arXiv 2106.09685): s B A.
///
/// A is rank × columns, B is rows × rank, both as `Float`, row by row.
package final class LowRankFactors: Sendable {
    /// The number of rows of A and of columns of B.
    package let rank: Int
    /// The number of columns of the matrix.
    let columns: Int
    /// The number of rows of the matrix.
    let rows: Int
    /// What the product is multiplied with.
    package let scale: Double

    private let a: FloatBuffer
    private let b: FloatBuffer

    /// Takes the factors.
    ///
    /// - Precondition: `a` has rank × columns elements and `b` rows × rank.
    package init(
        a: consuming FloatBuffer,
        b: consuming FloatBuffer,
        rank: Int,
        rows: Int,
        columns: Int,
        scale: Double
    ) {
        precondition(a.count == rank * columns && b.count == rows * rank, "the factors' shapes")
        self.a = a
        self.b = b
        self.rank = rank
        self.rows = rows
        self.columns = columns
        self.scale = scale
    }

    /// Adds consecutive elements of s B A to those of the matrix.
    ///
    /// - Parameters:
    ///   - floats: The elements of the matrix from `start` on; they become the sum, which is
    ///     computed in `Double` and rounded once.
    ///   - start: The number of elements before them, row by row.
    func add(to floats: FloatView, from start: Int) {
        var done = 0
        withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { sums in
            while done < floats.count {
                let (row, column) = (start + done).quotientAndRemainder(dividingBy: columns)
                let count = min(columns - column, floats.count - done)
                let part = UnsafeMutableBufferPointer(rebasing: sums[..<count])
                product(row: row, columns: column..<column + count, into: part)
                floats[done..<done + count].withMutableFloats { values in
                    for i in 0..<count { values[i] = Float(Double(values[i]) + scale * part[i]) }
                }
                done += count
            }
        }
    }

    /// Some elements of a row of B A.
    private func product(
        row: Int,
        columns range: Range<Int>,
        into sums: UnsafeMutableBufferPointer<Double>
    ) {
        sums.initialize(repeating: 0)
        for k in 0..<rank {
            let factor = Double(b.view[row * rank + k])
            let start = k * columns
            a.view[start + range.lowerBound..<start + range.upperBound].withFloats { values in
                for i in 0..<values.count { sums[i] += factor * Double(values[i]) }
            }
        }
    }
}
