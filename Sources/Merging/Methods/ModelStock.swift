/// Model stock (Jang et al., arXiv 2403.19522): between the base and the mean of the experts, the
/// nearer to the mean the more their changes agree in direction.
///
/// With N experts and cos the mean cosine of all pairs of task vectors τ_i = θ_i − θ_0, for each
/// tensor:
///
///     t = N cos / (1 + (N − 1) cos)
///     θ = t · mean + (1 − t) · θ_0
///
/// A mean cosine below zero counts as zero: changes that contradict each other leave the base, where
/// the formula would step back behind it. A tensor that an expert has not changed has the cosine 0
/// to every other.
package struct ModelStock: Hashable, Codable, Sendable {
    /// The models that were trained from the base.
    package var models: [String]

    /// A merge of two or more models.
    package init(_ models: [String]) { self.models = models }

    /// The models that are read, the base first.
    var inputs: [String] { [LayerSwap.base] + models }

    /// For people: `base → mean (math, language)`.
    var formula: String { "\(LayerSwap.base) → mean (\(models.joined(separator: ", ")))" }

    /// Checks the models.
    ///
    /// - Throws: `ModelStockError`.
    package func check() throws(ModelStockError) {
        guard models.count >= 2 else { throw .tooFew(models) }
        var names: Set<String> = []
        for model in models {
            guard model != LayerSwap.base else { throw .base }
            guard names.insert(model).inserted else { throw .repeated(model) }
        }
    }

    /// The weights of the base and of each model.
    ///
    /// - Parameter products: ⟨τ_i, τ_j⟩ of all models, row by row.
    /// - Returns: Weights that sum to one, the base's first.
    func weights(products: [Double]) -> [Double] {
        let count = models.count
        var cosines: [Double] = []
        for i in 0..<count {
            for j in (i + 1)..<count {
                let norms = (products[i * count + i] * products[j * count + j]).squareRoot()
                cosines.append(norms > 0 ? products[i * count + j] / norms : 0)
            }
        }
        let mean = max(0, cosines.reduce(0, +) / Double(cosines.count))
        let ratio = Double(count) * mean / (1 + Double(count - 1) * mean)
        return [1 - ratio] + models.map { _ in ratio / Double(count) }
    }
}

/// Why model stock cannot be made.
package enum ModelStockError: Error, Hashable, CustomStringConvertible {
    /// The base is among the models.
    case base
    /// A model is named twice.
    case repeated(String)
    /// There are no two models to compare.
    case tooFew([String])

    /// What is wrong and what was expected.
    package var description: String {
        switch self {
        case .base: "the base is among the models; model stock has it anyway, leave it out"
        case .repeated(let model): "the merge names '\(model)' twice"
        case .tooFew(let models):
            "model stock was given \(models.isEmpty ? "no model" : "'\(models[0])' alone"); it "
                + "compares the changes of two or more"
        }
    }
}
