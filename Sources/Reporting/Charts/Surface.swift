import Foundation

/// A smooth surface through numbers at places of the unit square, on a grid of cells.
struct Surface {
    /// The columns and rows of cells.
    let columns: Int
    let rows: Int
    /// By row from below; nil where no place is near.
    private let values: [[Double?]]

    /// Smooths numbers.
    ///
    /// - Parameters:
    ///   - points: Places between 0 and 1, and their numbers.
    ///   - columns: Cells from left to right.
    ///   - rows: Cells from below.
    init(_ points: [(x: Double, y: Double, value: Double)], columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        // The distance between neighbours, if the places were a square lattice.
        let spacing = 1 / max(1, Double(points.count).squareRoot() - 1)
        let width = 0.6 * spacing
        let reach = 1.2 * spacing
        values = (0..<rows).map { row in
            (0..<columns).map { column in
                let x = (Double(column) + 0.5) / Double(columns)
                let y = (Double(row) + 0.5) / Double(rows)
                let squares = points.map { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) }
                guard let nearest = squares.min(), nearest <= reach * reach else { return nil }
                // Relative to the nearest place, so that no sum of weights is zero.
                let weights = squares.map { exp(-($0 - nearest) / (2 * width * width)) }
                let sum = zip(weights, points).reduce(0) { $0 + $1.0 * $1.1.value }
                return sum / weights.reduce(0, +)
            }
        }
    }

    /// The surface in a cell; nil where nothing is known.
    subscript(column: Int, row: Int) -> Double? { values[row][column] }

    /// The line on which the surface has a height, as pieces: marching squares between the middles
    /// of cells (Lorensen and Cline, 1987, in the plane).
    func contour(
        at level: Double
    ) -> [(from: (x: Double, y: Double), to: (x: Double, y: Double))] {
        var pieces: [(from: (x: Double, y: Double), to: (x: Double, y: Double))] = []
        for row in 0..<max(0, rows - 1) {
            for column in 0..<max(0, columns - 1) {
                let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].map { right, up in
                    (column + right, row + up, values[row + up][column + right])
                }
                var crossings: [(x: Double, y: Double)] = []
                for (number, corner) in corners.enumerated() {
                    let next = corners[(number + 1) % corners.count]
                    guard let a = corner.2, let b = next.2, (a < level) != (b < level) else {
                        continue
                    }
                    let share = (level - a) / (b - a)
                    func between(_ from: Int, _ to: Int, _ cells: Int) -> Double {
                        (Double(from) + 0.5 + share * Double(to - from)) / Double(cells)
                    }
                    crossings.append(
                        (between(corner.0, next.0, columns), between(corner.1, next.1, rows))
                    )
                }
                // Two crossings are one piece; four are a saddle, of which either pairing is right.
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    pieces.append((crossings[pair], crossings[pair + 1]))
                }
            }
        }
        return pieces
    }
}
