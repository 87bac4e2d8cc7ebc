/// DARE (Yu et al., arXiv 2311.03099): entries of task vectors are dropped by chance, the others
/// enlarged so that their mean stays, and added up.
///
/// With τ_i = θ_i − θ_0 and p = `density`:
///
///     θ_0 + λ Σ w_i m_i τ_i / p,   each entry of m_i is 1 with probability p, otherwise 0
///
/// Its expectation is task arithmetic with the same weights. The weights are not divided by their
/// sum; by default they are 1/n each for n models, so that the expectation is their average: with
/// entries already multiplied by 1/p, adding task vectors at full weight leads far from the base.
package struct DARE: Hashable, Codable, Sendable, TaskVectorMerge {
    /// The models that were trained from the base, and their weights w_i.
    package var terms: [MergeTerm]
    /// The probability with which an entry is kept, above 0 and at most 1.
    package var density: Double
    /// What the sum of the task vectors is multiplied with, λ.
    package var lambda: Double
    /// Where chance comes from: an entry's number follows from the seed, the names of tensor and
    /// model, and its place in the tensor.
    package var seed: UInt64

    /// A merge that drops entries by a seed.
    package init(_ terms: [MergeTerm], density: Double = 0.5, lambda: Double = 1, seed: UInt64) {
        self.terms = terms
        self.density = density
        self.lambda = lambda
        self.seed = seed
    }

    /// Every one of n models with weight 1/n.
    package static func uniform(of inputs: [String], seed: UInt64) -> DARE {
        DARE(inputs.map { MergeTerm($0, 1 / Double(inputs.count)) }, seed: seed)
    }

    var operation: String { "DARE \(MergeTerm.text(of: density)) " }

    func check() throws(TaskVectorError) {
        try checkTerms(negative: true)
        try TaskVectorError.check(density: density)
    }
}
