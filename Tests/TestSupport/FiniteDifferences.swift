/// The gradient of a function by central differences: (f(x + h) − f(x − h)) / 2h, one by one.
///
/// In `Double` with h = 1e-5 the error is about h² · f''' ≈ 1e-10, far below what `Float` can show.
package func finiteDifferences(
    at x: [Double],
    step: Double = 1e-5,
    of function: ([Double]) -> Double
) -> [Double] {
    var point = x
    return x.indices.map { index in
        point[index] = x[index] + step
        let above = function(point)
        point[index] = x[index] - step
        let below = function(point)
        point[index] = x[index]
        return (above - below) / (2 * step)
    }
}

/// Σ a ⊙ b.
package func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
