import Kernels

/// One vector for each of some sentences, as `Double`.
struct SentenceStates {
    let count: Int
    let width: Int
    private let elements: [Double]

    init(_ view: FloatView, count: Int, width: Int) {
        self.count = count
        self.width = width
        elements = view.array().map(Double.init)
    }

    private init(count: Int, width: Int, elements: [Double]) {
        self.count = count
        self.width = width
        self.elements = elements
    }

    /// The vectors minus their mean.
    var centered: SentenceStates {
        var mean = [Double](repeating: 0, count: width)
        for row in 0..<count { for column in 0..<width { mean[column] += self[row, column] } }
        for column in 0..<width { mean[column] /= Double(max(1, count)) }
        var result = elements
        for row in 0..<count {
            for column in 0..<width { result[row * width + column] -= mean[column] }
        }
        return SentenceStates(count: count, width: width, elements: result)
    }

    /// The vectors divided by their lengths; a zero vector stays.
    var normalized: SentenceStates {
        var result = elements
        for row in 0..<count {
            let length = (0..<width).reduce(0) { $0 + self[row, $1] * self[row, $1] }.squareRoot()
            guard length > 0 else { continue }
            for column in 0..<width { result[row * width + column] /= length }
        }
        return SentenceStates(count: count, width: width, elements: result)
    }

    /// ⟨x_i, y_j⟩ for all vectors x of these and y of others, row by row.
    func products(with other: SentenceStates) -> DenseMatrix {
        precondition(width == other.width && count == other.count, "as many vectors of one width")
        return DenseMatrix(rows: count, columns: width, elements)
            .times(transposed: DenseMatrix(rows: count, columns: width, other.elements))
    }

    private subscript(row: Int, column: Int) -> Double { elements[row * width + column] }
}

extension DenseMatrix {
    /// The matrix of some rows and the same columns, in any order.
    func part(_ places: [Int]) -> DenseMatrix {
        var part = DenseMatrix(rows: places.count, columns: places.count)
        for (row, from) in places.enumerated() {
            for (column, place) in places.enumerated() { part[row, column] = self[from, place] }
        }
        return part
    }
}
