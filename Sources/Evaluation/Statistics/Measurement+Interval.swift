extension Measurement {
    /// The 95 % interval of the value; `nil` when its error is unknown.
    ///
    /// Wilson's score interval for a share of right answers of a single run, which is known by its
    /// value being a whole number of successes and its error that of zeros and ones; otherwise
    /// value ± quantile · error, with 1.96 where no quantile was given.
    package var interval: ClosedRange<Double>? {
        guard let standardError, standardError.isFinite, value.isFinite else { return nil }
        if let successes {
            return ProportionInterval.wilson(successes: successes, of: count)
        }
        let half = (quantile ?? ProportionInterval.normalQuantile) * standardError
        return (value - half)...(value + half)
    }

    /// How many of `count` zeros and ones were ones, if that is what was measured.
    private var successes: Int? {
        guard quantile == nil, count > 1, (0...1).contains(value), let standardError else {
            return nil
        }
        let n = Double(count)
        let nearest = (value * n).rounded()
        let error = (value * (1 - value) / (n - 1)).squareRoot()
        guard abs(value * n - nearest) < 1e-9 * n, abs(standardError - error) < 1e-9 else {
            return nil
        }
        return Int(nearest)
    }
}

/// Intervals of a proportion.
package enum ProportionInterval {
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
}
