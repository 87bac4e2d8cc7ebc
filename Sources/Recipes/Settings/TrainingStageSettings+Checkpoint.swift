import MergeMethods
import RecipeDocuments

extension TrainingStageSettings {
    /// What may stand beside `checkpoint`: nothing is trained.
    private static let besideCheckpoint: Set<CodingKeys> = [.checkpoint, .oracle, .sequenceLength]

    /// Whether the stage is a model that exists.
    package var isCheckpoint: Bool { checkpoint != nil }

    /// Reads a stage: a model that exists, or one that is trained, whose keys `shared` has too.
    ///
    /// - Throws: `RecipeError`.
    static func read(
        _ value: RecipeValue,
        shared: RecipeValue?,
        model: ModelSettings
    ) throws -> TrainingStageSettings {
        let own = try MappingReader(value, keys: CodingKeys.self)
        guard let folder: String = try own.valueIfPresent(.checkpoint) else {
            return try TrainingStageSettings(value, shared: shared, model: model)
        }
        let common = try shared.map { try MappingReader($0, keys: CodingKeys.self) }
        if let common { try checkShared(common) }
        return try TrainingStageSettings(checkpoint: folder, own, own.sharing(common))
    }

    /// Refuses keys of one stage among those that all share.
    static func checkShared(_ common: MappingReader<CodingKeys>) throws {
        for key in CodingKeys.allCases where key.excludedPlaces.contains("training") {
            if let value = common.optional(key) {
                throw value.error("the key is of one stage alone; write it below that stage")
            }
        }
    }

    /// Reads a stage that is a model which exists.
    ///
    /// - Parameters:
    ///   - checkpoint: Its folder.
    ///   - own: The keys of the stage.
    ///   - reader: The same, with what all stages share.
    /// - Throws: `RecipeError` for a key that says how the stage would be trained.
    init(
        checkpoint: String,
        _ own: MappingReader<CodingKeys>,
        _ reader: MappingReader<CodingKeys>
    ) throws {
        for key in CodingKeys.allCases where !Self.besideCheckpoint.contains(key) {
            guard let value = own.optional(key) else { continue }
            throw value.error(
                "the key does not apply beside checkpoint: the stage is a model that exists and is "
                    + "not trained"
            )
        }
        let isBase = own.value.path.last == ModelPart.base.name
        if !isBase, let value = own.optional(.sequenceLength) {
            throw value.error(
                "the key does not apply beside checkpoint: only that of base decides how text is "
                    + "cut where it is scored"
            )
        }
        self.checkpoint = checkpoint
        from = nil
        seeds = 1
        oracle = try own.value(.oracle)
        steps = 0
        learningRate = 0
        schedule = .constant
        warmup = 0
        finalRate = 0
        decay = 0
        weightDecay = 0
        beta1 = 0
        beta2 = 0
        epsilon = 0
        clip = 0
        // Of the base alone: the length of the pieces in which held-out text is scored.
        sequenceLength = isBase ? try reader.value(.sequenceLength) : 0
        tokensPerBatch = sequenceLength
        accumulation = 1
        validateEvery = 0
        validationBatches = 0
        checkpointEvery = 1
        keepCheckpoints = 1
        precision = .float32
        mixture = nil
        partitions = nil
        freeze = nil
        lora = nil
    }
}
