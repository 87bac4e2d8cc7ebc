import Evaluation
import Foundation
import MergeMethods
import Merging
import RunRecords
import Tokenization
import Training

/// What a run reports while it works; only the command line turns it into words.
package enum PipelineEvent: Sendable {
    /// Before anything is done.
    case planned(RunHeader, StagePlan)
    /// A stage begins or goes on.
    case started(Stage, StagePlan.Action)
    /// The sources of all stages that are to be trained are read and counted.
    case data([SourceMeasure])
    /// The tokenizer is trained.
    case tokenizer(TokenizerTrainingReport)
    /// A stage is a model that exists, and its folder refers to it.
    case referred(stage: String, CheckpointReference)
    /// A training stage goes on with another number of threads than was asked for.
    case keptThreads(stage: String, threads: Int)
    /// A training stage multiplies in single precision, because what was asked for is not there.
    case fellBack(stage: String, reason: String)
    /// A training stage has something to tell.
    case training(stage: String, TrainingEvent)
    /// A training stage has reached its last step.
    case trained(stage: String, TrainingSummary)
    /// A merge is complete and proven.
    case merged(stage: String, MergeMethod, MergeReport)
    /// A source of a stage holds no target-language mathematics.
    case proven(LeakCheck.Line)
    /// One of the candidates for a model was scored on the development problems, in so many
    /// seconds; nil when its score was known.
    case chose(model: String, done: Int, of: Int, score: Double, seconds: Double?)
    /// One measurement of a model, averaged over its experts.
    case measured(model: String, metric: Metric, Estimate)
    /// Something has to be said beside the measurements of a task, such as prompts that do not fit.
    case noted(model: String, task: Metric, note: String)
    /// A stage is complete on disk.
    case finished(Stage, seconds: Double)
}

/// What is known of a run before it begins.
package struct RunHeader: Sendable {
    /// The recipe's file.
    package let recipe: String
    /// SHA-256 of the recipe after defaults and overrides.
    package let recipeHash: String
    /// What the command line wrote over it.
    package let overrides: [String]
    /// The seed.
    package let seed: UInt64
    /// Threads that compute.
    package let threads: Int
    /// The folder of the run.
    package let output: URL
    /// Optimizer steps that are left to do.
    package let remainingSteps: Int
    /// The most tokens that they read.
    package let remainingTokens: Int
}

/// How a run ended.
package enum RunOutcome: Sendable {
    /// Everything that was asked for is there; with the table when the whole recipe was.
    case complete(ComparisonTable?)
    /// It was asked to stop, during or after this stage, and can go on.
    case stopped(stage: String)
}
