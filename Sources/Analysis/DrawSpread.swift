/// The mean of a number over random draws, and how far single draws lie from it.
struct DrawSpread {
    /// The mean; 0 without draws.
    let mean: Double
    /// The standard deviation of single draws; 0 for fewer than two.
    let deviation: Double

    init(_ draws: [Double]) {
        let mean = draws.reduce(0, +) / Double(max(1, draws.count))
        let squares = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        deviation = (squares / Double(max(1, draws.count - 1))).squareRoot()
    }
}
