import Kernels

/// Model stock (Jang et al., arXiv 2403.19522): between the base and the mean of the experts, the
/// nearer to the mean the more their changes agree in direction.
///
/// With N experts and cos the mean cosine of all pairs of task vectors τ_i = θ_i − θ_0, for each
/// tensor:
///
///     t = N cos / (1 + (N − 1) cos)
///     θ = t · mean + (1 − t) · θ_0
///
/// A mean cosine below zero counts as zero: changes that contradict each other leave the base,
/// where the formula would step back behind it. A tensor that an expert has not changed has the
/// cosine 0 to every other.
package struct ModelStock: Hashable, Codable, Sendable {
    /// The models that were trained from the base.
    package var models: [String]
    /// Which angles count where mergekit 0.1.5 is followed to the letter; nil for the rule above.
    package var mergekit: Mergekit?

    /// The angles of mergekit, where a mean cosine below zero steps back behind the base.
    package enum Mergekit: String, Codable, Sendable {
        /// Those of whole tensors.
        case whole
        /// Those of each row (`filter_wise`).
        case rows
    }

    /// A merge of two or more models.
    package init(_ models: [String], mergekit: Mergekit? = nil) {
        self.models = models
        self.mergekit = mergekit
    }

    /// The models that are read, the base first.
    var inputs: [String] { [ModelPart.base.name] + models }

    /// For people: `base → mean (math, language)`.
    var formula: String {
        let extent = mergekit == .rows ? " by rows" : ""
        return "\(ModelPart.base.name) → mean\(extent) (\(models.joined(separator: ", ")))"
    }

    /// Checks the models.
    ///
    /// - Throws: `ModelStockError`.
    package func check() throws(ModelStockError) {
        guard models.count >= 2 else { throw .tooFew(models) }
        var names: Set<String> = []
        for model in models {
            guard model != ModelPart.base.name else { throw .base }
            guard names.insert(model).inserted else { throw .repeated(model) }
        }
    }

    /// The weights of the base and of each model.
    ///
    /// - Parameter products: ⟨τ_i, τ_j⟩ of all models, row by row.
    /// - Returns: Weights that sum to one, the base's first.
    func weights(products: [Double]) -> [Double] {
        let count = models.count
        guard mergekit == nil else { return weightsOfMergekit(products: products) }
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

    private func weightsOfMergekit(products: [Double]) -> [Double] {
        let count = models.count
        let smallest = 1e-6
        var sum = 0.0
        for i in 0..<count {
            for j in (i + 1)..<count {
                let norms = (products[i * count + i] * products[j * count + j]).squareRoot()
                sum += min(1, max(-1, products[i * count + j] / max(norms, smallest)))
            }
        }
        let mean = sum / Double(count * (count - 1) / 2)
        let divisor = 1 + Double(count - 1) * mean
        // Where opposite changes leave no estimate the base stays.
        let ratio = divisor.magnitude < smallest ? 0 : Double(count) * mean / divisor
        return [1 - ratio] + models.map { _ in ratio / Double(count) }
    }

    /// Looks at the whole tensor, or leaves that to each row.
    func prepare(_ pass: TensorPass) -> PreparedCombination {
        if mergekit == .rows, pass.rowLength != pass.count {
            return .parts(PreparedStockRows(method: self, rowLength: max(1, pass.rowLength)))
        }
        return .weightedSum(weights(products: pass.products(fromBase: true)))
    }
}

/// Model stock whose rows have weights of their own.
struct PreparedStockRows: PreparedPart {
    let method: ModelStock
    let rowLength: Int

    var needsRows: Bool { true }

    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        let count = method.models.count
        for start in stride(from: 0, to: output.count, by: rowLength) {
            let range = start..<min(output.count, start + rowLength)
            let rows = sources.map { $0[range] }
            let products = (0..<count * count).map { index in
                let (i, j) = index.quotientAndRemainder(dividingBy: count)
                return TaskVector.product(rows[i + 1], rows[j + 1], from: rows[0])
            }
            PreparedCombination.weightedSum(
                rows,
                weights: method.weights(products: products),
                into: output[range]
            )
        }
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
