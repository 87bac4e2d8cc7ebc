/// A measured value with its standard error and the number of things it was measured on.
package struct Measurement: Codable, Hashable, Sendable {
    /// The value itself.
    package var value: Double
    /// Standard error of the value; `nil` when one observation leaves it unknown.
    package var standardError: Double?
    /// How many problems or documents it was measured on.
    package var count: Int

    private enum CodingKeys: String, CodingKey {
        case value
        case standardError = "stderr"
        case count = "n"
    }

    /// Describes a measurement.
    package init(value: Double, standardError: Double?, count: Int) {
        self.value = value
        self.standardError = standardError
        self.count = count
    }

    /// Writes the three keys, the error as `null` when it is unknown.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(value, forKey: .value)
        try container.encode(standardError, forKey: .standardError)
        try container.encode(count, forKey: .count)
    }
}

extension Measurement {
    /// The share of successes, p, with standard error √(p (1 − p) / (n − 1)).
    ///
    /// That is the sample standard deviation of the zeros and ones over √n, the error that
    /// lm-evaluation-harness reports. `nil` without observations.
    package static func proportion(of outcomes: [Bool]) -> Measurement? {
        mean(of: outcomes.map { $0 ? 1 : 0 })
    }

    /// The mean, with standard error s / √n, where s² = Σ(x − x̄)² / (n − 1).
    ///
    /// `nil` without observations.
    package static func mean(of values: [Double]) -> Measurement? {
        ratio(numerators: values, denominators: Array(repeating: 1, count: values.count))
    }

    /// The ratio of two sums over the same units, R = Σy / Σx, with its error by the delta method.
    ///
    /// s² = n / (n − 1) · Σ(y − R x)² / (Σx)²: the units (documents) are the sample, so long ones
    /// weigh more and the error knows that documents differ. `nil` when Σx is not positive.
    package static func ratio(numerators: [Double], denominators: [Double]) -> Measurement? {
        precondition(numerators.count == denominators.count, "a ratio needs pairs")
        let total = denominators.reduce(0, +)
        guard total > 0 else { return nil }
        let ratio = numerators.reduce(0, +) / total
        let count = numerators.count
        guard count > 1 else { return Measurement(value: ratio, standardError: nil, count: count) }
        let squares = zip(numerators, denominators).reduce(0) { sum, pair in
            let residual = pair.0 - ratio * pair.1
            return sum + residual * residual
        }
        let scale = Double(count) / Double(count - 1)
        let error = (scale * squares).squareRoot() / total
        return Measurement(value: ratio, standardError: error, count: count)
    }

    /// The mean of one metric over runs with different seeds, measured on the same problems.
    ///
    /// s² = mean of the runs' s² + variance between the runs / number of runs. The first part does
    /// not shrink with more seeds because the problems stay the same; the second is the seeds' own.
    /// The variance between runs holds some chance of the problems too, so the error is rather too
    /// large than too small. `count` is that of one run, the smallest. `nil` without runs.
    package static func pooled(_ runs: [Measurement]) -> Measurement? {
        guard let count = runs.map(\.count).min() else { return nil }
        let value = runs.reduce(0) { $0 + $1.value } / Double(runs.count)
        let squares = runs.compactMap { run in run.standardError.map { $0 * $0 } }
        guard squares.count == runs.count else {
            return Measurement(value: value, standardError: nil, count: count)
        }
        var variance = squares.reduce(0, +) / Double(runs.count)
        if runs.count > 1 {
            let between = runs.reduce(0) { $0 + ($1.value - value) * ($1.value - value) }
            variance += between / Double(runs.count - 1) / Double(runs.count)
        }
        return Measurement(value: value, standardError: variance.squareRoot(), count: count)
    }
}

/// Intervals of a proportion.
package enum ProportionInterval {
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
        quantile: Double = 1.959963984540054
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
