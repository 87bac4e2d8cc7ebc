import Checkpointing
import Datasets
import Foundation
import Foundations
import Transformer

extension Trainer {
    /// Settings that a run can have.
    static func check(_ settings: TrainingSettings) throws {
        let optimizer = settings.optimizer
        try require(settings.steps >= 0, "steps", settings.steps, "0 or more")
        try require(settings.accumulation >= 1, "accumulation", settings.accumulation, "1 or more")
        try require(settings.threadCount >= 1, "threads", settings.threadCount, "1 or more")
        try require(settings.tokensPerBatch >= 2, "tokens", settings.tokensPerBatch, "2 or more")
        try require(
            settings.maximumSequenceLength >= 2,
            "maximum sequence length",
            settings.maximumSequenceLength,
            "2 or more"
        )
        for (name, beta) in [("beta1", optimizer.beta1), ("beta2", optimizer.beta2)] {
            try require(beta >= 0 && beta < 1, name, beta, "a number from 0 and below 1")
        }
        try require(optimizer.epsilon > 0, "epsilon", optimizer.epsilon, "a number above 0")
        try require(optimizer.weightDecay >= 0, "weight decay", optimizer.weightDecay, "0 or more")
        if let clip = optimizer.gradientClip {
            try require(clip > 0, "gradient clip", clip, "a number above 0, or none")
        }
        try check(settings.schedule)
    }

    private static func check(_ schedule: LearningRateSchedule) throws {
        let (peak, floor) = (schedule.peak, schedule.floor)
        try require(peak >= 0 && peak.isFinite, "peak", peak, "a learning rate of 0 or more")
        try require((0...1).contains(floor), "floor", floor, "a share of the peak from 0 to 1")
        try require(schedule.warmupSteps >= 0, "warm-up steps", schedule.warmupSteps, "0 or more")
        if case .warmupStableDecay(let steps) = schedule.shape {
            try require(steps >= 0, "decay steps", steps, "0 or more")
        }
    }

    /// Sets whose loss has a mean.
    static func check(_ validation: [ValidationSet]) throws {
        for set in validation {
            let counts = set.batches.contains { batch in
                batch.targets.contains { $0 != PackedBatch.ignoredTarget }
            }
            try require(
                counts,
                "validation",
                "a set '\(set.name)' without a token that its loss counts",
                "one target or more in each set that is not ignored"
            )
        }
    }

    private static func require(
        _ holds: Bool,
        _ name: String,
        _ found: Any,
        _ expected: String
    ) throws {
        guard !holds else { return }
        throw TrainingError.setting(name: name, found: "\(found)", expected: expected)
    }

    /// Numbers that follow from the settings.
    func facts() throws -> TrainingFacts {
        let tokens = settings.tokensPerBatch * settings.accumulation
        return TrainingFacts(
            parameterCount: model.parameterCount,
            trainedCount: optimizer.count,
            tokensPerStep: tokens,
            steps: settings.steps,
            operationsPerStep: 6 * Double(model.parameterCount) * Double(tokens),
            memoryBytes: model.byteCount + 2 * 4 * optimizer.ownCount + engine.byteCount
                + (adapters?.byteCount ?? 0),
            threadCount: settings.threadCount,
            kernel: try settings.precision.load()
        )
    }

    /// Does everything once that happens later on: gradients, validation, saving and loading.
    ///
    /// Weights, moments and state are as before.
    ///
    /// - Parameter batches: Two batches of the run, or one of each partition.
    /// - Throws: What would have ended the run later.
    func rehearse(batches: [PackedBatch]) throws {
        let start = ContinuousClock.now
        engine.clearGradients()
        try attempt {
            for batch in batches {
                let loss = engine.accumulateGradients(ModelInput(batch))
                guard loss.total.isFinite else {
                    throw notFinite(0, "loss of a rehearsal", loss.mean)
                }
            }
            for set in validation { _ = lossSum(set.batches.prefix(2)) }
        }
        try agree()
        if let checkpoints {
            let folder = checkpoints.folder.appending(path: "rehearsal")
            let rehearsal = TrainingCheckpoints(folder: folder)
            let item = isWriter ? UnfinishedItem(at: folder) : nil
            defer { item?.remove() }
            let url = try save(in: rehearsal)
            try attempt { _ = try rehearsal.load(url, into: objects, expecting: state) }
            try agree()
        }
        try notify(.rehearsed(seconds: start.duration(to: .now).inSeconds))
    }

    /// The losses of all validation sets.
    func validate() throws {
        var total = LossSum()
        var bySet: [String: Double] = [:]
        for set in validation {
            let sum = try sumOfRanks(lossSum(set.batches[...]))
            bySet[set.name] = sum.mean
            total += sum
        }
        guard total.count > 0 else { return }
        guard total.total.isFinite else {
            throw notFinite(state.step, "loss on the validation sets", total.mean)
        }
        let isBest = state.best.map { total.mean < $0.loss } ?? true
        if isBest { state.best = BestValidation(step: state.step, loss: total.mean) }
        try notify(
            .validated(
                ValidationRecord(
                    step: state.step,
                    loss: total.mean,
                    lossBySet: bySet,
                    isBest: isBest
                )
            )
        )
    }

    /// Stops a run whose weights are not finite before they are kept.
    ///
    /// The loss of a step is that of the weights before its update: what the last update has broken
    /// shows only here.
    func checkWeights() throws {
        let isFinite =
            adapters?.form == .beside
            ? adapters?.parameters.isFinite ?? true : model.parameters.isFinite
        guard isFinite else {
            throw notFinite(state.step, "norm of the weights", .nan)
        }
    }

    /// The error for a number of a step that is not finite.
    func notFinite(_ step: Int, _ what: String, _ value: Double) -> TrainingError {
        .notFinite(
            step: step,
            what: what,
            value: value,
            tensor: model.firstNotFiniteTensor,
            checkpoint: (try? checkpoints?.newest())?.path(percentEncoded: false)
        )
    }

    private func lossSum(_ batches: ArraySlice<PackedBatch>) -> LossSum {
        batches.reduce(into: LossSum()) { $0 += engine.loss(ModelInput($1)) }
    }
}
