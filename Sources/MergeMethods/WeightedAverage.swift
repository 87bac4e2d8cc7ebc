/// The weighted average of models, tensor by tensor: Σ w_i θ_i / Σ w_i.
///
/// With equal weights it is the uniform soup (Wortsman et al., arXiv 2203.05482).
package struct WeightedAverage: Hashable, Codable, Sendable {
    /// The models and their weights; the weights need not sum to one.
    package var terms: [MergeTerm]

    /// An average of models with weights.
    package init(_ terms: [MergeTerm]) { self.terms = terms }

    /// The uniform soup of models.
    package static func uniform(of inputs: [String]) -> WeightedAverage {
        WeightedAverage(inputs.map { MergeTerm($0, 1) })
    }

    /// Checks the weights.
    ///
    /// - Throws: `WeightedAverageError`.
    func check() throws(WeightedAverageError) {
        var names: Set<String> = []
        for term in terms {
            guard names.insert(term.input).inserted else { throw .repeated(term.input) }
            guard term.weight.isFinite, term.weight >= 0 else { throw .weight(term) }
        }
        let sum = terms.reduce(0) { $0 + $1.weight }
        guard sum > 0, sum.isFinite else { throw .sum(sum) }
    }
}

/// Why models cannot be averaged.
package enum WeightedAverageError: Error, Hashable, CustomStringConvertible {
    /// A model is named twice.
    case repeated(String)
    /// A weight is negative or no number.
    case weight(MergeTerm)
    /// The weights cannot be divided by their sum.
    case sum(Double)
    /// An arc has two ends.
    case notTwo([String])

    /// What is wrong and what was expected.
    package var description: String {
        switch self {
        case .repeated(let input): "the average names '\(input)' twice; give it one weight"
        case .weight(let term):
            "the weight of '\(term.input)' is \(term.weight); expected a number, 0 or more"
        case .sum(let sum): "the weights sum to \(sum); expected a number above 0"
        case .notTwo(let inputs):
            "SLERP was given \(inputs.count) models (\(inputs.joined(separator: ", "))); it goes "
                + "from one model to another, so give two"
        }
    }
}
