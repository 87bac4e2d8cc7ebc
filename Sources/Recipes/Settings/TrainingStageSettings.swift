import Kernels
import Training
import Transformer

/// How the learning rate moves over the steps.
package enum ScheduleKind: String, Encodable, CaseIterable, Sendable {
    /// Warm-up, then half a cosine wave down.
    case cosine
    /// Warm-up, then a straight line down.
    case linear
    /// Warm-up, then no change.
    case constant
    /// Warm-up, no change, then a straight line down over the last steps.
    case warmupStableDecay = "warmup_stable_decay"
}

/// Settings of one training stage: the base, an expert, or any other that the recipe names.
package struct TrainingStageSettings: Encodable, Hashable, Sendable {
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
    /// What is read; nil when partitions read mixtures of their own.
    package var mixture: MixtureSettings?
    /// Partitions whose steps take turns, each with a mixture of its own.
    package var partitions: Named<PartitionSettings>?
    /// What keeps its bytes.
    package var freeze: ParameterSelection?
    /// Adapters that are trained in place of the weights.
    package var lora: LoRASettings?

    enum CodingKeys: String, RecipeKey {
        case from, seeds, oracle, steps
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
        case precision, mixture, partitions, freeze, lora
    }

    /// Reads a stage that trains models of a given shape; what it leaves out comes from `shared` (the
    /// recipe's `training`), then from the defaults of this project.
    init(_ value: RecipeValue, shared: RecipeValue?, model: ModelSettings) throws {
        let own = try MappingReader(value, keys: CodingKeys.self)
        let common = try shared.map { try MappingReader($0, keys: CodingKeys.self) }
        func setting(_ key: CodingKeys) -> RecipeValue? {
            own.optional(key) ?? common?.optional(key)
        }
        func integer(_ key: CodingKeys, _ standard: Int, _ range: ClosedRange<Int>) throws -> Int {
            try setting(key)?.integer(in: range) ?? standard
        }
        func share(_ key: CodingKeys, _ standard: Double) throws -> Double {
            try setting(key)?.number(in: 0...1, "a share from 0 to 1") ?? standard
        }
        let many = 10_000_000
        guard let steps = setting(.steps), let rate = setting(.learningRate) else {
            let missing = setting(.steps) == nil ? "steps" : "learning_rate"
            throw value.error("the key \"\(missing)\" is missing, here and in \"training\"")
        }
        from = try own.optional(.from)?.text("the name of an earlier stage")
        seeds = try own.integer(.seeds, default: 1, in: 1...1_000)
        oracle = try own.boolean(.oracle, default: false)
        self.steps = try steps.integer(in: 0...many)
        learningRate = try rate.number(in: 1e-12...10, "a number from 1e-12 to 10")
        schedule = try setting(.schedule)?.choice() ?? .cosine
        warmup = try share(.warmup, 0.05)
        finalRate = try share(.finalRate, 0.1)
        decay = try share(.decay, 0.2)
        if schedule == .warmupStableDecay, warmup + decay > 1 {
            throw (setting(.decay) ?? value).error(
                "warm-up (\(warmup)) and decay (\(decay)) together are longer than the stage"
            )
        }
        weightDecay = try setting(.weightDecay)?.number(in: 0...10, "a number from 0 to 10") ?? 0.1
        beta1 = try Self.beta(setting(.beta1), default: 0.9)
        beta2 = try Self.beta(setting(.beta2), default: 0.95)
        epsilon =
            try setting(.epsilon)?.number(in: 1e-20...1, "a number from 1e-20 to 1") ?? 1e-8
        clip = try setting(.clip)?.number(in: 0...1e9, "a number of zero or more") ?? 1
        sequenceLength = try integer(.sequenceLength, 128, 8...1_048_576)
        tokensPerBatch = try integer(.tokensPerBatch, 4_096, 8...many)
        guard tokensPerBatch >= sequenceLength else {
            throw (setting(.tokensPerBatch) ?? value).error(
                "a batch of \(tokensPerBatch) tokens cannot hold a sequence of \(sequenceLength)"
            )
        }
        accumulation = try integer(.accumulation, 1, 1...100_000)
        validateEvery = try integer(.validateEvery, 100, 0...many)
        validationBatches = try integer(.validationBatches, 4, 0...100_000)
        checkpointEvery = try integer(.checkpointEvery, 200, 1...many)
        keepCheckpoints = try integer(.keepCheckpoints, 2, 1...1_000)
        precision = try setting(.precision)?.choice() ?? .float32
        let ofOneStage: [CodingKeys] = [
            .from, .seeds, .oracle, .mixture, .partitions, .freeze, .lora,
        ]
        for key in ofOneStage {
            if let value = common?.optional(key) {
                throw value.error("the key is of one stage alone; write it below that stage")
            }
        }
        if let value = own.optional(.partitions) {
            if let other = own.optional(.mixture) ?? own.optional(.freeze) {
                throw other.error(
                    "the key has no use beside partitions, which say what is read and trained"
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
        try container.encodeIfPresent(mixture, forKey: .mixture)
        try container.encodeIfPresent(partitions, forKey: .partitions)
        try container.encodeIfPresent(freeze, forKey: .freeze)
        try container.encodeIfPresent(lora, forKey: .lora)
    }

    private static func beta(_ value: RecipeValue?, default standard: Double) throws -> Double {
        guard let value else { return standard }
        let beta = try value.number(in: 0...1, "a number from 0 up to but not 1")
        guard beta < 1 else { throw value.error("found 1, expected a number below 1") }
        return beta
    }
}
