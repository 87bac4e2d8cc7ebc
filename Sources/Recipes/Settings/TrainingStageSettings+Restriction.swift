import Kernels
import RecipeDocuments
import Training
import Transformer

/// What one partition of a stage reads and trains.
package struct PartitionSettings: Encodable, Hashable, Sendable {
    /// What its steps update.
    package var train: ParameterSelection
    /// What its steps read.
    package var mixture: MixtureSettings

    enum CodingKeys: String, DescribedKey {
        case train, mixture

        static let places = ["stages.NAME.partitions.NAME"]

        var entry: KeyEntry {
            switch self {
            case .train:
                .special(
                    "list of parts: \(ParameterSelection.forms)",
                    .required("what the partition trains, such as middle or outer")
                ).meaning("What its steps update.").written(as: "middle")
            case .mixture:
                .section(.required("what the partition reads")).meaning("What its steps read.")
                    .written(as: "{like: math}")
            }
        }
    }

    init(_ value: RecipeValue, model: ModelSettings) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        train = try ParameterSelection(
            reader.required(.train),
            layers: model.layers,
            tiedHead: model.tiedEmbeddings
        )
        mixture = try MixtureSettings(mixture: reader.required(.mixture))
    }
}

extension TrainingStageSettings {
    /// All mixtures that the stage reads.
    package var mixtures: [MixtureSettings] { reads.map(\.mixture) }

    /// The mixtures in the order of turns, with the partitions that they belong to.
    package var reads: [(partition: String?, mixture: MixtureSettings)] {
        if let mixture { return [(nil, mixture)] }
        return partitions?.entries.map { ($0.name, $0.value.mixture) } ?? []
    }

    /// How the weights that a stage begins with are kept: only beside adapters can they be in
    /// bfloat16.
    package var weightPrecision: LinearPrecision { lora == nil ? .float32 : frozen }

    /// What the trainer is kept from.
    ///
    /// - Parameter seed: Where the first values of adapters come from.
    /// - Returns: The restriction, or nil when everything is updated at every step.
    package func restriction(seed: UInt64) -> TrainingRestriction? {
        guard freeze != nil || partitions != nil || lora != nil else { return nil }
        var restriction = TrainingRestriction()
        restriction.frozen = freeze
        restriction.partitions = partitions?.entries.map {
            TrainingPartition(name: $0.name, trained: $0.value.train)
        }
        restriction.lora = lora
        restriction.seed = seed
        return restriction
    }

    /// Refuses what the trainer would refuse when the stage's turn comes.
    func check(_ reader: MappingReader<CodingKeys>, model: ModelSettings) throws {
        guard let restriction = restriction(seed: 0) else { return }
        do {
            try restriction.check(against: model.layout)
        } catch {
            var keys: [CodingKeys] = [.partitions, .freeze, .lora]
            if case .setting(let name, _, _) = error,
                LoRASettings.RecipeKeys(rawValue: name) != nil
            {
                keys = [.lora]
            }
            let value = keys.lazy.compactMap { reader.optional($0) }.first ?? reader.value
            throw value.error(error.description)
        }
    }
}

extension LoRASettings {
    enum RecipeKeys: String, DescribedKey {
        case rank, alpha, targets

        static let places = ["stages.NAME.lora"]

        var entry: KeyEntry {
            switch self {
            case .rank:
                .whole(1...65_536, .required("the rank of the adapters, such as 8")).meaning(
                    "The rank r of the adapters."
                ).written(as: "8")
            case .alpha:
                .number(.number(1e-6...1e6), .derived("twice the rank")).meaning(
                    "The factor α: an adapter adds α / r times its product to the weight."
                ).written(as: "16")
            case .targets:
                .special(
                    "list of linear layers: "
                        + Target.allCases.map(\.rawValue).joined(separator: ", "),
                    .derived("all linear layers")
                ).meaning("The linear layers that have an adapter.").written(
                    as: "[\(Target.allCases.prefix(2).map(\.rawValue).joined(separator: ", "))]"
                )
            }
        }
    }

    /// Reads adapters; α is twice the rank and targets are all linear layers unless they are
    /// written.
    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: RecipeKeys.self)
        let rank: Int = try reader.value(.rank)
        self.init(
            rank: rank,
            alpha: try reader.value(.alpha, derived: Double(2 * rank)),
            targets: try reader.optional(.targets)?.list("a list of linear layers").map {
                try $0.choice()
            } ?? Target.allCases
        )
    }
}
