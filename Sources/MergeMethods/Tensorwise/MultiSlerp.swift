/// The weighted mean direction of models or of their changes, with their weighted mean length
/// (mergekit's `multislerp`).
///
/// With x_i = θ_i or τ_i = θ_i − θ_0, n_i = ‖x_i‖ and the weights w_i, divided by their sum where
/// `isNormalized`:
///
///     u = Σ w_i x_i / (n_i + ε),    x = Σ w_i n_i · u / ‖u‖
///
/// and θ_0 + x where changes are merged. mergekit goes on from there in the tangent plane at
/// u / ‖u‖, in which the directions then add up to zero: rounding is all that this step adds.
package struct MultiSlerp: TensorwiseMethod {
    /// The models and their weights.
    package var terms: [MergeTerm]
    /// Whether changes from the base are merged, and not the models themselves.
    package var readsBase: Bool
    /// Whether weights are divided by their sum.
    package var isNormalized: Bool
    /// What keeps norms from zero, ε; a mean direction shorter than this is none.
    package var epsilon: Double

    /// A mean of models.
    package init(
        _ terms: [MergeTerm],
        readsBase: Bool = false,
        isNormalized: Bool = true,
        epsilon: Double = standardEpsilon
    ) {
        self.terms = terms
        self.readsBase = readsBase
        self.isNormalized = isNormalized
        self.epsilon = epsilon
    }

    /// mergekit's ε.
    package static let standardEpsilon = 1e-8

    /// The weights that count.
    private var weights: [Double] {
        let sum = isNormalized ? terms.reduce(0) { $0 + $1.weight } : 1
        return terms.map { $0.weight / sum }
    }

    var inputs: [String] { (readsBase ? [ModelPart.base.name] : []) + terms.map(\.input) }

    var formula: String {
        let parts = zip(terms, weights).map { MergeTerm($0.input, $1) }
        return (readsBase ? "\(ModelPart.base.name) + " : "")
            + "mean direction (\(MergeTerm.sum(parts, symbol: readsBase ? "τ " : "")))"
    }

    var source: MergeSource {
        // One model is no mean; mergekit takes it as it is, whatever its weight.
        terms.count == 1 ? .copy(of: terms[0].input) : .combine(.tensorwise(.multislerp(self)))
    }

    func check() throws(TensorwiseError) {
        let models = terms.map(\.input)
        guard !terms.isEmpty else {
            throw .models(method: "multislerp", expected: "one or more models", found: models)
        }
        try Self.checkNames(models, base: readsBase)
        for term in terms {
            try Self.checkNumber(
                "the weight of '\(term.input)'",
                term.weight,
                in: -1e9...1e9,
                "a number from -1e9 to 1e9"
            )
        }
        let sum = terms.reduce(0) { $0 + $1.weight }
        guard !isNormalized || sum != 0 else {
            throw .number(
                name: "the sum of the weights",
                value: sum,
                expected: "another number than 0, since weights are divided by it"
            )
        }
        try Self.checkNumber("epsilon", epsilon, in: 0...1, "a small number, 0 or more")
    }

    func prepare(_ pass: TensorPass) throws(TensorwiseError) -> PreparedCombination {
        let count = terms.count
        let products = pass.products(fromBase: readsBase)
        let norms = (0..<count).map { products[$0 * count + $0].squareRoot() }
        let weights = weights
        // The share of each vector in the direction.
        var shares = (0..<count).map { norms[$0] == 0 ? 0 : weights[$0] / (norms[$0] + epsilon) }
        let square = (0..<count * count).reduce(0) { sum, index in
            let (i, j) = index.quotientAndRemainder(dividingBy: count)
            return sum + shares[i] * shares[j] * products[index]
        }
        let length = max(0, square).squareRoot()
        if length < epsilon || length == 0 {
            // Two opposite vectors are averaged; vectors of nothing are any average.
            guard count == 2 || norms.allSatisfy({ $0 == 0 }) else {
                throw .noDirection(tensor: pass.name)
            }
            shares = weights
        } else {
            let mean = zip(weights, norms).reduce(0) { $0 + $1.0 * $1.1 }
            for index in shares.indices { shares[index] *= mean / length }
        }
        return .weightedSum(Self.sum(shares, readsBase: readsBase))
    }
}

extension TensorwiseMethod {
    /// The factors of models and, where vectors are changes, of the base.
    ///
    /// Where a model holds what is no number, factors are none either; with any others the sum
    /// shows which element it is.
    static func sum(_ factors: [Double], readsBase: Bool) -> [Double] {
        let all = (readsBase ? [1 - factors.reduce(0, +)] : []) + factors
        return all.allSatisfy(\.isFinite) ? all : all.map { _ in 1 }
    }
}
