/// Task arithmetic (Ilharco et al., arXiv 2212.04089): θ_0 + λ Σ w_i τ_i with τ_i = θ_i − θ_0.
///
/// Weights are taken as they are and never divided by their sum; a negative one makes the base
/// forget. With weights that sum to one and λ = 1 it is the weighted average.
package struct TaskArithmetic: Hashable, Codable, Sendable, TaskVectorMerge {
    /// The models that were trained from the base, and their weights w_i.
    package var terms: [MergeTerm]
    /// What the sum of the task vectors is multiplied with, λ.
    package var lambda: Double

    /// A sum of task vectors.
    package init(_ terms: [MergeTerm], lambda: Double = 1) {
        self.terms = terms
        self.lambda = lambda
    }

    /// Every model with weight 1.
    package static func uniform(of inputs: [String]) -> TaskArithmetic {
        TaskArithmetic(inputs.map { MergeTerm($0, 1) })
    }

    var operation: String { "" }

    func check() throws(TaskVectorError) { try checkTerms(negative: true) }
}
