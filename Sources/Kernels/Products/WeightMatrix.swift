/// A linear weight `[out, in]`, in single precision or in bfloat16.
package enum WeightMatrix: Sendable {
    /// Floats.
    case single(MatrixView)
    /// Numbers in bfloat16, which products read as floats; for weights that are not trained.
    case half(BFloat16Matrix)

    /// The number of rows.
    package var rows: Int {
        switch self {
        case .single(let matrix): matrix.rows
        case .half(let matrix): matrix.rows
        }
    }

    /// The number of columns.
    package var columns: Int {
        switch self {
        case .single(let matrix): matrix.columns
        case .half(let matrix): matrix.columns
        }
    }

    /// A part of the rows; the range is checked.
    package func rows(_ range: Range<Int>) -> WeightMatrix {
        switch self {
        case .single(let matrix): .single(matrix.rows(range))
        case .half(let matrix): .half(matrix.rows(range))
        }
    }

    /// Writes one row as floats.
    package func copyRow(_ row: Int, into floats: FloatView) {
        switch self {
        case .single(let matrix): floats.copy(from: matrix.row(row))
        case .half(let matrix): matrix.expandRow(row, into: floats)
        }
    }

    /// The shape for messages, such as `[4, 8]`.
    package var shapeText: String { "[\(rows), \(columns)]" }
}
