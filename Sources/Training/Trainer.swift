import Checkpointing
import Datasets
import Foundation
import Kernels
import Transformer

/// A set of batches whose loss is watched during training.
package struct ValidationSet: Sendable {
    /// What the set is called in logs.
    package var name: String
    /// The same batches every time.
    package var batches: [PackedBatch]

    /// Describes a set.
    package init(name: String, batches: [PackedBatch]) {
        self.name = name
        self.batches = batches
    }
}

/// One trainer for every stage: base, experts and anything else that starts from a model.
///
/// Step is the only clock: the batch, the learning rate and all chance are functions of seed and
/// step, so that a run that was stopped and resumed gives the same bytes as one that was not.
package final class Trainer {
    /// The model, trained in place.
    package let model: TransformerModel

    let settings: TrainingSettings
    let cadence: TrainingCadence
    let validation: [ValidationSet]
    let engine: GradientEngine
    let optimizer: Optimizer
    let checkpoints: TrainingCheckpoints
    var state: TrainingState
    var observer: (TrainingEvent) throws -> Void = { _ in }

    private let source: any BatchProviding
    private let queue: BatchQueue

    /// Takes all memory that the run needs.
    ///
    /// - Parameters:
    ///   - model: The first weights.
    ///   - settings: What decides the trained weights.
    ///   - cadence: When to validate and save.
    ///   - batches: Makes the batch of a number; step s reads numbers s · accumulation and on.
    ///   - validation: Sets whose loss is watched.
    ///   - identity: A text that names data and first weights: a checkpoint with another one is
    ///     refused on resumption.
    ///   - checkpointFolder: Where checkpoints go.
    /// - Throws: `TrainingError.setting` for settings that no run can have, `OneDNN.Unavailable`
    ///   for bfloat16 where it cannot be had.
    package init(
        model: TransformerModel,
        settings: TrainingSettings,
        cadence: TrainingCadence,
        batches: any BatchProviding,
        validation: [ValidationSet],
        identity: String,
        checkpointFolder: URL
    ) throws {
        try Self.check(settings)
        self.model = model
        self.settings = settings
        self.cadence = cadence
        self.validation = validation
        source = batches
        let pool = WorkerPool(threadCount: settings.threadCount)
        engine = try GradientEngine(
            model: model,
            pool: pool,
            maximumTokens: settings.tokensPerBatch,
            maximumSegmentLength: settings.maximumSequenceLength,
            precision: settings.precision
        )
        optimizer = Optimizer(model: model, settings: settings.optimizer, pool: pool)
        queue = BatchQueue(
            source: batches,
            pool: pool,
            end: settings.steps * settings.accumulation
        )
        checkpoints = TrainingCheckpoints(folder: checkpointFolder)
        state = TrainingState(settings: settings, identity: identity)
    }

    /// Trains to the last step, or until asked to stop.
    ///
    /// Goes on from the newest checkpoint of the run's folder when there is one. Before the first
    /// step, evaluation and saving are rehearsed on two batches, so that they do not fail hours
    /// later. A stop is taken at the border of a step, after a checkpoint.
    ///
    /// - Parameters:
    ///   - observer: Gets every event; what it throws ends the run.
    ///   - shouldStop: Asked after every step.
    /// - Returns: How far the run got, and its best validation.
    /// - Throws: `TrainingError`, errors of the data and of writing.
    package func run(
        observer: @escaping (TrainingEvent) throws -> Void,
        shouldStop: () -> Bool = { false }
    ) throws -> TrainingSummary {
        self.observer = observer
        try observer(.prepared(facts()))
        if let newest = try checkpoints.newest() {
            state = try checkpoints.load(newest, into: model, optimizer, expecting: state)
            try observer(.resumed(step: state.step, from: newest))
        } else if settings.steps > 0 {
            try rehearse(batches: try (0..<2).map { try source.batch(step: $0) })
        }
        var pace = Pace(secondsBefore: state.seconds, stepsBefore: state.step)
        while state.step < settings.steps {
            try step(&pace)
            if shouldStop(), state.step < settings.steps {
                try save()
                return summary(isComplete: false)
            }
        }
        return summary(isComplete: true)
    }

    private func step(_ pace: inout Pace) throws {
        let start = ContinuousClock.now
        let number = state.step + 1
        var loss = LossSum()
        var tokens = 0
        engine.clearGradients()
        for part in 0..<settings.accumulation {
            let batch = try queue.batch(state.step * settings.accumulation + part)
            tokens += batch.tokens.count
            loss += engine.accumulateGradients(ModelInput(batch))
        }
        engine.reduceGradients()
        let norm = optimizer.norm(of: engine.gradients)
        let rate = settings.schedule.rate(at: number)
        if loss.count > 0 {
            try update(loss: loss, norm: norm, rate: rate, number: number)
        }
        state.step = number
        state.tokens += tokens
        let seconds = start.duration(to: .now).seconds
        state.seconds += seconds
        try observer(
            .step(
                StepRecord(
                    step: number,
                    steps: settings.steps,
                    loss: loss.count > 0 ? loss.mean : nil,
                    averageLoss: state.averageLoss,
                    gradientNorm: loss.count > 0 ? norm / Double(loss.count) : 0,
                    learningRate: rate,
                    tokens: tokens,
                    countedTokens: loss.count,
                    seconds: seconds,
                    residentBytes: ProcessMemory.residentBytes,
                    remainingSeconds: pace.remaining(after: number, of: settings.steps)
                )
            )
        )
        try look(after: number)
    }

    private func update(loss: LossSum, norm: Double, rate: Double, number: Int) throws {
        guard loss.total.isFinite else {
            throw TrainingError.notFinite(step: number, what: "loss", value: loss.mean)
        }
        guard norm.isFinite else {
            throw TrainingError.notFinite(step: number, what: "gradient norm", value: norm)
        }
        state.updates += 1
        optimizer.update(
            parameters: model.parameters,
            gradients: engine.gradients,
            norm: norm,
            countedTokens: loss.count,
            learningRate: rate,
            step: state.updates
        )
        let weight = 1 / Double(min(state.updates, 50))
        state.averageLoss = (state.averageLoss ?? 0) * (1 - weight) + loss.mean * weight
    }

    /// Validates and saves when it is time for it.
    private func look(after step: Int) throws {
        let isLast = step == settings.steps
        let every = cadence.validationInterval
        if !validation.isEmpty, isLast || (every > 0 && step % every == 0) { try validate() }
        let interval = cadence.checkpointInterval
        if interval > 0, step % interval == 0, !isLast { try save() }
    }

    private func save() throws {
        let url = try checkpoints.save(model, optimizer, state)
        try checkpoints.prune(keeping: cadence.keptCheckpoints, best: state.best?.step)
        try observer(.saved(step: state.step, folder: url))
    }

    private func summary(isComplete: Bool) -> TrainingSummary {
        TrainingSummary(
            step: state.step,
            isComplete: isComplete,
            averageLoss: state.averageLoss,
            best: state.best,
            seconds: state.seconds,
            tokens: state.tokens
        )
    }
}

/// How long a run still takes, from the wall clock since it began or was resumed.
private struct Pace {
    let start = ContinuousClock.now
    let secondsBefore: Double
    let stepsBefore: Int

    mutating func remaining(after step: Int, of steps: Int) -> Double {
        let done = Double(step - stepsBefore)
        guard done > 0 else { return 0 }
        return start.duration(to: .now).seconds / done * Double(steps - step)
    }
}

extension ModelInput {
    /// The batch as the model wants it; the mask travels inside the targets.
    package init(_ batch: PackedBatch) {
        self.init(
            tokens: batch.tokens,
            segmentOffsets: batch.segmentOffsets,
            targets: batch.targets
        )
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
