/// The comparison of two models on the same problems: difference a − b, interval and p value.
///
/// It encodes to `{"metric", "a", "b", "difference", "interval": [low, high], "p"}`. For bits per
/// byte less is better, so a negative difference favours `a`.
package struct PairedTest: Codable, Hashable, Sendable {
    /// Name of the metric, such as `target_math`.
    package var metric: String
    /// Name of the first model.
    package var a: String
    /// Name of the second model.
    package var b: String
    /// The metric of `a` minus that of `b`, averaged over seeds.
    package var difference: Double
    /// Low and high end of the 95 % bootstrap interval of the difference.
    package var interval: [Double]
    /// Two-sided p value of no difference.
    package var p: Double

    /// Describes a comparison that was made before.
    package init(
        metric: String,
        a: String,
        b: String,
        difference: Double,
        interval: [Double],
        p: Double
    ) {
        self.metric = metric
        self.a = a
        self.b = b
        self.difference = difference
        self.interval = interval
        self.p = p
    }

    /// Compares two models, each with one set of outcomes a seed.
    ///
    /// The interval is a percentile bootstrap of 10,000 draws over problems, and over seeds too
    /// when there are several (`PairedBootstrap`). The p value of one seed is McNemar's exact one for
    /// right-or-wrong outcomes and a sign-flip permutation test otherwise; both take the problems
    /// as the sample and the two trained models as given. With several seeds it comes from the same
    /// bootstrap as the interval, because outcomes of one problem under several seeds are not
    /// independent. The chance is fixed by `seed`, so that the same outcomes give the same numbers.
    ///
    /// - Throws: `ComparisonError` when the outcomes are not paired.
    package init(
        metric: String,
        a: (name: String, outcomes: [Outcomes]),
        b: (name: String, outcomes: [Outcomes]),
        seed: UInt64 = 0
    ) throws {
        guard a.outcomes.count == b.outcomes.count, !a.outcomes.isEmpty else {
            throw ComparisonError.seedCounts(
                metric: metric,
                a: a.outcomes.count,
                b: b.outcomes.count
            )
        }
        let runs = try zip(a.outcomes, b.outcomes).map { try Self.run($0, $1, metric: metric) }
        let identifiers = a.outcomes[0].identifiers
        let bootstrap = PairedBootstrap(
            runs: runs,
            sharesUnits: a.outcomes.allSatisfy { $0.identifiers == identifiers },
            seed: seed
        )
        let differences = runs.map { $0.differences.reduce(0, +) / $0.weights.reduce(0, +) }
        let interval = bootstrap.interval()
        let p: Double
        if runs.count > 1 {
            p = bootstrap.twoSidedP
        } else if a.outcomes[0].kind == .binary && b.outcomes[0].kind == .binary {
            p = SignificanceTests.mcNemar(
                onlyFirst: runs[0].differences.count { $0 > 0 },
                onlySecond: runs[0].differences.count { $0 < 0 }
            )
        } else {
            p = SignificanceTests.signFlip(runs[0].differences, seed: seed)
        }
        self.init(
            metric: metric,
            a: a.name,
            b: b.name,
            difference: differences.reduce(0, +) / Double(runs.count),
            interval: [interval.lowerBound, interval.upperBound],
            p: p
        )
    }

    private static func run(_ a: Outcomes, _ b: Outcomes, metric: String) throws
        -> PairedBootstrap.Run
    {
        guard a.identifiers == b.identifiers, a.weights == b.weights else {
            let pairs = zip(a.identifiers, b.identifiers)
            let first = pairs.first { $0 != $1 }
            throw ComparisonError.differentProblems(
                metric: metric,
                a: first?.0 ?? "\(a.identifiers.count) of them",
                b: first?.1 ?? "\(b.identifiers.count) of them"
            )
        }
        guard a.weights.reduce(0, +) > 0 else { throw ComparisonError.noProblems(metric: metric) }
        return PairedBootstrap.Run(
            differences: zip(a.amounts, b.amounts).map { $0 - $1 },
            weights: a.weights
        )
    }
}
