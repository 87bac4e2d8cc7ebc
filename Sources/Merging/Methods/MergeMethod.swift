import Transformer

/// A way of making one model out of several.
///
/// A method says where each tensor comes from (`MergeSource`) and nothing about files or memory.
/// A new method is a case here and, when its arithmetic is new, a case of `TensorCombination`.
package enum MergeMethod: Hashable, Sendable {
    /// Outer layers of one expert around middle layers of another.
    case layerSwap(LayerSwap)
    /// The weighted average of all tensors.
    case average(WeightedAverage)

    /// The name in recipes and reports.
    package var name: String {
        switch self {
        case .layerSwap: "layer-swap"
        case .average: "average"
        }
    }

    /// The settings in one line.
    package var summary: String {
        switch self {
        case .layerSwap(let swap):
            let zones =
                swap.coefficients == nil
                ? "bottom \(swap.bottom), top \(swap.top), transitions \(swap.bottomTransition) "
                    + "and \(swap.topTransition) (\(swap.transition.rawValue))"
                : "one coefficient a layer"
            return "layer swap: \(zones); embeddings \(swap.embeddings.rawValue), final norm "
                + "\(swap.finalNorm.rawValue), head \((swap.head ?? swap.embeddings).rawValue)"
        case .average(let average):
            return "average: \(MergeSource.mix(average.terms))"
        }
    }

    /// Checks the settings against the shape of the models.
    ///
    /// - Throws: `LayerSwapError`, `WeightedAverageError`.
    func check(_ configuration: ModelConfiguration) throws {
        switch self {
        case .layerSwap(let swap):
            try swap.check(
                layerCount: configuration.layerCount,
                tiedHead: configuration.tiedEmbeddings
            )
        case .average(let average): try average.check()
        }
    }

    /// Where a tensor comes from, once `check` has passed.
    func source(
        of entry: ParameterLayout.Entry,
        in configuration: ModelConfiguration
    ) -> MergeSource {
        switch self {
        case .average(let average): return .mix(average.terms)
        case .layerSwap(let swap):
            if let layer = entry.layer {
                let weight = swap.languageWeight(ofLayer: layer, of: configuration.layerCount)
                return LayerSwap.source(languageWeight: weight)
            }
            switch entry.role {
            case .finalNorm: return swap.finalNorm.source
            case .head: return (swap.head ?? swap.embeddings).source
            default: return swap.embeddings.source
            }
        }
    }
}

extension MergeMethod: Codable {
    private enum CodingKeys: String, CodingKey { case method }

    /// Reads a method as its settings with the key `method` among them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .method) {
        case "layer-swap": self = .layerSwap(try LayerSwap(from: decoder))
        case "average": self = .average(try WeightedAverage(from: decoder))
        case let name:
            throw DecodingError.dataCorruptedError(
                forKey: .method,
                in: container,
                debugDescription: "unknown method '\(name)'; expected layer-swap or average"
            )
        }
    }

    /// Writes the settings and the key `method` among them.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .method)
        switch self {
        case .layerSwap(let swap): try swap.encode(to: encoder)
        case .average(let average): try average.encode(to: encoder)
        }
    }
}
