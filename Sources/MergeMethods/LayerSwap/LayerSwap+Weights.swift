import Foundations

extension LayerSwap {
    /// The weight of the language expert in every layer; the math expert has the rest.
    ///
    /// - Parameter layerCount: The depth, for which `check` has passed.
    /// - Precondition: changes and retrieval that decide have been measured (`resolved`).
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
        case .changes, .retrieval:
            preconditionFailure("what decides is measured before weights are asked for")
        }
    }

    private func zoneWeight(ofLayer layer: Int, of layerCount: Int) -> Double {
        switch zone(ofLayer: layer, of: layerCount) {
        case .bottom, .top: 1
        case .middle: 0
        case .transition(let step, let width): weight(step: step, of: width)
        }
    }

    private enum Zone {
        case bottom, middle, top
        /// The step of a layer, counted from the inner expert's side, 1 to `width`.
        case transition(step: Int, width: Int)
    }

    private func zone(ofLayer layer: Int, of layerCount: Int) -> Zone {
        let below = layer - bottom
        let above = layerCount - top - 1 - layer
        if below < 0 { return .bottom }
        if above < 0 { return .top }
        if below < bottomTransition {
            return .transition(step: bottomTransition - below, width: bottomTransition)
        }
        if above < topTransition {
            return .transition(step: topTransition - above, width: topTransition)
        }
        return .middle
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
    /// The weighted average of both experts, which is a copy at 0 and 1.
    static func source(languageWeight weight: Double) -> MergeSource { .mix(terms(weight)) }

    private static func terms(_ weight: Double) -> [MergeTerm] {
        [MergeTerm(ModelPart.language.name, weight), MergeTerm(ModelPart.math.name, 1 - weight)]
    }

    /// Where tensors come from, once `check` has passed.
    func sources(in architecture: CheckpointArchitecture) -> [MergeSource] {
        let count = architecture.layerCount
        let attention = languageWeights(layerCount: count)
        let mlp = mlpCoefficients ?? attention
        return architecture.tensors.map { tensor in
            switch tensor.place {
            case .embeddings: return embeddings.source
            case .finalNorm: return finalNorm.source
            case .head: return (head ?? embeddings).source
            case .layer(let layer, let half):
                let weight = half == .attention ? attention[layer] : mlp[layer]
                return source(
                    languageWeight: tensors.contains(half) ? weight : 0,
                    scale: scale(ofLayer: layer, of: count)
                )
            }
        }
    }

    private func source(languageWeight weight: Double, scale: Double) -> MergeSource {
        let terms = Self.terms(weight).filter { $0.weight > 0 }
        if scale != 1 {
            var scaled = TaskVectorMerge(.taskArithmetic, terms)
            scaled.lambda = scale
            return .combine(.taskVectors(scaled))
        }
        if interpolation == .slerp, terms.count == 2 {
            // The weight is the language expert's, who is the far end of the arc.
            return .combine(.slerp(Slerp(terms.reversed())))
        }
        return Self.source(languageWeight: weight)
    }

    private func scale(ofLayer layer: Int, of layerCount: Int) -> Double {
        guard !scale.isIdle else { return 1 }
        return switch zone(ofLayer: layer, of: layerCount) {
        case .bottom: scale.bottom
        case .middle: scale.middle
        case .top: scale.top
        case .transition: scale.transition
        }
    }
}
