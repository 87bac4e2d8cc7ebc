import Checkpointing
import Datasets
import Foundation

/// The stages of an experiment in the order in which they are made: tokenizer, base, experts,
/// merges, evaluations, comparison.
package struct StageGraph: Sendable {
    /// The stages; each stands after its inputs.
    package let stages: [Stage]

    /// Works out every stage and its identity; reads the data for their fingerprints.
    ///
    /// - Throws: Errors of language packs and files of data.
    package init(_ experiment: Experiment) throws {
        let recipe = experiment.recipe
        let tokenizer = Stage(
            work: .tokenizer,
            settings: try RecipeText.yaml(of: recipe.tokenizer),
            data: try experiment.corpusSources().map(\.fingerprint).joined(separator: "\n"),
            seed: nil,
            inputs: []
        )
        func training(_ name: String, model: ModelSettings?, inputs: [Stage]) throws -> Stage {
            guard let settings = recipe.stage(named: name) else {
                preconditionFailure("there is no training stage \(name)")
            }
            let facts = TrainingFacts(model: model, training: settings.withoutCadence)
            return Stage(
                work: .training(name),
                settings: try RecipeText.yaml(of: facts),
                data: try settings.mixtures.map { mixture in
                    try experiment.mixture(mixture, split: .train).fingerprint
                }.joined(separator: "\n"),
                seed: recipe.seed,
                inputs: inputs
            )
        }
        let base = try training("base", model: recipe.model, inputs: [tokenizer])
        let math = try training("math", model: nil, inputs: [tokenizer, base])
        let language = try training("language", model: nil, inputs: [tokenizer, base])
        let merges = try recipe.merges.entries.map { entry in
            Stage(
                work: .merge(entry.name),
                settings: try RecipeText.yaml(of: entry.value),
                data: nil,
                seed: nil,
                inputs: [base, math, language]
            )
        }
        let models = [base, math, language] + merges
        var evaluation = recipe.evaluation
        // No score depends on it.
        evaluation.batchSize = 1
        let evaluationSettings = try RecipeText.yaml(of: evaluation)
        let heldOut = try Self.fingerprint(of: experiment)
        let evaluations = models.map { model in
            Stage(
                work: .evaluation(model.name),
                settings: evaluationSettings,
                data: heldOut,
                seed: nil,
                inputs: [tokenizer, model]
            )
        }
        let comparison = Stage(
            work: .comparison,
            settings: "",
            data: nil,
            seed: nil,
            inputs: evaluations
        )
        stages = [tokenizer] + models + evaluations + [comparison]
    }

    /// The stages that some stages need, and they themselves, in order.
    package func closure(of goals: [String]) -> [Stage] {
        var needed = Set(goals)
        for stage in stages.reversed() where needed.contains(stage.name) {
            needed.formUnion(stage.inputs)
        }
        return stages.filter { needed.contains($0.name) }
    }

    private struct TrainingFacts: Encodable {
        var model: ModelSettings?
        var training: TrainingStageSettings
    }

    private static func fingerprint(of experiment: Experiment) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var parts: [String] = []
        for role in LanguageRole.allCases {
            let problems = try encoder.encode(try experiment.problems(role))
            let texts = try experiment.heldOutDocuments(role).map { "\($0)" }
            parts.append(ContentHash.of(problems).hexadecimal)
            parts.append(ContentHash.of(text: texts.joined(separator: "\n")).hexadecimal)
        }
        return parts.joined(separator: " ")
    }
}

extension TrainingStageSettings {
    /// The settings that decide the weights; when a run looks at itself has no part in them.
    fileprivate var withoutCadence: TrainingStageSettings {
        var settings = self
        settings.validateEvery = 0
        settings.validationBatches = 0
        settings.checkpointEvery = 1
        settings.keepCheckpoints = 1
        return settings
    }
}
