import Foundation

/// The mean of a table of seeds by problems, with an error that knows both as samples.
///
/// When all seeds share the problems the design is crossed. With S seeds, n problems and the usual
/// mean squares of seeds, problems and the rest, the variance of the mean is estimated by
///
///     seed part    = MS_s / (S n)                    with S − 1 degrees of freedom
///     problem part = max(MS_p − MS_e, 0) / (S n)     with n − 1
///
/// whose sum has the right expectation, as in the analysis of readers by cases (Obuchowski and
/// Rockette, 1995, with the bound at zero of Hillis, 2007). The seed part is known badly from few
/// seeds, so the multiple of the error that makes an interval is the mean of both parts' Student
/// quantiles, weighted by the parts (Cochran and Cox, 1957). A single number of degrees of freedom
/// by Satterthwaite was tried and rejects up to 8 % at a level of 5 % with three seeds.
///
/// Counts of right answers are whole numbers, so that two seeds agree to the last answer now and
/// then, most often where nearly everything is right. Then MS_s is zero, and that is no certainty:
/// MS_e stands in its place, what seeds without an effect of their own would have, with the same S
/// − 1 degrees of freedom. (Taken as zero, two seeds near the ceiling reject 8 to 11 % at a level
/// of 5 %.)
///
/// When each seed has its own problems, the variance between the seeds' means holds both kinds of
/// chance: seed part = s² / S, and the problem part adds what is missing to the mean error within
/// the seeds, so that seeds which agree by chance do not look certain. With one seed, the problems
/// alone are the sample and the seed part is zero: the result speaks of that seed's models.
struct SeedProblemMean {
    /// The mean over seeds of the means over problems.
    let value: Double
    /// The variance of the mean that goes with the seeds, and that which goes with the problems.
    private let error: PooledError
    /// The number of seeds.
    private let seedCount: Int
    /// The smallest number of problems of a seed.
    private let problemCount: Int

    /// Analyses a table.
    ///
    /// - Parameters:
    ///   - rows: For each seed the values of its problems; at least one of each.
    ///   - sharesProblems: Whether the columns are the same problems in every row.
    init(rows: [[Double]], sharesProblems: Bool) {
        let means = rows.map { $0.reduce(0, +) / Double($0.count) }
        value = means.reduce(0, +) / Double(rows.count)
        problemCount = rows.map(\.count).min() ?? 0
        seedCount = rows.count
        var parts: [PooledError.Part] = []
        if problemCount < 2 {
            parts = []
        } else if rows.count > 1, sharesProblems {
            parts = Self.crossed(rows, means: means, mean: value)
        } else {
            parts = Self.nested(rows, means: means, mean: value)
        }
        // Rounding leaves a crumb of variance where all values are equal.
        let scale = rows.joined().reduce(0) { max($0, abs($1)) }
        let isConstant = PooledError(parts).variance <= 1e-28 * scale * scale
        error = PooledError(isConstant ? [] : parts)
    }

    private static func crossed(_ rows: [[Double]], means: [Double], mean: Double)
        -> [PooledError.Part]
    {
        let seeds = Double(rows.count)
        let problems = rows[0].count
        let n = Double(problems)
        let columns = (0..<problems).map { column in
            rows.reduce(0) { $0 + $1[column] } / seeds
        }
        let betweenSeeds = n * sumOfSquares(means, around: mean) / (seeds - 1)
        let betweenProblems = seeds * sumOfSquares(columns, around: mean) / (n - 1)
        var rest = 0.0
        for (row, rowMean) in zip(rows, means) {
            for (entry, columnMean) in zip(row, columns) {
                let residual = entry - rowMean - columnMean + mean
                rest += residual * residual
            }
        }
        rest /= (seeds - 1) * (n - 1)
        let scale = rows.joined().reduce(0) { max($0, abs($1)) }
        let spread = (means.max() ?? 0) - (means.min() ?? 0)
        let agrees = spread <= 1e-12 * scale
        return [
            ((agrees ? rest : betweenSeeds) / (seeds * n), seeds - 1),
            (max(betweenProblems - rest, 0) / (seeds * n), n - 1),
        ]
    }

    private static func nested(_ rows: [[Double]], means: [Double], mean: Double)
        -> [PooledError.Part]
    {
        let seeds = Double(rows.count)
        var within = 0.0
        var degreesOfFreedom = 0.0
        for (row, rowMean) in zip(rows, means) {
            let n = Double(row.count)
            within += sumOfSquares(row, around: rowMean) / (n - 1) / n
            degreesOfFreedom += n - 1
        }
        within /= seeds
        let between = rows.count > 1 ? sumOfSquares(means, around: mean) / (seeds - 1) : 0
        return [
            (between / seeds, seeds - 1),
            (max(within - between, 0) / seeds, degreesOfFreedom),
        ]
    }

    private static func sumOfSquares(_ values: [Double], around mean: Double) -> Double {
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }

    /// The error of the mean; `nil` when one problem leaves it unknown.
    var standardError: Double? { problemCount > 1 ? error.standardError : nil }

    /// Whether every problem of every seed has the same value, so that nothing shows a spread.
    var isConstant: Bool { error.variance == 0 }

    /// The multiple of the standard error whose interval leaves out `share` in both tails together.
    ///
    /// Where all values are equal it is that of the seeds, or of the problems of a single seed:
    /// what `ProportionInterval` needs for shares of 0 and 1.
    func quantile(twoSided share: Double) -> Double {
        guard isConstant else { return error.quantile(twoSided: share) }
        return StudentDistribution.quantile(
            twoSided: share,
            degreesOfFreedom: seedCount > 1
                ? Double(seedCount - 1) : Double(max(problemCount - 1, 1))
        )
    }

    /// The interval that holds the true mean with probability `coverage`.
    ///
    /// Of no width when the error is zero or unknown.
    func interval(coverage: Double = 0.95) -> ClosedRange<Double> {
        guard !isConstant else { return value...value }
        let half = error.standardError * error.quantile(twoSided: 1 - coverage)
        return (value - half)...(value + half)
    }

    /// The two-sided p value of a true mean of zero: the share left out by the interval that just
    /// reaches zero, so that p < .05 means that the 95 % interval leaves zero out.
    ///
    /// When all values are equal and not zero it is that of the sign test, 2^(1 − n) for n
    /// problems; differences of right-or-wrong outcomes have an interval then, and the p value of
    /// that (`PairedTest`). One problem alone gives 1.
    var twoSidedP: Double {
        guard value != 0, problemCount > 1 else { return 1 }
        guard !isConstant else { return max(PooledError.smallestP, exp2(Double(1 - problemCount))) }
        return error.twoSidedP(statistic: abs(value) / error.standardError)
    }
}
