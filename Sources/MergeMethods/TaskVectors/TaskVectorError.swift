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
    /// A probability that depends on the rank leaves 0 to 1.
    case epsilon(Double, density: Double)
    /// More is dropped at the top than is there.
    case gamma(Double, density: Double)

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
        case .epsilon(let value, let density):
            "epsilon is \(value) and the density \(density); expected an epsilon of 0 or more "
                + "that leaves density − epsilon above 0 and density + epsilon at most 1"
        case .gamma(let value, let density):
            "gamma, the share dropped at the top, is \(value) and the density \(density); expected 0 or "
                + "more, and together at most 1"
        }
    }
}
