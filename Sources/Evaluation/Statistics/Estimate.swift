/// A measured value with its standard error and the number of things it was measured on.
package struct Estimate: Codable, Hashable, Sendable {
    /// The value itself.
    package var value: Double
    /// Standard error of the value; `nil` when one observation leaves it unknown.
    package var standardError: Double?
    /// How many problems or documents it was measured on.
    package var count: Int
    /// The multiple of the standard error that makes the 95 % interval, where the sample is not the
    /// `count` problems alone.
    ///
    /// Larger when few seeds were the sample (`ReplicatedOutcomes`), and Student's where answers to
    /// several drawings of a problem are one unit (`Outcomes.problems`). `nil` for any other single
    /// run, whose interval follows from `count`. Encoded only when present.
    package var quantile: Double?
    /// Whether it is a share of right answers, which lies between 0 and 1 with its interval.
    ///
    /// Encoded only when it is.
    package var isShare: Bool

    private enum CodingKeys: String, CodingKey {
        case value
        case standardError = "stderr"
        case count = "n"
        case quantile
        case isShare = "share"
    }

    /// Describes a measurement.
    package init(
        value: Double,
        standardError: Double?,
        count: Int,
        quantile: Double? = nil,
        isShare: Bool = false
    ) {
        self.value = value
        self.standardError = standardError
        self.count = count
        self.quantile = quantile
        self.isShare = isShare
    }

    /// Reads a measurement; older records do not say what is a share.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        value = try container.decode(Double.self, forKey: .value)
        standardError = try container.decodeIfPresent(Double.self, forKey: .standardError)
        count = try container.decode(Int.self, forKey: .count)
        quantile = try container.decodeIfPresent(Double.self, forKey: .quantile)
        isShare = try container.decodeIfPresent(Bool.self, forKey: .isShare) ?? false
    }

    /// Writes value, error and count, the error as `null` when it is unknown.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(value, forKey: .value)
        try container.encode(standardError, forKey: .standardError)
        try container.encode(count, forKey: .count)
        try container.encodeIfPresent(quantile, forKey: .quantile)
        if isShare { try container.encode(isShare, forKey: .isShare) }
    }
}

extension Estimate {
    /// The share of successes, p, with standard error √(p (1 − p) / (n − 1)).
    ///
    /// That is the sample standard deviation of the zeros and ones over √n, the error that
    /// lm-evaluation-harness reports. `nil` without observations.
    package static func proportion(of outcomes: [Bool]) -> Estimate? {
        var share = mean(of: outcomes.map { $0 ? 1 : 0 })
        share?.isShare = true
        return share
    }

    /// The mean, with standard error s / √n, where s² = Σ(x − x̄)² / (n − 1).
    ///
    /// `nil` without observations.
    package static func mean(of values: [Double]) -> Estimate? {
        ratio(numerators: values, denominators: Array(repeating: 1, count: values.count))
    }

    /// The ratio of two sums over the same units, R = Σy / Σx, with its error by the delta method.
    ///
    /// s² = n / (n − 1) · Σ(y − R x)² / (Σx)²: the units (documents) are the sample, so long ones
    /// weigh more and the error knows that documents differ. `nil` when Σx is not positive.
    package static func ratio(numerators: [Double], denominators: [Double]) -> Estimate? {
        precondition(numerators.count == denominators.count, "a ratio needs pairs")
        let total = denominators.reduce(0, +)
        guard total > 0 else { return nil }
        let ratio = numerators.reduce(0, +) / total
        let count = numerators.count
        guard count > 1 else { return Estimate(value: ratio, standardError: nil, count: count) }
        let squares = zip(numerators, denominators).reduce(0) { sum, pair in
            let residual = pair.0 - ratio * pair.1
            return sum + residual * residual
        }
        let scale = Double(count) / Double(count - 1)
        let error = (scale * squares).squareRoot() / total
        return Estimate(value: ratio, standardError: error, count: count)
    }
}
