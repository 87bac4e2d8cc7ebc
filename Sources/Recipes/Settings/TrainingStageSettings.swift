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
    /// Whether the activations of a block are computed again for its gradients, in place of being
    /// kept.
    package var recompute = false
    /// Whether all ranks of a launcher train the model together.
    package var dataParallel = false
    /// What is read; nil when partitions read mixtures of their own.
    package var mixture: MixtureSettings?
    /// Partitions whose steps take turns, each with a mixture of its own.
    package var partitions: Named<PartitionSettings>?
    /// What keeps its bytes.
    package var freeze: ParameterSelection?
    /// Adapters that are trained in place of the weights.
    package var lora: LoRASettings?

    /// Reads a stage that trains models of a given shape; what it leaves out comes from `shared`
    /// (the recipe's `training`), then from the defaults of this project.
    ///
    /// - Throws: `RecipeError`.
    init(_ value: RecipeValue, shared: RecipeValue?, model: ModelSettings) throws {
        let (own, reader) = try Self.readers(value, shared: shared)
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
        dataParallel = try reader.value(.dataParallel)
        partitions = try Self.partitions(own, model: model)
        if partitions == nil {
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
        if lora == nil, frozen != .float32, let value = own.optional(.frozen) {
            throw value.error(
                "the key applies to a stage with \"lora\" alone: here every weight is trained, in fp32"
            )
        }
        try check(own, model: model)
    }

    /// The readers of a stage's own keys, and of those that it may share with the others.
    private static func readers(
        _ value: RecipeValue,
        shared: RecipeValue?
    ) throws -> (own: MappingReader<CodingKeys>, all: MappingReader<CodingKeys>) {
        let own = try MappingReader(value, keys: CodingKeys.self)
        let common = try shared.map { try MappingReader($0, keys: CodingKeys.self) }
        if let common { try checkShared(common) }
        let all = own.sharing(common)
        guard all.optional(.steps) != nil, all.optional(.learningRate) != nil else {
            let missing = all.optional(.steps) == nil ? "steps" : "learning_rate"
            throw value.error("the key \"\(missing)\" is missing, here and in \"training\"")
        }
        return (own, all)
    }

    /// Partitions with what each reads and trains; nil where the stage reads one mixture.
    private static func partitions(
        _ own: MappingReader<CodingKeys>,
        model: ModelSettings
    ) throws -> Named<PartitionSettings>? {
        guard let value = own.optional(.partitions) else { return nil }
        if let other = own.optional(.mixture) ?? own.optional(.freeze) {
            throw other.error(
                "the key does not apply beside partitions, which say what is read and trained"
            )
        }
        return try Named(value, "a mapping of names to partitions") { _, value in
            try PartitionSettings(value, model: model)
        }
    }
}
