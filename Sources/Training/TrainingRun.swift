import Datasets
import Foundation
import Transformer

/// Trains a model on a sequence of batches, from other Swift programs.
///
/// ```swift
/// let run = try TrainingRun(of: model, TrainingRun.Settings(steps: 20), checkpoints: folder) {
///     step in documents.map { TrainingRun.Sequence(tokens: $0) }
/// }
/// try run.start { event in if case .step(let record) = event { print(record.loss ?? 0) } }
/// ```
///
/// Step is the only clock: a run that was stopped resumes from its newest checkpoint and gives the
/// same bytes as one that was not.
public final class TrainingRun {
    /// A document as tokens.
    public struct Sequence: Hashable, Sendable {
        /// Every token from the beginning to the end of the document; two or more.
        public var tokens: [Int32]
        /// The place in `tokens` of the first token that takes part in the loss; tokens before it,
        /// such as a question, are only read.
        public var firstPredicted: Int

        /// A document whose tokens from `firstPredicted` on are learnt.
        public init(tokens: [Int32], firstPredicted: Int = 1) {
            self.tokens = tokens
            self.firstPredicted = firstPredicted
        }
    }

    /// What decides the trained weights, besides the data and the first weights.
    public struct Settings: Hashable, Sendable {
        /// Optimizer steps.
        public var steps: Int
        /// The highest learning rate of AdamW.
        public var learningRate: Double
        /// Steps over which the learning rate rises to its highest value.
        public var warmupSteps: Int
        /// Decoupled weight decay of matrices.
        public var weightDecay: Double
        /// The most tokens of one batch.
        public var tokensPerBatch: Int
        /// The longest sequence.
        public var sequenceLength: Int
        /// Batches whose gradients are summed for one step.
        public var accumulation: Int
        /// Steps between checkpoints; 0 saves only when stopped.
        public var checkpointInterval: Int
        /// Threads; they decide the order of sums, and so the last bits.
        public var threadCount: Int

        /// Settings for a number of steps; the learning rate falls on a cosine to a tenth.
        public init(
            steps: Int,
            learningRate: Double = 1e-3,
            warmupSteps: Int = 0,
            weightDecay: Double = 0.1,
            tokensPerBatch: Int = 2048,
            sequenceLength: Int = 512,
            accumulation: Int = 1,
            checkpointInterval: Int = 0,
            threadCount: Int = ProcessInfo.processInfo.activeProcessorCount
        ) {
            self.steps = steps
            self.learningRate = learningRate
            self.warmupSteps = warmupSteps
            self.weightDecay = weightDecay
            self.tokensPerBatch = tokensPerBatch
            self.sequenceLength = sequenceLength
            self.accumulation = accumulation
            self.checkpointInterval = checkpointInterval
            self.threadCount = threadCount
        }
    }

    private let trainer: Trainer

    /// Takes all memory that the run needs.
    ///
    /// - Parameters:
    ///   - model: The first weights; trained in place.
    ///   - settings: What decides the trained weights.
    ///   - checkpoints: The folder of checkpoints, from which a run resumes.
    ///   - name: Names the data; a checkpoint of other data is refused.
    ///   - batch: Makes the batch of a step from the step alone, counted from 0. It may be called on
    ///     another thread, and again after a resumption.
    /// - Throws: An error for settings that no run can have.
    public init(
        of model: TransformerModel,
        _ settings: Settings,
        checkpoints: URL,
        name: String = "training",
        batch: @escaping @Sendable (_ step: Int) throws -> [Sequence]
    ) throws {
        var full = TrainingSettings(
            steps: settings.steps,
            schedule: LearningRateSchedule(
                shape: .cosine,
                peak: settings.learningRate,
                warmupSteps: settings.warmupSteps,
                totalSteps: settings.steps
            ),
            tokensPerBatch: settings.tokensPerBatch,
            maximumSequenceLength: settings.sequenceLength,
            threadCount: settings.threadCount
        )
        full.accumulation = settings.accumulation
        full.optimizer.weightDecay = settings.weightDecay
        var cadence = TrainingCadence()
        cadence.checkpointInterval = settings.checkpointInterval
        trainer = try Trainer(
            model: model,
            settings: full,
            cadence: cadence,
            batches: SequenceBatches(
                tokensPerBatch: settings.tokensPerBatch,
                sequenceLength: settings.sequenceLength,
                sequences: batch
            ),
            validation: [],
            identity: name,
            checkpointFolder: checkpoints
        )
    }

    /// Trains to the last step, or until asked to stop.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked after every step; a stopped run saves a checkpoint first.
    ///   - onEvent: Gets every event; what it throws ends the run.
    /// - Returns: How far the run got.
    /// - Throws: An error when a loss is not finite, and errors of the data and of writing.
    @discardableResult
    public func start(
        shouldStop: () -> Bool = { false },
        onEvent: @escaping (TrainingEvent) throws -> Void = { _ in }
    ) throws -> TrainingSummary {
        try trainer.run(observer: onEvent, shouldStop: shouldStop)
    }
}

/// Packs the sequences of a step into its batch, and refuses those that do not fit.
private struct SequenceBatches: BatchProviding {
    let tokensPerBatch: Int
    let sequenceLength: Int
    let sequences: @Sendable (Int) throws -> [TrainingRun.Sequence]

    func batch(step: Int) throws -> PackedBatch {
        var batch = PackedBatch.empty(capacity: tokensPerBatch)
        for sequence in try sequences(step) {
            let positions = sequence.tokens.count - 1
            guard positions >= 1, positions <= sequenceLength else {
                throw TrainingError.setting(
                    name: "batch \(step)",
                    found: "a sequence of \(sequence.tokens.count) tokens",
                    expected: "2 to \(sequenceLength + 1)"
                )
            }
            batch.append(
                TokenSequence(tokens: sequence.tokens, firstPredicted: sequence.firstPredicted)
            )
        }
        guard batch.tokens.count <= tokensPerBatch else {
            throw TrainingError.setting(
                name: "batch \(step)",
                found: "\(batch.tokens.count) tokens",
                expected: "\(tokensPerBatch) at most (tokensPerBatch)"
            )
        }
        return batch
    }
}
