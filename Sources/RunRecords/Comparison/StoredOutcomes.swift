import Evaluation

/// Outcomes as they are stored: right and wrong as one digit a problem, other amounts as numbers.
package struct StoredOutcomes: Codable, Hashable, Sendable {
    /// The metric.
    package var metric: Metric
    /// The name of the list of identifiers.
    var units: String
    /// `1` for right and `0` for wrong, in the order of the units.
    var right: String?
    /// The amounts and weights of outcomes that are not right or wrong.
    var amounts: [Double]?
    var weights: [Double]?

    /// Outcomes of a metric.
    ///
    /// - Parameters:
    ///   - metric: The metric.
    ///   - outcomes: Its outcomes.
    ///   - units: The name of the list of identifiers.
    package init(metric: Metric, _ outcomes: Outcomes, units: String) {
        self.metric = metric
        self.units = units
        switch outcomes.kind {
        case .binary: right = String(outcomes.amounts.map { $0 > 0 ? "1" : "0" })
        case .continuous:
            amounts = outcomes.amounts
            weights = outcomes.weights
        }
    }

    /// The outcomes of the problems or documents with these identifiers; nil when the counts
    /// differ.
    package func outcomes(identifiers: [String]) -> Outcomes? {
        if let right, right.utf8.count == identifiers.count {
            return Outcomes(
                identifiers: identifiers,
                correct: right.utf8.map { $0 == UInt8(ascii: "1") }
            )
        }
        guard let amounts, let weights, amounts.count == identifiers.count,
            weights.count == identifiers.count
        else { return nil }
        return Outcomes(identifiers: identifiers, amounts: amounts, weights: weights)
    }
}
