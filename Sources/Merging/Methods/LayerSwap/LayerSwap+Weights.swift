import Kernels
import Transformer

extension LayerSwap {
    /// The weight of the language expert in every layer; the math expert has the rest.
    ///
    /// - Parameter layerCount: The depth, for which `check` has passed.
    /// - Returns: From 0, all of the math expert, to 1, all of the language expert, from the input
    ///   to the output.
    package func languageWeights(layerCount: Int) -> [Double] {
        if let coefficients { return coefficients }
        let weights = outerWeights(layerCount: layerCount)
        switch direction {
        case .languageOutside: return weights
        case .mathOutside: return weights.map { 1 - $0 }
        }
    }

    /// The weight of the expert that has the outer part.
    private func outerWeights(layerCount: Int) -> [Double] {
        switch pattern {
        case .zones:
            return (0..<layerCount).map { zoneWeight(ofLayer: $0, of: layerCount) }
        case .random(let seed):
            var weights = (0..<layerCount).map { zoneWeight(ofLayer: $0, of: layerCount) }
            var chance = SeededGenerator(seed: seed, stream: "layer swap, random pattern")
            // Fisher and Yates; the library's shuffle may change with the compiler.
            for last in weights.indices.dropFirst().reversed() {
                let product = UInt64(last + 1).multipliedFullWidth(by: chance.next())
                weights.swapAt(last, Int(product.high))
            }
            return weights
        case .alternating:
            return (0..<layerCount).map { $0.isMultiple(of: 2) ? 1 : 0 }
        }
    }

    private func zoneWeight(ofLayer layer: Int, of layerCount: Int) -> Double {
        let below = layer - bottom
        let above = layerCount - top - 1 - layer
        if below < 0 || above < 0 { return 1 }
        if below < bottomTransition {
            return weight(step: bottomTransition - below, of: bottomTransition)
        }
        if above < topTransition { return weight(step: topTransition - above, of: topTransition) }
        return 0
    }

    private func weight(step: Int, of width: Int) -> Double {
        switch transition {
        case .none: 0
        case .constant(let weight): weight
        case .ramp: Double(step) / Double(width + 1)
        }
    }
}

// MARK: - Sources of tensors

extension LayerSwap {
    static func source(languageWeight weight: Double) -> MergeSource {
        .mix([MergeTerm(language, weight), MergeTerm(math, 1 - weight)])
    }

    /// Where tensors come from, once `check` has passed.
    func sources(
        of entries: [ParameterLayout.Entry],
        in configuration: ModelConfiguration
    ) -> [MergeSource] {
        let weights = languageWeights(layerCount: configuration.layerCount)
        return entries.map { entry in
            if let layer = entry.layer {
                let follows = tensors.contains(entry.role)
                return Self.source(languageWeight: follows ? weights[layer] : 0)
            }
            switch entry.role {
            case .finalNorm: return finalNorm.source
            case .head: return (head ?? embeddings).source
            default: return embeddings.source
            }
        }
    }
}
