import Kernels
import RecipeDocuments
import Training
import Transformer

/// Settings of one training stage: the base, an expert, or any other that the recipe names.
package struct TrainingStageSettings: Encodable, Hashable, Sendable {
    /// The folder of a model that exists and stands in place of training one; nil for a stage that
    /// is trained.
    package var checkpoint: String?
    /// The stage whose weights it begins with; nil for the base.
    package var from: String?
    /// How often it is trained, each time on other batches.
    package var seeds: Int
    /// Whether it may read what the experiment denies all others: an upper bound.
    package var oracle: Bool
    /// Number of optimizer steps; 0 keeps the weights that the stage begins with.
    package var steps: Int
    /// The highest learning rate.
    package var learningRate: Double
    /// The course of the learning rate.
    package var schedule: ScheduleKind
    /// Share of the steps over which the rate rises from zero.
    package var warmup: Double
    /// The rate at the last step as a share of the highest.
    package var finalRate: Double
    /// Share of the steps over which `warmup_stable_decay` comes down.
    package var decay: Double
    /// AdamW's decay of matrices.
    package var weightDecay: Double
    /// AdamW's memory of the gradient.
    package var beta1: Double
    /// AdamW's memory of the squared gradient.
    package var beta2: Double
    /// What AdamW adds to the root of the squared gradient.
    package var epsilon: Double
    /// The longest gradient that passes unshortened; 0 switches clipping off.
    package var clip: Double
    /// The most tokens of one batch.
    package var tokensPerBatch: Int
    /// Batches whose gradients make one optimizer step.
    package var accumulation: Int
    /// The longest segment; longer documents are cut into several.
    package var sequenceLength: Int
    /// Steps between two measurements of the validation loss; 0 measures at the end only.
    package var validateEvery: Int
    /// Batches of one such measurement.
    package var validationBatches: Int
    /// Steps between two checkpoints to resume from.
    package var checkpointEvery: Int
    /// How many of them are kept.
    package var keepCheckpoints: Int
    /// The numbers that linear layers multiply.
    package var precision: LinearPrecision
    /// How weights are kept that stay as they are beside adapters.
    package var frozen = LinearPrecision.float32
    /// Whether the activations of a block are computed again for its gradients, in place of being kept.
    package var recompute = false
    /// What is read; nil when partitions read mixtures of their own.
    package var mixture: MixtureSettings?
    /// Partitions whose steps take turns, each with a mixture of its own.
    package var partitions: Named<PartitionSettings>?
    /// What keeps its bytes.
    package var freeze: ParameterSelection?
    /// Adapters that are trained in place of the weights.
    package var lora: LoRASettings?

    enum CodingKeys: String, DescribedKey {
        case checkpoint, from, seeds, oracle, steps
        case learningRate = "learning_rate"
        case schedule, warmup
        case finalRate = "final_rate"
        case decay
        case weightDecay = "weight_decay"
        case beta1, beta2, epsilon, clip
        case tokensPerBatch = "tokens_per_batch"
        case accumulation
        case sequenceLength = "sequence_length"
        case validateEvery = "validate_every"
        case validationBatches = "validation_batches"
        case checkpointEvery = "checkpoint_every"
        case keepCheckpoints = "keep_checkpoints"
        case precision, frozen, recompute, mixture, partitions, freeze, lora

        static let places = ["training", "stages.NAME"]

        /// What says something about one stage alone has no place in `training`.
        var excludedPlaces: Set<String> {
            switch self {
            case .checkpoint, .from, .seeds, .oracle, .mixture, .partitions, .freeze, .lora:
                ["training"]
            default: []
            }
        }

        private static let many = 10_000_000

        var entry: KeyEntry {
            switch self {
            case .checkpoint:
                .text("the folder of a model", .absent("the stage is trained")).meaning(
                    "The folder of a model that exists, in place of training one; shape and "
                        + "tokenizer of the recipe are then those of the base's folder."
                ).written(as: "Checkpoints/models/SmolLM2-135M-Instruct")
            case .from:
                .text(
                    "the name of an earlier stage",
                    .derived("`base`; the base itself begins with random weights")
                ).meaning("The stage whose weights this one begins with.").written(as: "base")
            case .seeds:
                .whole(1...1_000, .value(1)).meaning(
                    "How often it is trained, each time on other batches."
                )
            case .oracle:
                .boolean(.value(false)).meaning(
                    "Whether the stage may read what the experiment denies all others: an upper "
                        + "bound."
                )
            case .steps:
                .whole(0...Self.many, .required("how long it is trained")).meaning(
                    "Number of optimizer steps; 0 keeps the weights that the stage begins with."
                ).written(as: "300")
            case .learningRate:
                .number(.number(1e-12...10), .required("how far a step goes")).meaning(
                    "The highest learning rate."
                ).written(as: "3e-3")
            case .schedule:
                .choice(.value(ScheduleKind.cosine)).meaning("The course of the learning rate.")
            case .warmup:
                .number(.share, .value(0.05)).meaning(
                    "Share of the steps over which the rate rises from zero."
                )
            case .finalRate:
                .number(.share, .value(0.1)).meaning(
                    "The rate at the last step as a share of the highest."
                )
            case .decay:
                .number(.share, .value(0.2)).meaning(
                    "Share of the steps over which `warmup_stable_decay` comes down."
                )
            case .weightDecay:
                .number(.number(0...10), .value(0.1)).meaning("AdamW's decay of matrices.")
            case .beta1:
                .number(NumberRange("number", 0...1, excluding: .upper), .value(0.9)).meaning(
                    "AdamW's decay of the mean gradient."
                )
            case .beta2:
                .number(NumberRange("number", 0...1, excluding: .upper), .value(0.95)).meaning(
                    "AdamW's decay of the mean squared gradient."
                )
            case .epsilon:
                .number(.number(1e-20...1), .value(1e-8)).meaning(
                    "What AdamW adds to the root of the mean squared gradient."
                )
            case .clip:
                .number(.number(0...1e9), .value(1)).meaning(
                    "The largest norm of the gradient; longer ones are scaled down to it, and 0 "
                        + "switches clipping off."
                )
            case .tokensPerBatch:
                .whole(8...Self.many, .value(4_096)).meaning("The most tokens of one batch.")
            case .accumulation:
                .whole(1...100_000, .value(1)).meaning(
                    "Batches whose gradients are added up for one optimizer step."
                )
            case .sequenceLength:
                .whole(8...1_048_576, .value(128)).meaning(
                    "The longest segment; longer documents are cut into several."
                )
            case .validateEvery:
                .whole(0...Self.many, .value(100)).meaning(
                    "Steps between two measurements of the validation loss; 0 measures at the end "
                        + "only."
                )
            case .validationBatches:
                .whole(0...100_000, .value(4)).meaning("Batches of one such measurement.")
            case .checkpointEvery:
                .whole(1...Self.many, .value(200)).meaning(
                    "Steps between two checkpoints to resume from."
                )
            case .keepCheckpoints:
                .whole(1...1_000, .value(2)).meaning("How many of these checkpoints are kept.")
            case .precision:
                .choice(.value(LinearPrecision.float32)).meaning(
                    "The number format in which linear layers multiply."
                )
            case .frozen:
                .choice(.value(LinearPrecision.float32)).meaning(
                    "The number format in which a stage with `lora` keeps the weights; bf16 "
                        + "halves their memory."
                )
            case .recompute:
                .boolean(.value(false)).meaning(
                    "Whether the activations of a block are computed again for its gradients: the "
                        + "same weights in less memory and a third more time."
                )
            case .mixture:
                .section(.absent("required without `partitions`")).meaning(
                    "What the stage reads; `like` names an earlier stage whose mixture it begins "
                        + "with."
                ).written(as: "{english: {source: text, language: english}}")
            case .partitions:
                .section(.absent("none")).meaning(
                    "Partitions whose steps take turns, each with a mixture of its own."
                ).written(as: "{inner: {train: middle, mixture: {like: math}}}")
            case .freeze:
                .special(
                    "list of parts: \(ParameterSelection.forms)",
                    .absent("everything is trained")
                ).meaning("What is not trained and keeps its bytes.").written(
                    as: "[embeddings, layers 2-5]"
                )
            case .lora:
                .section(.absent("the weights themselves are trained")).meaning(
                    "Adapters that are trained in place of the weights."
                ).written(as: "{rank: 8}")
            }
        }
    }

    /// Reads a stage that trains models of a given shape; what it leaves out comes from `shared` (the
    /// recipe's `training`), then from the defaults of this project.
    ///
    /// - Throws: `RecipeError`.
    init(_ value: RecipeValue, shared: RecipeValue?, model: ModelSettings) throws {
        let own = try MappingReader(value, keys: CodingKeys.self)
        let common = try shared.map { try MappingReader($0, keys: CodingKeys.self) }
        if let common { try Self.checkShared(common) }
        let reader = own.sharing(common)
        guard reader.optional(.steps) != nil, reader.optional(.learningRate) != nil else {
            let missing = reader.optional(.steps) == nil ? "steps" : "learning_rate"
            throw value.error("the key \"\(missing)\" is missing, here and in \"training\"")
        }
        from = try own.valueIfPresent(.from)
        seeds = try own.value(.seeds)
        oracle = try own.value(.oracle)
        steps = try reader.value(.steps)
        learningRate = try reader.value(.learningRate)
        schedule = try reader.choice(.schedule)
        warmup = try reader.value(.warmup)
        finalRate = try reader.value(.finalRate)
        decay = try reader.value(.decay)
        if schedule == .warmupStableDecay, warmup + decay > 1 {
            throw (reader.optional(.decay) ?? value).error(
                "warm-up (\(warmup)) and decay (\(decay)) together are longer than the stage"
            )
        }
        weightDecay = try reader.value(.weightDecay)
        beta1 = try reader.value(.beta1)
        beta2 = try reader.value(.beta2)
        epsilon = try reader.value(.epsilon)
        clip = try reader.value(.clip)
        sequenceLength = try reader.value(.sequenceLength)
        tokensPerBatch = try reader.value(.tokensPerBatch)
        guard tokensPerBatch >= sequenceLength else {
            throw (reader.optional(.tokensPerBatch) ?? value).error(
                "a batch of \(tokensPerBatch) tokens cannot hold a sequence of \(sequenceLength)"
            )
        }
        accumulation = try reader.value(.accumulation)
        validateEvery = try reader.value(.validateEvery)
        validationBatches = try reader.value(.validationBatches)
        checkpointEvery = try reader.value(.checkpointEvery)
        keepCheckpoints = try reader.value(.keepCheckpoints)
        precision = try reader.choice(.precision)
        frozen = try reader.choice(.frozen)
        recompute = try reader.value(.recompute)
        if let value = own.optional(.partitions) {
            if let other = own.optional(.mixture) ?? own.optional(.freeze) {
                throw other.error(
                    "the key does not apply beside partitions, which say what is read and trained"
                )
            }
            partitions = try Named(value, "a mapping of names to partitions") { _, value in
                try PartitionSettings(value, model: model)
            }
        } else {
            mixture = try MixtureSettings(
                mixture: own.required(
                    .mixture,
                    "what the stage reads; or \"partitions\", with a mixture each"
                )
            )
        }
        freeze = try own.optional(.freeze).map {
            try ParameterSelection($0, layers: model.layers, tiedHead: model.tiedEmbeddings)
        }
        lora = try own.optional(.lora).map { try LoRASettings($0) }
        try check(own, model: model)
    }

    /// Writes all settings; those about other stages only where they say something.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let checkpoint {
            try container.encode(checkpoint, forKey: .checkpoint)
            if oracle { try container.encode(oracle, forKey: .oracle) }
            if sequenceLength > 0 { try container.encode(sequenceLength, forKey: .sequenceLength) }
            return
        }
        try container.encodeIfPresent(from, forKey: .from)
        if seeds > 1 { try container.encode(seeds, forKey: .seeds) }
        if oracle { try container.encode(oracle, forKey: .oracle) }
        try container.encode(steps, forKey: .steps)
        try container.encode(learningRate, forKey: .learningRate)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(warmup, forKey: .warmup)
        try container.encode(finalRate, forKey: .finalRate)
        try container.encode(decay, forKey: .decay)
        try container.encode(weightDecay, forKey: .weightDecay)
        try container.encode(beta1, forKey: .beta1)
        try container.encode(beta2, forKey: .beta2)
        try container.encode(epsilon, forKey: .epsilon)
        try container.encode(clip, forKey: .clip)
        try container.encode(tokensPerBatch, forKey: .tokensPerBatch)
        try container.encode(accumulation, forKey: .accumulation)
        try container.encode(sequenceLength, forKey: .sequenceLength)
        try container.encode(validateEvery, forKey: .validateEvery)
        try container.encode(validationBatches, forKey: .validationBatches)
        try container.encode(checkpointEvery, forKey: .checkpointEvery)
        try container.encode(keepCheckpoints, forKey: .keepCheckpoints)
        try container.encode(precision, forKey: .precision)
        if frozen != .float32 { try container.encode(frozen, forKey: .frozen) }
        if recompute { try container.encode(recompute, forKey: .recompute) }
        try container.encodeIfPresent(mixture, forKey: .mixture)
        try container.encodeIfPresent(partitions, forKey: .partitions)
        try container.encodeIfPresent(freeze, forKey: .freeze)
        try container.encodeIfPresent(lora, forKey: .lora)
    }
}
