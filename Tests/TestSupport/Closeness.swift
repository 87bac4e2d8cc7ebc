import Foundations
import Kernels

/// The largest difference of two lists of numbers, relative to the largest magnitude of the second.
///
/// A difference of shapes counts as infinite, and so does anything that is not a number.
package func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
    relativeError(found.map(Double.init), expected.map(Double.init))
}

/// The largest difference of two lists of numbers, relative to the largest magnitude of the second.
package func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = max(expected.map(abs).max() ?? 0, 1e-30)
    var worst = 0.0
    for (a, b) in zip(found, expected) {
        let difference = abs(a - b)
        guard difference.isFinite else { return .infinity }
        worst = max(worst, difference)
    }
    return worst / scale
}

/// Numbers that look random and are the same every time, normal with a deviation of `scale`.
package func sampleValues(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: "test values")
    return (0..<count).map { _ in Float(generator.normal() * scale) }
}

/// A matrix that owns its memory, for tests.
package final class OwnedMatrix {
    private let buffer: FloatBuffer
    /// Rows of the matrix.
    package let rows: Int
    /// Columns of the matrix.
    package let columns: Int

    /// A matrix of given values, row after row.
    package init(_ values: [Float], rows: Int, columns: Int) {
        buffer = FloatBuffer(count: rows * columns)
        self.rows = rows
        self.columns = columns
        buffer.view.copy(from: values)
    }

    /// A matrix of repeatable values.
    package convenience init(rows: Int, columns: Int, seed: UInt64, scale: Double = 1) {
        self.init(
            sampleValues(rows * columns, seed: seed, scale: scale),
            rows: rows,
            columns: columns
        )
    }

    /// A matrix of zeros.
    package convenience init(rows: Int, columns: Int) {
        self.init([Float](repeating: 0, count: rows * columns), rows: rows, columns: columns)
    }

    /// The matrix as a view; the owner must outlive it.
    package var view: MatrixView { MatrixView(buffer.view, rows: rows, columns: columns) }
    /// All elements as a view; the owner must outlive it.
    package var vector: FloatView { buffer.view }
    /// All elements.
    package var values: [Float] { buffer.view.array() }
    /// All elements in double precision.
    package var doubles: [Double] { values.map(Double.init) }
}
