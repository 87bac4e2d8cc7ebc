/// One metric of one model by problem or document: what a paired comparison starts from.
///
/// The metric is Σ amounts / Σ weights. For a share of right answers the amounts are zeros and ones
/// and the weights are 1; for bits per byte they are a document's bits and bytes.
package struct Outcomes: Hashable, Sendable {
    /// How the amounts are to be tested.
    package enum Kind: Hashable, Sendable {
        /// Right or wrong.
        case binary
        /// Any number.
        case continuous
    }

    /// Identities of the units, in the order of the other two.
    package var identifiers: [String]
    /// What each unit adds to the numerator.
    package var amounts: [Double]
    /// What each unit adds to the denominator, positive in sum and the same for every model.
    package var weights: [Double]
    /// Whether the amounts are right-or-wrong.
    package var kind: Kind
    /// The problem of each unit, where some units are drawings of one problem with other names and
    /// numbers (`grouped(by:)`); nil where each is a problem of its own.
    ///
    /// Problems are the sample then: errors and tests count them and not their drawings.
    package internal(set) var problems: [String]?

    /// The right and wrong answers to problems.
    package init(identifiers: [String], correct: [Bool]) {
        precondition(identifiers.count == correct.count, "one outcome for each problem")
        self.identifiers = identifiers
        amounts = correct.map { $0 ? 1 : 0 }
        weights = Array(repeating: 1, count: correct.count)
        kind = .binary
    }

    /// A ratio of sums over documents.
    package init(identifiers: [String], amounts: [Double], weights: [Double]) {
        precondition(
            identifiers.count == amounts.count && amounts.count == weights.count,
            "one amount and one weight for each document"
        )
        self.identifiers = identifiers
        self.amounts = amounts
        self.weights = weights
        kind = .continuous
    }

    /// The metric with its standard error; `nil` without units.
    ///
    /// `count` is the number of problems. The mean of several drawings is no longer right or wrong,
    /// so that a share of them has Student's quantile and not that of a single run.
    package var measurement: Estimate? {
        let units = byProblem
        var measurement = Estimate.ratio(numerators: units.amounts, denominators: units.weights)
        measurement?.isShare = kind == .binary
        if kind == .binary, problems != nil, units.amounts.count > 1 {
            measurement?.quantile = StudentDistribution.quantile(
                twoSided: Estimate.standardTails,
                degreesOfFreedom: Double(units.amounts.count - 1)
            )
        }
        return measurement
    }

    /// Makes sure that other outcomes are of the same units with the same weights.
    ///
    /// - Throws: `ComparisonError.differentProblems` with the first units that differ.
    func requireSameUnits(as other: Outcomes, metric: Metric) throws {
        guard identifiers == other.identifiers, weights == other.weights else {
            let first = zip(identifiers, other.identifiers).first { $0 != $1 }
            throw ComparisonError.differentProblems(
                metric: metric,
                a: first?.0 ?? "\(identifiers.count) of them",
                b: first?.1 ?? "\(other.identifiers.count) of them"
            )
        }
    }
}

/// Why two models cannot be compared.
package enum ComparisonError: Error, Equatable, CustomStringConvertible {
    /// The models have outcomes for different numbers of seeds, or none.
    case seedCounts(metric: Metric, a: Int, b: Int)
    /// The models were measured on different problems.
    case differentProblems(metric: Metric, a: String, b: String)
    /// There is nothing to compare.
    case noProblems(metric: Metric)
    /// There is no seed, or one without a run.
    case noReplicates(metric: Metric)

    /// What was wrong and what to do about it.
    package var description: String {
        switch self {
        case .seedCounts(let metric, let a, let b):
            return "\(metric): \(a) and \(b) runs to compare, expected the same number and at "
                + "least one; evaluate both models for every seed"
        case .differentProblems(let metric, let a, let b):
            return "\(metric): the models were measured on different problems (\(a) against "
                + "\(b)); evaluate both on the same ones in the same order"
        case .noProblems(let metric):
            return "\(metric): there is no problem to compare on; evaluate at least one"
        case .noReplicates(let metric):
            return
                "\(metric): found a seed without a run or no seed, expected at least one pair of "
                + "experts for every seed; evaluate the missing ones"
        }
    }
}
