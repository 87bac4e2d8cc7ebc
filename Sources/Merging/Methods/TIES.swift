/// TIES merging (Yadav et al., arXiv 2306.01708): trim, elect a sign, average what agrees.
///
/// For each tensor, with τ_i = θ_i − θ_0:
///
///     trim     of each τ_i the `density` share of largest magnitude is kept, the rest is zero
///     elect    each entry has the sign of Σ w_i τ_i
///     average  δ = Σ w_i τ_i / Σ w_i over the models whose entry is not zero and has that sign
///     add      θ_0 + λ δ
///
/// An entry without an elected sign, because nothing was kept or the sum is zero, remains that of
/// the base. The share is taken in each tensor, where the paper takes it in the whole task vector:
/// tensors that are far apart in scale all take part then.
package struct TIES: Hashable, Codable, Sendable, TaskVectorMerge {
    /// The models that were trained from the base, and their weights w_i, zero or more.
    package var terms: [MergeTerm]
    /// The share of the entries of each task vector that is kept, above 0 and at most 1.
    package var density: Double
    /// What the average is multiplied with, λ.
    package var lambda: Double

    /// A merge with the paper's share of kept entries.
    package init(_ terms: [MergeTerm], density: Double = 0.2, lambda: Double = 1) {
        self.terms = terms
        self.density = density
        self.lambda = lambda
    }

    /// Every model with weight 1.
    package static func uniform(of inputs: [String]) -> TIES {
        TIES(inputs.map { MergeTerm($0, 1) })
    }

    /// The number of entries that are kept of a tensor: the share, rounded, and at least one.
    ///
    /// - Parameter count: The number of entries of the tensor, 1 or more.
    /// - Returns: From 1 to `count`.
    package func keptCount(of count: Int) -> Int {
        min(count, max(1, Int((density * Double(count)).rounded())))
    }

    var operation: String { "TIES \(MergeTerm.text(of: density)) " }

    func check() throws(TaskVectorError) {
        try checkTerms(negative: false)
        try TaskVectorError.check(density: density)
    }
}
