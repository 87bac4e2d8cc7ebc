/// The comparison of two models on the same problems: difference a − b, interval and p value.
///
/// It encodes to `{"metric", "a", "b", "difference", "interval": [low, high], "p"}`, and
/// `"adjusted_p"` and `"comparisons"` when it belongs to a family, `"role"` when it is not one of
/// many comparisons without a name, and `"seed_differences"` when there are several seeds. For bits
/// per byte less is better, so a negative difference favours `a`.
package struct PairedTest: Codable, Hashable, Sendable {
    /// What a comparison is for, which decides what its p value is adjusted with.
    package enum Role: String, Codable, Hashable, Sendable {
        /// One of the few that the experiment was made for and that were named beforehand.
        case primary
        /// With a model that may read what the experiment denies all others: it has no adjusted p.
        case bound
    }

    /// The metric, such as `target_math`.
    package var metric: Metric
    /// Name of the first model.
    package var a: String
    /// Name of the second model.
    package var b: String
    /// The metric of `a` minus that of `b`, averaged over seeds.
    package var difference: Double
    /// Low and high end of the 95 % interval of the difference.
    package var interval: [Double]
    /// Two-sided p value of no difference.
    package var p: Double
    /// The p value adjusted for the family of tests that it belongs to (`MultipleComparisons`).
    package var adjustedP: Double?
    /// How many comparisons the family has.
    package var comparisons: Int?
    /// What the comparison is for; `nil` for one of many.
    package var role: Role?
    /// The difference of each seed, in the order of the seeds; `nil` when there is one.
    package var seedDifferences: [Double]?

    /// Whether the difference is marked as found: p < .05, adjusted where it belongs to a family.
    ///
    /// That an upper bound is above is how it was made and no finding.
    package var isSignificant: Bool { role != .bound && (adjustedP ?? p) < 0.05 }

    /// The interval of one model minus another; nil where the test is of other models.
    func interval(of model: String, over rival: String) -> ClosedRange<Double>? {
        guard let low = interval.first, let high = interval.last, low <= high else { return nil }
        if (a, b) == (model, rival) { return low...high }
        return (a, b) == (rival, model) ? -high ... -low : nil
    }

    private enum CodingKeys: String, CodingKey {
        case metric, a, b, difference, interval, p
        case adjustedP = "adjusted_p"
        case comparisons, role
        case seedDifferences = "seed_differences"
    }

    /// Describes a comparison that was made before.
    package init(
        metric: Metric,
        a: String,
        b: String,
        difference: Double,
        interval: [Double],
        p: Double,
        adjustedP: Double? = nil,
        comparisons: Int? = nil,
        role: Role? = nil,
        seedDifferences: [Double]? = nil
    ) {
        self.metric = metric
        self.a = a
        self.b = b
        self.difference = difference
        self.interval = interval
        self.p = p
        self.adjustedP = adjustedP
        self.comparisons = comparisons
        self.role = role
        self.seedDifferences = seedDifferences
    }
}
