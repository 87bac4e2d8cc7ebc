extension MergeMethod {
    /// The methods as recipes, records and the command line name them.
    package enum Kind: Hashable, Sendable {
        /// Outer layers of one expert around middle layers of another.
        case layerSwap
        /// The weighted average of all tensors.
        case average
        /// Along the arc between two models.
        case slerp
        /// The base and what training changed.
        case taskVectors(TaskVectorMerge.Kind)
        /// Between the base and the mean of the experts.
        case modelStock
        /// One model with parts as they were before training.
        case revert
        /// An average by what the models' data say.
        case dataWeighted(DataWeightedAverage.Kind)
        /// By norms, angles or largest changes, tensor by tensor.
        case tensorwise(TensorwiseMerge.Kind)
        /// What a configuration file of mergekit says; no recipe can ask for it by name.
        case mergekit

        /// What the method does, in one line.
        package var summary: String {
            switch self {
            case .layerSwap: "layers of the language expert around layers of the math expert"
            case .average: "weighted mean of the models; with equal weights the uniform soup"
            case .slerp: "from one model to another along the arc between each pair of tensors"
            case .taskVectors(let kind): kind.summary
            case .modelStock: "between base and mean, the nearer to it the more experts agree"
            case .revert: "one model with some of its layers as they were in the base"
            case .dataWeighted(.fisher):
                "the mean of each number by how much the models' data depend on it"
            case .dataWeighted(.regressionMean):
                "the linear layers whose outputs differ least from those of all models"
            case .tensorwise(let kind): kind.summary
            case .mergekit: "what a configuration file of mergekit says"
            }
        }
    }

    /// Which method it is.
    package var kind: Kind {
        switch self {
        case .layerSwap: .layerSwap
        case .average: .average
        case .slerp: .slerp
        case .taskVectors(let method): .taskVectors(method.kind)
        case .modelStock: .modelStock
        case .revert: .revert
        case .dataWeighted(let method): .dataWeighted(method.kind)
        case .tensorwise(let merge): .tensorwise(merge.kind)
        case .mergekit: .mergekit
        }
    }
}

extension MergeMethod.Kind: RawRepresentable, CaseIterable, Codable {
    /// All methods that are chosen by name, the one that the project is named after first.
    package static let allCases: [MergeMethod.Kind] =
        [.layerSwap, .average, .slerp]
        + TaskVectorMerge.Kind.allCases.map { .taskVectors($0) }
        + DataWeightedAverage.Kind.allCases.map { .dataWeighted($0) } + [.modelStock]
        + TensorwiseMerge.Kind.allCases.map { .tensorwise($0) } + [.revert]

    /// Reads a name; nil when no method has it.
    package init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = kind
    }

    /// The name.
    package var rawValue: String {
        switch self {
        case .layerSwap: "layer-swap"
        case .average: "average"
        case .slerp: "slerp"
        case .taskVectors(let kind): kind.rawValue
        case .modelStock: "model-stock"
        case .revert: "revert"
        case .dataWeighted(let kind): kind.rawValue
        case .tensorwise(let kind): kind.rawValue
        case .mergekit: "mergekit"
        }
    }
}

extension MergeMethod: Codable {
    private enum CodingKeys: String, CodingKey { case method }

    /// Reads a method as its settings with the key `method` among them.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .method)
        guard let kind = name == Kind.mergekit.rawValue ? .mergekit : Kind(rawValue: name) else {
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
        case .slerp: self = .slerp(try Slerp(from: decoder))
        case .taskVectors: self = .taskVectors(try TaskVectorMerge(from: decoder))
        case .modelStock: self = .modelStock(try ModelStock(from: decoder))
        case .revert: self = .revert(try Revert(from: decoder))
        case .dataWeighted: self = .dataWeighted(try DataWeightedAverage(from: decoder))
        case .tensorwise(let kind): self = .tensorwise(try TensorwiseMerge(kind, from: decoder))
        case .mergekit: self = .mergekit(try MergekitMerge(from: decoder))
        }
    }

    /// Writes the settings and the key `method` among them.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind.rawValue, forKey: .method)
        switch self {
        case .layerSwap(let swap): try swap.encode(to: encoder)
        case .average(let average): try average.encode(to: encoder)
        case .slerp(let method): try method.encode(to: encoder)
        case .taskVectors(let method): try method.encode(to: encoder)
        case .modelStock(let method): try method.encode(to: encoder)
        case .revert(let method): try method.encode(to: encoder)
        case .dataWeighted(let method): try method.encode(to: encoder)
        case .tensorwise(let merge): try merge.method.encode(to: encoder)
        case .mergekit(let merge): try merge.encode(to: encoder)
        }
    }
}
