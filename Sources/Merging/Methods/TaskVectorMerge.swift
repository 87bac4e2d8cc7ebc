/// A method that adds task vectors τ_i = θ_i − θ_0 to the base θ_0.
protocol TaskVectorMerge {
    /// The models that were trained from the base, and their weights w_i.
    var terms: [MergeTerm] { get set }
    /// What the sum of the task vectors is multiplied with, λ.
    var lambda: Double { get }
    /// The name that stands before the task vectors in the formula.
    var operation: String { get }

    /// Checks weights and settings.
    ///
    /// - Throws: `TaskVectorError`.
    func check() throws(TaskVectorError)
}

extension TaskVectorMerge {
    /// The models that are read, the base first.
    var inputs: [String] { [LayerSwap.base] + terms.map(\.input) }

    /// The same merge without the models that have no weight, which need not be read.
    var withoutIdleTerms: Self {
        var merge = self
        merge.terms.removeAll { $0.weight == 0 }
        return merge
    }

    /// For people: `base + 1.000 (1.000 τ math + 1.000 τ language)`.
    var formula: String {
        let factor = "\(MergeTerm.text(of: lambda)) \(operation)"
        return "\(LayerSwap.base) + \(factor)(\(MergeTerm.sum(terms, symbol: "τ ")))"
    }

    func checkTerms(negative: Bool) throws(TaskVectorError) {
        var names: Set<String> = []
        for term in terms {
            guard term.input != LayerSwap.base else { throw .base }
            guard names.insert(term.input).inserted else { throw .repeated(term.input) }
            guard term.weight.isFinite, negative || term.weight >= 0 else {
                throw .weight(term, negative: negative)
            }
        }
        guard terms.contains(where: { $0.weight != 0 }) else { throw .noWeight }
        guard lambda.isFinite else { throw .lambda(lambda) }
    }
}

/// Why task vectors cannot be merged.
package enum TaskVectorError: Error, Hashable, CustomStringConvertible {
    /// The base is among the models with a weight.
    case base
    /// A model is named twice.
    case repeated(String)
    /// A weight is no number, or negative where the method has no meaning for that.
    case weight(MergeTerm, negative: Bool)
    /// No model has a weight.
    case noWeight
    /// The factor of the sum is no number.
    case lambda(Double)
    /// The share of kept entries is not above 0 and at most 1.
    case density(Double)

    /// What is wrong and what was expected.
    package var description: String {
        switch self {
        case .base:
            "the base has a weight, but is what task vectors are measured from; leave it out"
        case .repeated(let input): "the merge names '\(input)' twice; give it one weight"
        case .weight(let term, let negative):
            "the weight of '\(term.input)' is \(term.weight); expected a number"
                + (negative ? "" : ", 0 or more")
        case .noWeight: "no model has a weight other than 0; nothing would be added to the base"
        case .lambda(let value): "lambda is \(value); expected a number"
        case .density(let value): "the density is \(value); expected above 0 and at most 1"
        }
    }

    static func check(density: Double) throws(TaskVectorError) {
        guard density > 0, density <= 1 else { throw .density(density) }
    }
}
