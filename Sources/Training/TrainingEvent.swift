import Foundation

/// What a trainer reports while it works.
public enum TrainingEvent: Sendable {
    /// Before the first step: numbers that follow from the settings.
    case prepared(TrainingFacts)
    /// The rehearsal of evaluation and saving has passed.
    case rehearsed(seconds: Double)
    /// A run goes on from a checkpoint.
    case resumed(step: Int, from: URL)
    /// A step is done.
    case step(StepRecord)
    /// A validation is done.
    case validated(ValidationRecord)
    /// A checkpoint is complete on disk.
    case saved(step: Int, folder: URL)
}

/// Numbers that follow from the settings of a run.
public struct TrainingFacts: Codable, Sendable {
    /// Parameters of the model, tied ones once.
    public var parameterCount: Int
    /// Parameters that steps update: of the model, or of its adapters.
    public var trainedCount: Int
    /// The most tokens that one optimizer step reads.
    public var tokensPerStep: Int
    /// Steps of the whole run.
    public var steps: Int
    /// Floating-point operations of one step that updates all parameters: 6 · parameters · tokens
    /// (Kaplan et al., 2020).
    public var operationsPerStep: Double
    /// Bytes of parameters, gradients, moments, activations and adapters.
    public var memoryBytes: Int
    /// Threads.
    public var threadCount: Int
    /// What multiplies matrices, such as `OpenBLAS kernel Haswell`.
    public var kernel: String
}

/// One optimizer step.
public struct StepRecord: Codable, Sendable {
    /// The step, from 1.
    public var step: Int
    /// Steps of the whole run.
    public var steps: Int
    /// The partition whose turn it was, when partitions take turns.
    public var partition: String?
    /// Mean loss of the step's counted tokens, in nats; nil when none was counted.
    public var loss: Double?
    /// Exponential average of the loss over about 50 steps.
    public var averageLoss: Double?
    /// Norm of the gradient of the mean loss by what is updated, before clipping.
    public var gradientNorm: Double
    /// Learning rate of the step.
    public var learningRate: Double
    /// Tokens read.
    public var tokens: Int
    /// Tokens that the loss counted.
    public var countedTokens: Int
    /// Seconds of the step, the making of its batch included.
    public var seconds: Double
    /// Seconds that this rank has waited for the gradients of the others; nil without others.
    public var waitSeconds: Double?
    /// Bytes of memory that the process holds.
    public var residentBytes: Int
    /// Seconds to the end of the run at the pace so far, checkpoints and validation included.
    public var remainingSeconds: Double

    /// Tokens read a second.
    public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

/// Losses on the validation sets after a step.
public struct ValidationRecord: Codable, Sendable {
    /// How many steps were done.
    public var step: Int
    /// Mean loss of all sets together, in nats a token.
    public var loss: Double
    /// Mean loss of each set by its name.
    public var lossBySet: [String: Double]
    /// Whether it is the lowest so far.
    public var isBest: Bool

    /// Describes a validation.
    package init(step: Int, loss: Double, lossBySet: [String: Double], isBest: Bool) {
        self.step = step
        self.loss = loss
        self.lossBySet = lossBySet
        self.isBest = isBest
    }
}
