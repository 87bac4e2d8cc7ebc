import Checkpointing
import Recipes

/// One step of an experiment: what it makes, from what, with which settings.
package struct Stage: Hashable, Sendable {
    /// What a stage does.
    package enum Work: Hashable, Sendable {
        /// Trains the tokenizer.
        case tokenizer
        /// Takes a model that exists for the stage of this name.
        case checkpoint(String)
        /// Trains a stage of the recipe, or one of its replicas, under this name.
        case training(String)
        /// Merges the experts under this name.
        case merge(String)
        /// Measures the model of this name.
        case evaluation(String)
        /// Puts all measurements into one table and tests differences.
        case comparison
    }

    /// The version of what stages mean; raised when the same settings would give other results.
    package static let codeVersion = 1

    /// What it does.
    package let work: Work
    /// Stages whose results it reads, by name.
    package let inputs: [String]
    /// Everything that decides the result, one fact a line.
    package let facts: String
    /// The SHA-256 of the facts.
    package let identity: ContentHash

    /// Describes a stage.
    ///
    /// - Parameters:
    ///   - work: What it does.
    ///   - settings: Its own settings as YAML.
    ///   - data: The fingerprint of the data that it reads, when it reads any.
    ///   - seed: The seed, where random numbers are used.
    ///   - inputs: The stages that it builds on.
    package init(work: Work, settings: String, data: String?, seed: UInt64?, inputs: [Stage]) {
        self.work = work
        self.inputs = inputs.map(\.name)
        var facts = "stage: \(Self.name(of: work))\nversion: \(Self.codeVersion)\n"
        if let seed { facts += "seed: \(seed)\n" }
        if let data { facts += "data: \(ContentHash.of(text: data))\n" }
        for input in inputs { facts += "input \(input.name): \(input.identity)\n" }
        self.facts = facts + settings
        identity = ContentHash.of(text: self.facts)
    }

    /// The name, which is also that of the folder.
    package var name: String { Self.name(of: work) }

    private static func name(of work: Work) -> String {
        switch work {
        case .tokenizer: RunFolder.tokenizer
        case .checkpoint(let model), .training(let model), .merge(let model): model
        case .evaluation(let model): RunFolder.evaluationPrefix + model
        case .comparison: RunFolder.comparison
        }
    }

    /// The model that it makes, when it makes one.
    package var model: String? {
        switch work {
        case .checkpoint(let model), .training(let model), .merge(let model): model
        case .tokenizer, .evaluation, .comparison: nil
        }
    }
}

extension Stage {
    /// What it does, as records name it.
    package var kind: StageRow.Kind {
        switch work {
        case .tokenizer: .tokenizer
        case .checkpoint: .checkpoint
        case .training: .training
        case .merge: .merge
        case .evaluation: .evaluation
        case .comparison: .comparison
        }
    }
}
