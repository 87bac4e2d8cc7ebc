import Foundation

/// Student's t distribution with any positive number of degrees of freedom; infinitely many make it
/// the normal distribution.
package enum StudentDistribution {
    /// From here on the distribution is the normal one to the last digit that is shown.
    private static let normalFrom = 1e9

    /// The probability that |T| is above `|t|`: I_x(ν/2, 1/2) with x = ν / (ν + t²) (DLMF 8.17).
    ///
    /// - Parameters:
    ///   - t: The statistic, of any sign.
    ///   - degreesOfFreedom: ν, positive; may be infinite.
    /// - Returns: A probability.
    package static func twoSidedTail(of t: Double, degreesOfFreedom: Double) -> Double {
        guard degreesOfFreedom < normalFrom else { return erfc(abs(t) / 2.0.squareRoot()) }
        let square = t * t
        let total = degreesOfFreedom + square
        guard total.isFinite else { return 0 }
        return regularizedBeta(
            x: degreesOfFreedom / total,
            complement: square / total,
            a: degreesOfFreedom / 2,
            b: 0.5
        )
    }

    /// The t whose two-sided tail is `probability`; 12.706 for .05 and one degree of freedom.
    ///
    /// Newton's steps on log t, kept inside a bracket that shrinks.
    ///
    /// - Parameters:
    ///   - probability: Above 0; 1 and more give 0.
    ///   - degreesOfFreedom: ν, positive; may be infinite.
    /// - Returns: t, not negative.
    package static func quantile(twoSided probability: Double, degreesOfFreedom: Double) -> Double {
        guard probability < 1 else { return 0 }
        let nu = degreesOfFreedom
        let isNormal = nu >= normalFrom
        let scale =
            isNormal
            ? 1 / (2 * Double.pi).squareRoot()
            : exp(lgamma((nu + 1) / 2) - lgamma(nu / 2)) / (nu * .pi).squareRoot()
        var low = -40.0
        var high = 80.0
        var logT = log(2.0)
        for _ in 0..<200 {
            let t = exp(logT)
            let tail = twoSidedTail(of: t, degreesOfFreedom: nu)
            let error = log(tail / probability)
            guard abs(error) > 1e-13, high - low > 1e-15 else { return t }
            if error > 0 { low = logT } else { high = logT }
            let exponent = isNormal ? t * t / 2 : (nu + 1) / 2 * log1p(t * t / nu)
            let density = scale * exp(-exponent)
            let step = logT + error * tail / (2 * t * density)
            logT = step > low && step < high ? step : (low + high) / 2
        }
        return exp(logT)
    }

    /// The degrees of freedom whose quantile at `probability` is `quantile`: the inverse of
    /// `quantile(twoSided:degreesOfFreedom:)` in its second argument.
    ///
    /// - Parameters:
    ///   - quantile: The multiple of a standard error; at or below the normal quantile, infinity is
    ///     returned.
    ///   - probability: The share outside of the interval, above 0 and below 1.
    /// - Returns: ν, at least 0.05.
    package static func degreesOfFreedom(
        quantile: Double,
        twoSided probability: Double
    ) -> Double {
        // The tail beyond a fixed t falls as ν grows.
        func tail(_ nu: Double) -> Double { twoSidedTail(of: quantile, degreesOfFreedom: nu) }
        guard tail(normalFrom / 2) < probability else { return .infinity }
        var low = log(0.05)
        var high = log(normalFrom / 2)
        guard tail(exp(low)) > probability else { return exp(low) }
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if tail(exp(middle)) > probability { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }

    /// I_x(a, b), given x and 1 − x so that neither is rounded off.
    private static func regularizedBeta(x: Double, complement: Double, a: Double, b: Double)
        -> Double
    {
        guard x > 0 else { return 0 }
        guard complement > 0 else { return 1 }
        let logFront = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(complement)
        let front = exp(logFront)
        // The continued fraction converges quickly on this side of the mean alone.
        if x < (a + 1) / (a + b + 2) { return front * fraction(x: x, a: a, b: b) / a }
        return 1 - front * fraction(x: complement, a: b, b: a) / b
    }

    /// The continued fraction of DLMF 8.17.22 by the modified method of Lentz.
    private static func fraction(x: Double, a: Double, b: Double) -> Double {
        func awayFromZero(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
        var c = 1.0
        var d = 1 / awayFromZero(1 - (a + b) * x / (a + 1))
        var result = d
        for m in 1...500 {
            let k = Double(m)
            let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
            d = 1 / awayFromZero(1 + even * d)
            c = awayFromZero(1 + even / c)
            result *= d * c
            let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
            d = 1 / awayFromZero(1 + odd * d)
            c = awayFromZero(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }
}
