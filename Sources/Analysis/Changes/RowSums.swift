import Evaluation

/// Sums over the rows of tensors from which a mean, its error and norms follow.
struct RowSums {
    private var baseSquares = 0.0
    private var squares = 0.0
    /// Over rows, with y = Σ |Δ| and x the number of entries of a row: Σ 1, Σ y, Σ x, Σ y², Σ xy, Σ
    /// x².
    private var rows = 0.0
    private var y = 0.0
    private var x = 0.0
    private var yy = 0.0
    private var xy = 0.0
    private var xx = 0.0

    /// No rows.
    init() {}

    /// The rows of a tensor.
    init(_ change: MatrixChange) {
        baseSquares = change.baseSquares
        squares = change.squares
        let width = Double(change.columns.count)
        for row in change.rows {
            y += row
            yy += row * row
        }
        rows = Double(change.rows.count)
        x = rows * width
        xy = y * width
        xx = x * width
    }

    mutating func add(_ other: RowSums) {
        baseSquares += other.baseSquares
        squares += other.squares
        rows += other.rows
        y += other.y
        x += other.x
        yy += other.yy
        xy += other.xy
        xx += other.xx
    }

    /// Σ y / Σ x with the error of a ratio over rows, as `Estimate.ratio` has it.
    var meanAbsolute: Estimate {
        guard x > 0 else { return Estimate(value: 0, standardError: nil, count: 0) }
        let ratio = y / x
        guard rows > 1 else { return Estimate(value: ratio, standardError: nil, count: 1) }
        let residuals = max(0, yy - 2 * ratio * xy + ratio * ratio * xx)
        let error = (rows / (rows - 1) * residuals).squareRoot() / x
        return Estimate(value: ratio, standardError: error, count: Int(rows))
    }

    /// ‖Δ‖ / ‖θ₀‖; nil when the base is zero.
    var relativeNorm: Double? {
        baseSquares > 0 ? (squares / baseSquares).squareRoot() : nil
    }

    /// ⟨Δ_a, Δ_b⟩ / (‖Δ_a‖ ‖Δ_b‖); nil when one of them is zero.
    static func cosine(_ a: RowSums, _ b: RowSums, product: Double) -> Double? {
        let norms = (a.squares * b.squares).squareRoot()
        return norms > 0 ? min(1, max(-1, product / norms)) : nil
    }
}
