import Foundation

/// Intervals of a proportion.
package enum ProportionInterval {
    /// The interval on the scale of log odds, which stays between 0 and 1.
    ///
    /// With l = log(p / (1 − p)) the error of l is that of p divided by p (1 − p), by the delta
    /// method; the ends l ± half / (p (1 − p)) are taken back to shares. At 0 and 1 there is no log
    /// odds and the interval is the point; `wilson` has an interval there.
    ///
    /// - Parameters:
    ///   - share: p, from 0 to 1.
    ///   - halfWidth: Quantile times error of p.
    /// - Returns: The interval inside 0...1.
    package static func logit(_ share: Double, halfWidth: Double) -> ClosedRange<Double> {
        guard share > 0, share < 1 else { return share...share }
        let centre = log(share / (1 - share))
        let half = halfWidth / (share * (1 - share))
        return (1 / (1 + exp(half - centre)))...(1 / (1 + exp(-half - centre)))
    }

    /// The two-sided 95 % quantile of the normal distribution.
    package static let normalQuantile = 1.959963984540054

    /// Wilson's score interval: right in coverage also near 0 and 1 and for few observations.
    ///
    /// Centre (p + z²/2n) / (1 + z²/n), half width z √(p(1−p)/n + z²/4n²) / (1 + z²/n).
    ///
    /// - Parameters:
    ///   - successes: From 0 to `count`.
    ///   - count: The number of observations.
    ///   - quantile: z, the two-sided normal quantile; 1.959964 for 95 %.
    /// - Returns: The interval inside 0...1; `nil` without observations.
    package static func wilson(
        successes: Int,
        of count: Int,
        quantile: Double = normalQuantile
    ) -> ClosedRange<Double>? {
        guard count > 0, (0...count).contains(successes) else { return nil }
        let n = Double(count)
        let p = Double(successes) / n
        let square = quantile * quantile
        let centre = (p + square / (2 * n)) / (1 + square / n)
        let spread = (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
        let half = quantile * spread / (1 + square / n)
        // At the ends the interval reaches 0 and 1 exactly; rounding must not leave a crumb.
        let low = successes == 0 ? 0 : max(0, centre - half)
        let high = successes == count ? 1 : min(1, centre + half)
        return low...high
    }

    /// The largest share of problems that may behave otherwise although none of `count` did:
    /// q² / (n + q²), the upper end of Wilson's interval of no success.
    ///
    /// - Parameters:
    ///   - count: n, positive.
    ///   - quantile: q, the two-sided quantile; Student's where seeds are the sample.
    /// - Returns: A share above 0 and below 1.
    static func unseen(among count: Int, quantile: Double) -> Double {
        let square = quantile * quantile
        return square / (Double(count) + square)
    }
}
