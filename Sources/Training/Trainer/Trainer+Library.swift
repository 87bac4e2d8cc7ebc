import Checkpointing
import Datasets
import Foundation
import Kernels
import Transformer

extension Trainer {
    /// Trains a model in place on batches of token sequences; `run` does the steps.
    ///
    /// Step s reads batch s; after the last batch the first one comes again. The same model,
    /// batches and number of threads give the same weights, bit by bit.
    ///
    /// - Parameters:
    ///   - model: The model, whose weights are changed. It must not be used elsewhere meanwhile.
    ///   - batches: One or more, each read in one step (`ModelInput`). Positions whose target is
    ///     `ModelInput.ignoredTarget` take no part in the loss.
    ///   - schedule: The learning rate, and how many steps there are.
    ///   - optimizer: The numbers of AdamW.
    ///   - validation: Batches whose loss is reported and that are not trained on.
    ///   - validationInterval: Steps between validations; 0 validates at the end alone.
    ///   - checkpointFolder: Where checkpoints go, from the newest of which a run with the same
    ///     settings, model and batches resumes; nil saves nothing.
    ///   - checkpointInterval: Steps between checkpoints; 0 saves only when a run is stopped.
    ///   - threadCount: How many threads compute; as many as there are cores that
    ///     this process may use when nil.
    /// - Throws: An error that names the setting, or the batch, that cannot be used.
    public convenience init(
        model: TransformerModel,
        batches: [ModelInput],
        schedule: LearningRateSchedule,
        optimizer: OptimizerSettings = OptimizerSettings(),
        validation: [ModelInput] = [],
        validationInterval: Int = 0,
        checkpointFolder: URL? = nil,
        checkpointInterval: Int = 0,
        threadCount: Int? = nil
    ) throws {
        guard !batches.isEmpty else {
            throw TrainingError.setting(name: "batches", found: "empty", expected: "one or more")
        }
        for (name, inputs) in [("batches", batches), ("validation", validation)] {
            for (number, input) in inputs.enumerated() {
                try Self.check(input, name: "\(name)[\(number)]", of: model.configuration)
            }
        }
        let inputs = batches + validation
        var settings = TrainingSettings(
            steps: schedule.totalSteps,
            schedule: schedule,
            tokensPerBatch: inputs.map(\.tokens.count).max() ?? 0,
            maximumSequenceLength: inputs.map(\.longestSegment).max() ?? 0,
            threadCount: threadCount ?? Processor.current.coreCount
        )
        settings.optimizer = optimizer
        var cadence = TrainingCadence()
        cadence.validationInterval = validationInterval
        cadence.checkpointInterval = checkpointInterval
        let sets = [ValidationSet(name: "validation", batches: validation.map { PackedBatch($0) })]
        try self.init(
            model: model,
            settings: settings,
            cadence: cadence,
            batches: [RepeatedBatches(batches: batches.map { PackedBatch($0) })],
            validation: validation.isEmpty ? [] : sets,
            identity: checkpointFolder == nil ? "" : Self.identity(of: batches, model),
            checkpointFolder: checkpointFolder
        )
    }

    private static func check(
        _ input: ModelInput,
        name: String,
        of configuration: ModelConfiguration
    ) throws {
        func require(_ holds: Bool, _ found: String, _ expected: String) throws {
            guard holds else {
                throw TrainingError.setting(name: name, found: found, expected: expected)
            }
        }
        let (tokens, targets) = (input.tokens, input.targets)
        try require(tokens.count > 1, "\(tokens.count) tokens long", "2 tokens or more")
        try require(
            targets.count == tokens.count,
            "a batch of \(tokens.count) tokens and \(targets.count) targets",
            "a target for each token"
        )
        try require(
            input.longestSegment <= configuration.maximumPositions,
            "a batch with a sequence of \(input.longestSegment) tokens",
            "at most the model's \(configuration.maximumPositions) positions"
        )
        try TransformerModel.check(
            tokens + targets.filter { $0 != ModelInput.ignoredTarget },
            vocabularySize: configuration.vocabularySize
        )
    }

    /// A text that changes whenever a batch or a weight does.
    private static func identity(of batches: [ModelInput], _ model: TransformerModel) -> String {
        var data = Data()
        for batch in batches {
            batch.tokens.withUnsafeBytes { data.append(contentsOf: $0) }
            batch.targets.withUnsafeBytes { data.append(contentsOf: $0) }
            batch.segmentOffsets.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        let weights = model.parameters.withUnsafeBytes { ContentHash.of(Data($0)) }
        return "batches \(ContentHash.of(data)), weights \(weights)"
    }
}

/// Batches in their order, again and again.
private struct RepeatedBatches: BatchProviding {
    let batches: [PackedBatch]

    func batch(step: Int) -> PackedBatch { batches[step % batches.count] }
}

extension PackedBatch {
    /// The batch that a model input was made of.
    fileprivate init(_ input: ModelInput) {
        self.init(
            tokens: input.tokens,
            segmentOffsets: input.segmentOffsets,
            targets: input.targets
        )
    }
}

extension ModelInput {
    /// The tokens of the longest sequence.
    fileprivate var longestSegment: Int {
        zip(segmentOffsets, segmentOffsets.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
}
