import Foundation

/// The error of an estimate whose variance is the sum of several estimated parts, each with degrees
/// of freedom of its own.
///
/// The multiple of the error that makes an interval is the mean of the parts' Student quantiles,
/// weighted by the parts (Cochran and Cox, 1957).
struct PooledError {
    /// One estimated variance and its degrees of freedom.
    typealias Part = (variance: Double, degreesOfFreedom: Double)

    /// No p value below this is claimed: the tails of the approximation end somewhere.
    static let smallestP = 1e-12

    private let parts: [Part]
    /// The sum of the parts.
    let variance: Double

    /// Adds up parts; without parts the variance is zero.
    init(_ parts: [Part]) {
        self.parts = parts.filter { $0.variance > 0 }
        variance = parts.reduce(0) { $0 + $1.variance }
    }

    /// The square root of the variance.
    var standardError: Double { variance.squareRoot() }

    /// The multiple of the standard error whose interval leaves out `share` in both tails together;
    /// 0 without a variance.
    func quantile(twoSided share: Double) -> Double {
        parts.reduce(0) { sum, part in
            let quantile = StudentDistribution.quantile(
                twoSided: share,
                degreesOfFreedom: part.degreesOfFreedom
            )
            return sum + part.variance / variance * quantile
        }
    }

    /// The share that an interval of `statistic` standard errors to both sides leaves out.
    ///
    /// - Parameter statistic: |estimate| / standard error.
    /// - Returns: A p value between `smallestP` and 1.
    func twoSidedP(statistic: Double) -> Double {
        Self.shareLeftOut { quantile(twoSided: $0) > statistic }
    }

    /// The share at which an interval, which grows as the share falls, begins to reach a value.
    ///
    /// - Parameter reaches: Whether the interval that leaves out a share reaches the value.
    /// - Returns: A p value between `smallestP` and 1, by bisection on its logarithm.
    static func shareLeftOut(_ reaches: (Double) -> Bool) -> Double {
        var low = log(smallestP)
        var high = 0.0
        guard reaches(smallestP) else { return smallestP }
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if reaches(exp(middle)) { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }
}
