import Foundation

/// What a trainer reports while it works.
package enum TrainingEvent: Sendable {
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
package struct TrainingFacts: Codable, Sendable {
    /// Parameters of the model, tied ones once.
    package var parameterCount: Int
    /// Parameters that steps update: of the model, or of its adapters.
    package var trainedCount: Int
    /// The most tokens that one optimizer step reads.
    package var tokensPerStep: Int
    /// Steps of the whole run.
    package var steps: Int
    /// Floating-point operations of one step that updates all parameters: 6 · parameters · tokens
    /// (Kaplan et al., 2020).
    package var operationsPerStep: Double
    /// Bytes of parameters, gradients, moments, activations and adapters.
    package var memoryBytes: Int
    /// Threads.
    package var threadCount: Int
    /// What multiplies matrices, such as `OpenBLAS kernel Haswell`.
    package var kernel: String
}

/// One optimizer step.
package struct StepRecord: Codable, Sendable {
    /// The step, from 1.
    package var step: Int
    /// Steps of the whole run.
    package var steps: Int
    /// The partition whose turn it was, when partitions take turns.
    package var partition: String?
    /// Mean loss of the step's counted tokens, in nats; nil when none was counted.
    package var loss: Double?
    /// Exponential average of the loss over about 50 steps.
    package var averageLoss: Double?
    /// Norm of the gradient of the mean loss by what is updated, before clipping.
    package var gradientNorm: Double
    /// Learning rate of the step.
    package var learningRate: Double
    /// Tokens read.
    package var tokens: Int
    /// Tokens that the loss counted.
    package var countedTokens: Int
    /// Seconds of the step, the making of its batch included.
    package var seconds: Double
    /// Bytes of memory that the process holds.
    package var residentBytes: Int
    /// Seconds to the end of the run at the pace so far, checkpoints and validation included.
    package var remainingSeconds: Double

    /// Tokens read a second.
    package var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}

/// Losses on the validation sets after a step.
package struct ValidationRecord: Codable, Sendable {
    /// How many steps were done.
    package var step: Int
    /// Mean loss of all sets together, in nats a token.
    package var loss: Double
    /// Mean loss of each set by its name.
    package var lossBySet: [String: Double]
    /// Whether it is the lowest so far.
    package var isBest: Bool

    /// Describes a validation.
    package init(step: Int, loss: Double, lossBySet: [String: Double], isBest: Bool) {
        self.step = step
        self.loss = loss
        self.lossBySet = lossBySet
        self.isBest = isBest
    }
}

/// How a run ended.
package struct TrainingSummary: Codable, Sendable {
    /// Steps that are done.
    package var step: Int
    /// Whether all steps are done; false when the run was asked to stop.
    package var isComplete: Bool
    /// The newest average loss.
    package var averageLoss: Double?
    /// The lowest validation loss and its step.
    package var best: BestValidation?
    /// Seconds of work over all resumptions.
    package var seconds: Double
    /// Tokens read over all resumptions.
    package var tokens: Int
}

/// The lowest validation loss of a run.
package struct BestValidation: Codable, Hashable, Sendable {
    /// After which step.
    package var step: Int
    /// Nats a token.
    package var loss: Double
}

/// What stops a run that cannot go on.
package enum TrainingError: Error, CustomStringConvertible {
    /// Loss or gradient is infinite or not a number.
    ///
    /// With the tensor that holds such a number, if one does, and the checkpoint to go on from.
    case notFinite(step: Int, what: String, value: Double, tensor: String?, checkpoint: String?)
    /// A checkpoint belongs to another run.
    case foreignCheckpoint(path: String, difference: String)
    /// A checkpoint's state cannot be read.
    case unreadableState(path: String, reason: String)
    /// A setting that no run can have.
    case setting(name: String, found: String, expected: String)

    package var description: String {
        switch self {
        case .notFinite(let step, let what, let value, let tensor, let checkpoint):
            "step \(step): the \(what) is \(value)"
                + (tensor.map { ", and '\($0)' holds numbers that are not finite" } ?? "")
                + "; lower the learning rate, lengthen the warm-up or check the data, then run again; "
                + (checkpoint.map { "the last good checkpoint is \($0)" }
                    ?? "no checkpoint was saved before this step")
        case .foreignCheckpoint(let path, let difference):
            "\(path) is a checkpoint of another run: \(difference); "
                + "remove it to start again, or restore the settings"
        case .unreadableState(let path, let reason):
            "\(path): \(reason); remove this checkpoint to resume from the one before it"
        case .setting(let name, let found, let expected):
            "'\(name)' is \(found); expected \(expected)"
        }
    }
}
