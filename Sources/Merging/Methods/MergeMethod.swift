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
    /// The base and the sum of what training changed.
    case taskArithmetic(TaskArithmetic)
    /// The base and the largest changes that agree in sign.
    case ties(TIES)
    /// The base and changes of which a part is dropped by chance.
    case dare(DARE)

    /// The methods as recipes, records and the command line name them.
    package enum Kind: String, CaseIterable, Codable, Sendable {
        /// Outer layers of one expert around middle layers of another.
        case layerSwap = "layer-swap"
        /// The weighted average of all tensors.
        case average
        /// The base and the sum of what training changed.
        case taskArithmetic = "task-arithmetic"
        /// The base and the largest changes that agree in sign.
        case ties
        /// The base and changes of which a part is dropped by chance.
        case dare

        /// What the method does, in one line.
        package var summary: String {
            switch self {
            case .layerSwap: "layers of the language expert around layers of the math expert"
            case .average: "weighted mean of the models; with equal weights the uniform soup"
            case .taskArithmetic: "the base plus the weighted sum of what training changed"
            case .ties: "the base plus the largest changes of each model that agree in sign"
            case .dare: "the base plus changes of which a random part is dropped, the rest enlarged"
            }
        }
    }

    /// Which method it is.
    package var kind: Kind {
        switch self {
        case .layerSwap: .layerSwap
        case .average: .average
        case .taskArithmetic: .taskArithmetic
        case .ties: .ties
        case .dare: .dare
        }
    }

    /// The name in recipes and reports.
    package var name: String { kind.rawValue }

    /// The settings in one line.
    package var summary: String {
        switch self {
        case .layerSwap(let swap): "layer swap: \(swap.summary)"
        case .average(let average): "average: \(MergeSource.mix(average.terms))"
        case .taskArithmetic(let method): "task arithmetic: \(method.formula)"
        case .ties(let method): "TIES: \(method.formula)"
        case .dare(let method): "DARE: \(method.formula), seed \(method.seed)"
        }
    }

    /// Checks the settings against the shape of the models.
    ///
    /// - Throws: `LayerSwapError`, `WeightedAverageError`, `TaskVectorError`.
    func check(_ configuration: ModelConfiguration) throws {
        switch self {
        case .layerSwap(let swap):
            try swap.check(
                layerCount: configuration.layerCount,
                tiedHead: configuration.tiedEmbeddings
            )
        case .average(let average): try average.check()
        case .taskArithmetic(let method): try method.check()
        case .ties(let method): try method.check()
        case .dare(let method): try method.check()
        }
    }

    /// Where tensors come from, once `check` has passed.
    func sources(
        of entries: [ParameterLayout.Entry],
        in configuration: ModelConfiguration
    ) -> [MergeSource] {
        func all(_ source: MergeSource) -> [MergeSource] { entries.map { _ in source } }
        switch self {
        case .layerSwap(let swap): return swap.sources(of: entries, in: configuration)
        case .average(let average): return all(.mix(average.terms))
        case .taskArithmetic(let method):
            return all(.combine(.taskArithmetic(method.withoutIdleTerms)))
        case .ties(let method): return all(.combine(.ties(method.withoutIdleTerms)))
        case .dare(let method): return all(.combine(.dare(method.withoutIdleTerms)))
        }
    }
}

extension MergeMethod: Codable {
    private enum CodingKeys: String, CodingKey { case method }

    /// Reads a method as its settings with the key `method` among them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .method)
        guard let kind = Kind(rawValue: name) else {
            let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: .method,
                in: container,
                debugDescription: "unknown method '\(name)'; expected one of \(names)"
            )
        }
        switch kind {
        case .layerSwap: self = .layerSwap(try LayerSwap(from: decoder))
        case .average: self = .average(try WeightedAverage(from: decoder))
        case .taskArithmetic: self = .taskArithmetic(try TaskArithmetic(from: decoder))
        case .ties: self = .ties(try TIES(from: decoder))
        case .dare: self = .dare(try DARE(from: decoder))
        }
    }

    /// Writes the settings and the key `method` among them.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .method)
        switch self {
        case .layerSwap(let swap): try swap.encode(to: encoder)
        case .average(let average): try average.encode(to: encoder)
        case .taskArithmetic(let method): try method.encode(to: encoder)
        case .ties(let method): try method.encode(to: encoder)
        case .dare(let method): try method.encode(to: encoder)
        }
    }
}
