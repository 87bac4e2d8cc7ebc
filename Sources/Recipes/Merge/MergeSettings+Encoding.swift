import MergeMethods

extension MergeSettings: Encodable {
    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private typealias Container = KeyedEncodingContainer<CodingKeys>

    /// Writes the keys that matter to the method.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(method.kind.rawValue, forKey: .method)
        switch method {
        case .layerSwap(let swap): try encode(swap, to: &container)
        case .average(let average): try encode(average.terms, to: &container)
        case .slerp(let slerp): try encode(slerp.terms, to: &container)
        case .taskVectors(let merge): try encode(merge, to: &container)
        case .modelStock(let stock):
            try container.encodeIfPresent(inputs[ModelPart.base.name], forKey: .base)
            try container.encode(stock.models, forKey: .models)
        case .revert(let revert):
            try container.encodeIfPresent(inputs[ModelPart.base.name], forKey: .base)
            try container.encode(revert.model, forKey: .model)
            try container.encode(revert.reverted, forKey: .reverted)
        case .dataWeighted(let average):
            try encode(average.terms, to: &container)
            try container.encode(average.sequences, forKey: .sequences)
            if average.kind == .regressionMean {
                try container.encode(average.offDiagonal, forKey: .offDiagonal)
            }
        case .tensorwise(let merge): try encode(merge, to: &container)
        case .mergekit: preconditionFailure("no recipe can choose it")
        }
    }

    private func encode(_ merge: TaskVectorMerge, to container: inout Container) throws {
        try container.encodeIfPresent(inputs[ModelPart.base.name], forKey: .base)
        try encode(merge.terms, to: &container)
        switch merge.trimming {
        case .none: break
        case .largest(let density): try container.encode(density, forKey: .density)
        case .random(let density, let seed):
            try container.encode(density, forKey: .density)
            try container.encode(seed, forKey: .seed)
        case .ranked(let density, let epsilon, let seed):
            try container.encode(density, forKey: .density)
            try container.encode(epsilon, forKey: .epsilon)
            try container.encode(seed, forKey: .seed)
        case .band(let density, let gamma):
            try container.encode(density, forKey: .density)
            try container.encode(gamma, forKey: .gamma)
        }
        try container.encode(merge.lambda, forKey: .lambda)
        if merge.isNormalized != merge.kind.isNormalized {
            try container.encode(merge.isNormalized, forKey: .normalize)
        }
    }

    private func encode(_ merge: TensorwiseMerge, to container: inout Container) throws {
        // A model may be called so and be one of those that are merged.
        if merge.readsBase {
            try container.encodeIfPresent(inputs[ModelPart.base.name], forKey: .base)
        }
        switch merge {
        case .nuslerp(let method):
            try encode(method.terms, to: &container)
            try container.encode(method.extent.rawValue, forKey: .extent)
            try container.encode(method.readsBase, forKey: .taskVectors)
        case .multislerp(let method):
            try encode(method.terms, to: &container)
            try container.encode(method.isNormalized, forKey: .normalize)
            try container.encode(method.epsilon, forKey: .epsilon)
            try container.encode(method.readsBase, forKey: .taskVectors)
        case .karcher(let method):
            try container.encode(method.models, forKey: .models)
            try container.encode(method.iterations, forKey: .iterations)
            try container.encode(method.tolerance, forKey: .tolerance)
        case .sce(let method):
            try container.encode(method.models, forKey: .models)
            try container.encode(method.density, forKey: .density)
        case .nearswap(let method):
            try container.encode(method.model, forKey: .model)
            try container.encode(method.distance, forKey: .distance)
        case .arceeFusion(let method): try container.encode(method.model, forKey: .model)
        case .ram(let method):
            try container.encode(method.models, forKey: .models)
            try container.encode(method.epsilon, forKey: .epsilon)
            if let gain = method.gain {
                try container.encode(gain, forKey: .gain)
                try container.encode(method.limit, forKey: .limit)
            }
        }
    }

    private func encode(_ terms: [MergeTerm], to container: inout Container) throws {
        var weights = container.nestedContainer(keyedBy: Name.self, forKey: .weights)
        for term in terms {
            try weights.encode(term.weight, forKey: Name(stringValue: term.input))
        }
    }

    private func encode(_ swap: LayerSwap, to container: inout Container) throws {
        try container.encodeIfPresent(inputs[ModelPart.language.name], forKey: .language)
        try container.encodeIfPresent(inputs[ModelPart.math.name], forKey: .math)
        try container.encodeIfPresent(inputs[ModelPart.base.name], forKey: .base)
        if let coefficients = swap.coefficients {
            if let mlp = swap.mlpCoefficients {
                var halves = container.nestedContainer(keyedBy: Name.self, forKey: .coefficients)
                try halves.encode(coefficients, forKey: Name(stringValue: "attention"))
                try halves.encode(mlp, forKey: Name(stringValue: "mlp"))
            } else {
                try container.encode(coefficients, forKey: .coefficients)
            }
        } else {
            try encodePattern(of: swap, to: &container)
        }
        if swap.interpolation != .linear {
            try container.encode(swap.interpolation.rawValue, forKey: .interpolation)
        }
        if !swap.scale.isIdle {
            var factors = container.nestedContainer(keyedBy: Name.self, forKey: .scale)
            for (zone, path) in LayerSwap.ZoneScale.zones where swap.scale[keyPath: path] != 1 {
                try factors.encode(swap.scale[keyPath: path], forKey: Name(stringValue: zone))
            }
        }
        try container.encode(swap.tensors.rawValue, forKey: .tensors)
        try container.encode(swap.embeddings.rawValue, forKey: .embeddings)
        try container.encode(swap.finalNorm.rawValue, forKey: .finalNorm)
        try container.encodeIfPresent(swap.head?.rawValue, forKey: .head)
    }

    private func encodePattern(of swap: LayerSwap, to container: inout Container) throws {
        try container.encode(swap.patternName.rawValue, forKey: .pattern)
        switch swap.pattern {
        case .zones, .alternating: break
        case .random(let seed): try container.encode(seed, forKey: .seed)
        case .retrieval(let sentences): try container.encode(sentences, forKey: .sentences)
        case .changes(let threshold, let granularity):
            try container.encode(threshold, forKey: .threshold)
            try container.encode(granularity.rawValue, forKey: .granularity)
            return
        }
        try container.encode(swap.direction.rawValue, forKey: .direction)
        guard swap.pattern.usesZones else { return }
        if swap.patternName != .retrieval {
            try container.encode(swap.bottom, forKey: .bottom)
            try container.encode(swap.top, forKey: .top)
        }
        try container.encode(swap.bottomTransition, forKey: .bottomTransition)
        try container.encode(swap.topTransition, forKey: .topTransition)
        try container.encode(swap.transition.rawValue, forKey: .transition)
    }
}
