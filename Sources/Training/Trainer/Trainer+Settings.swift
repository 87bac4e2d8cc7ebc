import Datasets
import Kernels
import Transformer

extension Trainer {
    /// Refuses what no run can have.
    ///
    /// - Throws: `TrainingError.setting`, and an error for a model that nothing can compute.
    static func check(
        _ settings: TrainingSettings,
        _ validation: [ValidationSet],
        _ mask: SharedBuffer?,
        of model: TransformerModel
    ) throws {
        try model.configuration.check()
        try check(settings)
        try check(validation)
        let hasAdapters = settings.restriction?.lora != nil
        if let mask {
            precondition(mask.view.count == model.parameterCount, "a mask for every parameter")
            precondition(!hasAdapters, "adapters have no mask")
            let decay = settings.optimizer.weightDecay
            try require(
                decay == 0,
                "weight_decay",
                decay,
                "0, because single parameters are kept from training"
            )
        }
        try require(
            model.precision == .float32 || hasAdapters,
            "frozen",
            model.precision.rawValue,
            "fp32, because only weights with adapters beside them stay as they are"
        )
    }

    /// Settings that a run can have.
    private static func check(_ settings: TrainingSettings) throws {
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
    private static func check(_ validation: [ValidationSet]) throws {
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
}
