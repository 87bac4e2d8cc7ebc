extension PairedTest {
    /// Compares two models, each with one set of outcomes a seed.
    ///
    /// The same as comparing `ReplicatedOutcomes` with one replicate of each seed.
    ///
    /// - Throws: `ComparisonError` when the outcomes are not paired.
    package init(
        metric: Metric,
        a: (name: String, outcomes: [Outcomes]),
        b: (name: String, outcomes: [Outcomes]),
        seed: UInt64 = 0
    ) throws {
        try Self.requireSameSeeds(metric: metric, a: a.outcomes.count, b: b.outcomes.count)
        let first = try ReplicatedOutcomes(metric: metric, replicates: a.outcomes.map { [$0] })
        let second = try ReplicatedOutcomes(metric: metric, replicates: b.outcomes.map { [$0] })
        try self.init(metric: metric, a: (a.name, first), b: (b.name, second), seed: seed)
    }

    /// Compares two methods that were run for the same seeds, each with its own pairs of experts.
    ///
    /// One run of each model: the p value is McNemar's exact one for right-or-wrong outcomes and
    /// that of a sign-flip permutation test otherwise, as for the means of several drawings of each
    /// problem (`Outcomes.problems`); the interval is the percentile bootstrap of 10,000 draws over
    /// problems (`PairedBootstrap`). Both take the problems as the sample and the
    /// two trained models as given. They are two procedures, so that close to .05 one may find a
    /// difference where the other does not. The random signs are fixed by `seed`.
    ///
    /// Several seeds or pairs: each seed's difference of a problem is that of the means over pairs,
    /// and problems and seeds are both samples (`SeedProblemMean`). Interval and p value are one
    /// procedure: p < .05 exactly when the interval leaves 0 out. It assumes that seeds are
    /// independent and that their effects are about normal, since three or five cannot show how
    /// they are spread; with one seed (and several pairs) nothing is learned about other seeds.
    ///
    /// Where the models differ by the same on every problem of every seed (both have everything
    /// right, say) nothing shows a spread. Right-or-wrong outcomes then have the interval that
    /// problems which behave otherwise could still make: with w = q² / (n + q²), of Wilson's
    /// interval for none of n problems and the normal or the seeds' Student quantile q, it reaches
    /// from d − w (1 + d) to d + w (1 − d), and p is the share that the interval leaves out which
    /// just reaches 0: the tails beyond √(n |d|). Other outcomes have an interval of no width.
    ///
    /// How often p < .05 where the methods do not differ on average, from 1,000 experiments each
    /// with 120 problems and two pairs a seed (`TestLevelTests`; one such share has an error of .7
    /// %; one pair, with McNemar's test, from 300):
    ///
    ///     seeds  problems  effect of the seeds:  none    small   large   large, and of problems
    ///       3    the same                       3.8 %    4.4 %   5.1 %    4.7 %
    ///       5    the same                       4.7 %    4.3 %   6.0 %    4.9 %
    ///       3    their own                      1.2 %            4.8 %
    ///       5    their own                                       5.4 %
    ///       1    one pair or two                3.3, 4.3 %        55 %
    ///
    /// So with one seed only a statement about the trained models holds its level, and no number of
    /// problems helps. In a like simulation a percentile bootstrap over seeds and problems rejects
    /// from 1 to 17 % with three seeds and from 0 to 10 % with five, which is why it is not used.
    ///
    /// - Throws: `ComparisonError` when the outcomes are not paired.
    package init(
        metric: Metric,
        a: (name: String, outcomes: ReplicatedOutcomes),
        b: (name: String, outcomes: ReplicatedOutcomes),
        seed: UInt64 = 0
    ) throws {
        let first = a.outcomes.seeds
        let second = b.outcomes.seeds
        try Self.requireSameSeeds(metric: metric, a: first.count, b: second.count)
        let differences = try Self.differences(metric, first, second)
        let mean = SeedProblemMean(differences)
        let isSingleRun = a.outcomes.isSingleRun && b.outcomes.isSingleRun
        var (interval, p) =
            isSingleRun
            ? Self.ofSingleRuns(first[0], second[0], differences[0], seed: seed)
            : (mean.interval(), mean.twoSidedP)
        let isBinary = [a.outcomes, b.outcomes].allSatisfy { model in
            model.replicates.joined().allSatisfy { $0.kind == .binary }
        }
        let problems = first.map(\.identifiers.count).min() ?? 0
        if isBinary, mean.isConstant, problems > 1 {
            let constant = ConstantDifference(mean, problems: problems, seeds: first.count)
            interval = constant.interval
            if !isSingleRun { p = constant.p }
        }
        self.init(
            metric: metric,
            a: a.name,
            b: b.name,
            difference: mean.value,
            interval: [interval.lowerBound, interval.upperBound],
            p: p,
            seedDifferences: differences.count > 1
                ? differences.compactMap { $0.measurement?.value } : nil
        )
    }

    /// First minus second of every problem, for each seed.
    ///
    /// - Throws: `ComparisonError` when the outcomes are not paired.
    private static func differences(
        _ metric: Metric,
        _ first: [Outcomes],
        _ second: [Outcomes]
    ) throws -> [Outcomes] {
        try zip(first, second).map { first, second in
            try first.requireSameUnits(as: second, metric: metric)
            return Outcomes(
                identifiers: first.identifiers,
                amounts: zip(first.amounts, second.amounts).map { $0 - $1 },
                weights: first.weights
            )
        }
    }

    /// Interval and p value where two trained models are all that is compared.
    private static func ofSingleRuns(
        _ first: Outcomes,
        _ second: Outcomes,
        _ difference: Outcomes,
        seed: UInt64
    ) -> (interval: ClosedRange<Double>, p: Double) {
        let amounts = difference.amounts
        let bootstrap = PairedBootstrap(
            differences: amounts,
            weights: difference.weights,
            seed: seed
        )
        let isBinary = [first, second].allSatisfy { $0.kind == .binary }
        return (
            bootstrap.interval(),
            isBinary
                ? SignificanceTests.mcNemar(
                    onlyFirst: amounts.count { $0 > 0 },
                    onlySecond: amounts.count { $0 < 0 }
                ) : SignificanceTests.signFlip(amounts, seed: seed)
        )
    }

    private static func requireSameSeeds(metric: Metric, a: Int, b: Int) throws {
        guard a == b, a > 0 else {
            throw ComparisonError.seedCounts(metric: metric, a: a, b: b)
        }
    }
}

/// A difference of right-or-wrong outcomes that is the same on every problem of every seed.
private struct ConstantDifference {
    private let mean: SeedProblemMean
    private let problems: Int
    private let seeds: Int

    init(_ mean: SeedProblemMean, problems: Int, seeds: Int) {
        self.mean = mean
        self.problems = problems
        self.seeds = seeds
    }

    /// From d − w (1 + d) to d + w (1 − d), with w = q² / (n + q²).
    var interval: ClosedRange<Double> {
        let quantile =
            seeds == 1
            ? ProportionInterval.normalQuantile
            : mean.quantile(twoSided: Estimate.standardTails)
        let unseen = ProportionInterval.unseen(among: problems, quantile: quantile)
        let difference = mean.value
        return (difference - unseen * (1 + difference))...(difference + unseen * (1 - difference))
    }

    /// The share that the interval leaves out when it just reaches 0: w (1 + |d|) = |d| where
    /// q² = n |d|.
    var p: Double {
        let tails = StudentDistribution.twoSidedTail(
            of: (Double(problems) * abs(mean.value)).squareRoot(),
            degreesOfFreedom: seeds == 1 ? .infinity : Double(seeds - 1)
        )
        return max(PooledError.smallestP, tails)
    }
}
