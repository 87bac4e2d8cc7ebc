/// One metric of one method for several seeds, with one or more replicates of each seed.
///
/// A replicate is a pair of experts that was merged: m math experts and n language experts of a
/// seed make m × n of them. Pairs of a seed share experts and the base, so they are no independent
/// sample; they are averaged problem by problem, and the seeds are what is counted. So are the
/// drawings of one problem (`Outcomes.problems`).
package struct ReplicatedOutcomes: Hashable, Sendable {
    /// The metric, for errors.
    package let metric: Metric
    /// The outcomes: seed by seed, replicate by replicate.
    package let replicates: [[Outcomes]]
    /// For each seed the mean over its replicates and over drawings, problem by problem.
    ///
    /// A single replicate with one drawing of each problem is taken as it is; means of several are
    /// of kind `continuous`.
    package let seeds: [Outcomes]

    /// Averages the replicates of each seed.
    ///
    /// - Parameters:
    ///   - metric: Name of the metric, such as `target_math`.
    ///   - replicates: For each seed at least one replicate, all on the same problems.
    /// - Throws: `ComparisonError` when a seed has no replicate or no problem, or its replicates
    ///   differ in their problems.
    package init(metric: Metric, replicates: [[Outcomes]]) throws {
        guard !replicates.isEmpty, replicates.allSatisfy({ !$0.isEmpty }) else {
            throw ComparisonError.noReplicates(metric: metric)
        }
        self.metric = metric
        self.replicates = replicates
        seeds = try replicates.map { try Self.mean(of: $0, metric: metric) }
    }

    private static func mean(of replicates: [Outcomes], metric: Metric) throws -> Outcomes {
        let replicates = replicates.map(\.byProblem)
        let first = replicates[0]
        guard first.weights.reduce(0, +) > 0 else {
            throw ComparisonError.noProblems(metric: metric)
        }
        guard replicates.count > 1 else { return first }
        for other in replicates.dropFirst() {
            try first.requireSameUnits(as: other, metric: metric)
        }
        let amounts = first.amounts.indices.map { unit in
            replicates.reduce(0) { $0 + $1.amounts[unit] } / Double(replicates.count)
        }
        return Outcomes(identifiers: first.identifiers, amounts: amounts, weights: first.weights)
    }

    /// Whether there is one seed with one replicate: outcomes as a model gave them.
    package var isSingleRun: Bool { replicates.count == 1 && replicates[0].count == 1 }

    /// The mean over seeds and replicates, with an error that takes both the seeds and the problems
    /// as samples, and a `quantile` that knows how few seeds there are (`SeedProblemMean`).
    ///
    /// `count` is the number of problems of a seed. A single run has its plain measurement, and one
    /// seed with several replicates an error from its problems alone.
    package var measurement: Estimate? {
        if isSingleRun { return replicates[0][0].measurement }
        let count = seeds.map(\.identifiers.count).min() ?? 0
        let mean = SeedProblemMean(seeds)
        return Estimate(
            value: mean.value,
            standardError: mean.standardError,
            count: count,
            quantile: mean.standardError.map { _ in mean.quantile(twoSided: 0.05) },
            isShare: replicates.joined().allSatisfy { $0.kind == .binary }
        )
    }
}

extension SeedProblemMean {
    /// Analyses a ratio of sums, Σ amounts / Σ weights, for each seed.
    ///
    /// With R the ratio of a seed and W its sum of weights, unit i stands in the table with
    /// R + n (amount − R weight) / W: such values have the mean R and the variance that the delta
    /// method gives it, and are the amounts themselves when all weights are 1.
    init(_ seeds: [Outcomes]) {
        let rows = seeds.map { outcomes -> [Double] in
            let total = outcomes.weights.reduce(0, +)
            let ratio = outcomes.amounts.reduce(0, +) / total
            let count = Double(outcomes.weights.count)
            return zip(outcomes.amounts, outcomes.weights).map { amount, weight in
                ratio + count * (amount - ratio * weight) / total
            }
        }
        self.init(
            rows: rows,
            sharesProblems: seeds.allSatisfy { $0.identifiers == seeds[0].identifiers }
        )
    }
}
