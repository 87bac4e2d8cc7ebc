import Foundation
import Kernels

/// The settings of AdamW, besides the learning rate.
public struct OptimizerSettings: Codable, Hashable, Sendable {
    /// β₁, decay of the first moment.
    public var beta1 = 0.9
    /// β₂, decay of the second moment.
    public var beta2 = 0.95
    /// ε, added outside the root.
    public var epsilon = 1e-8
    /// λ, decoupled decay of matrices; norm gains do not decay.
    public var weightDecay = 0.1
    /// The largest norm of the gradient of the mean loss; larger ones are scaled down to it.
    ///
    /// Nil leaves every gradient as it is.
    public var gradientClip: Double? = 1

    /// The defaults of this project.
    public init() {}
}

/// Everything that decides the bytes of a trained model, besides the data and the first weights.
package struct TrainingSettings: Codable, Hashable, Sendable {
    /// Number of optimizer steps.
    package var steps: Int
    /// The learning rate over the steps.
    package var schedule: LearningRateSchedule
    /// The optimizer.
    package var optimizer = OptimizerSettings()
    /// Batches whose gradients are added up for one step.
    package var accumulation = 1
    /// The most tokens of one batch.
    package var tokensPerBatch: Int
    /// The longest sequence.
    package var maximumSequenceLength: Int
    /// Threads; part of the settings, because it decides the order of sums.
    package var threadCount: Int
    /// The numbers that linear layers multiply; all else is in single precision.
    package var precision = LinearPrecision.float32
    /// How weights are kept that have adapters beside them; nil for single precision.
    package var frozen: LinearPrecision?
    /// What is not updated at every step; nil when everything is.
    package var restriction: TrainingRestriction?

    /// Describes a run.
    package init(
        steps: Int,
        schedule: LearningRateSchedule,
        tokensPerBatch: Int,
        maximumSequenceLength: Int,
        threadCount: Int
    ) {
        self.steps = steps
        self.schedule = schedule
        self.tokensPerBatch = tokensPerBatch
        self.maximumSequenceLength = maximumSequenceLength
        self.threadCount = threadCount
    }
}

/// When a run looks at itself and saves itself; without influence on the trained weights.
package struct TrainingCadence: Codable, Hashable, Sendable {
    /// Steps between validations; 0 validates only at the end.
    package var validationInterval = 0
    /// Steps between checkpoints; 0 saves only when stopped.
    package var checkpointInterval = 0
    /// How many of the newest checkpoints are kept, besides the best.
    package var keptCheckpoints = 2

    /// No validation and no checkpoints but at the end and when stopped.
    package init() {}
}
