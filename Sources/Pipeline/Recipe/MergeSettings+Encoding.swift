import Merging

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
        case .taskArithmetic(let merge):
            try encode(merge.terms, to: &container)
            try container.encode(merge.lambda, forKey: .lambda)
        case .ties(let merge):
            try encode(merge.terms, to: &container)
            try container.encode(merge.density, forKey: .density)
            try container.encode(merge.lambda, forKey: .lambda)
        case .dare(let merge):
            try encode(merge.terms, to: &container)
            try container.encode(merge.density, forKey: .density)
            try container.encode(merge.lambda, forKey: .lambda)
            try container.encode(merge.seed, forKey: .seed)
        }
    }

    private func encode(_ terms: [MergeTerm], to container: inout Container) throws {
        // In an average the base is a model like others, and its name stands among the weights.
        if method.kind != .average {
            try container.encodeIfPresent(inputs[LayerSwap.base], forKey: .base)
        }
        var weights = container.nestedContainer(keyedBy: Name.self, forKey: .weights)
        for term in terms {
            try weights.encode(term.weight, forKey: Name(stringValue: term.input))
        }
    }

    private func encode(_ swap: LayerSwap, to container: inout Container) throws {
        try container.encodeIfPresent(inputs[LayerSwap.language], forKey: .language)
        try container.encodeIfPresent(inputs[LayerSwap.math], forKey: .math)
        try container.encodeIfPresent(inputs[LayerSwap.base], forKey: .base)
        if let coefficients = swap.coefficients {
            try container.encode(coefficients, forKey: .coefficients)
        } else {
            try encodePattern(of: swap, to: &container)
        }
        try container.encode(swap.tensors.rawValue, forKey: .tensors)
        try container.encode(swap.embeddings.rawValue, forKey: .embeddings)
        try container.encode(swap.finalNorm.rawValue, forKey: .finalNorm)
        try container.encodeIfPresent(swap.head?.rawValue, forKey: .head)
    }

    private func encodePattern(of swap: LayerSwap, to container: inout Container) throws {
        let name: PatternName
        switch swap.pattern {
        case .zones: name = .zones
        case .alternating: name = .alternating
        case .random(let seed):
            name = .random
            try container.encode(seed, forKey: .seed)
        }
        try container.encode(name.rawValue, forKey: .pattern)
        try container.encode(swap.direction.rawValue, forKey: .direction)
        guard swap.pattern.usesZones else { return }
        try container.encode(swap.bottom, forKey: .bottom)
        try container.encode(swap.top, forKey: .top)
        try container.encode(swap.bottomTransition, forKey: .bottomTransition)
        try container.encode(swap.topTransition, forKey: .topTransition)
        try container.encode(swap.transition.rawValue, forKey: .transition)
    }
}
