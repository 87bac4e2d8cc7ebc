import Checkpointing
import Datasets
import Foundation
import MergeMethods
import Recipes
import RunRecords

/// The stages of an experiment in the order in which they are made: tokenizer, base, experts,
/// merges, evaluations, comparison.
package struct StageGraph: Sendable {
    /// The stages; each stands after its inputs.
    package let stages: [Stage]
    /// The fingerprint of what models are measured on.
    let heldOut: String
    /// The fingerprint of the problems that settings and experts are chosen by; empty when nothing
    /// is chosen.
    let development: String

    /// Works out every stage and its identity; reads the data for their fingerprints.
    ///
    /// - Throws: Errors of language packs and files of data.
    package init(_ experiment: Experiment) throws {
        try self.init(experiment, checkpoints: experiment.checkpoints())
    }

    /// Works out every stage and its identity, with the models that exist by their stages.
    ///
    /// - Throws: Errors of language packs and files of data.
    init(_ experiment: Experiment, checkpoints: [String: CheckpointReference]) throws {
        let recipe = experiment.recipe
        let tokenizer = Stage(
            work: .tokenizer,
            settings: recipe.tokenizer.isTrained ? try RecipeText.yaml(of: recipe.tokenizer) : "",
            data: try checkpoints[ModelPart.base.name]?.tokenizerHash.hexadecimal
                ?? experiment.corpusSources().map(\.fingerprint).joined(separator: "\n"),
            seed: nil,
            inputs: []
        )
        var made = try Self.models(of: experiment, checkpoints, tokenizer: tokenizer)
        for entry in recipe.merges.entries where entry.value.isWritten {
            let inputs = Set(entry.value.points[0].inputs.values).sorted()
            made.append(
                Stage(
                    work: .merge(entry.name),
                    settings: try RecipeText.yaml(of: entry.value),
                    data: nil,
                    seed: nil,
                    inputs: Self.stages(inputs, of: made)
                )
            )
        }
        let chosenBy = try Self.developmentFingerprint(of: experiment)
        let heldOut = try Self.fingerprint(of: experiment, chosenBy: chosenBy)
        self.heldOut = heldOut
        development = chosenBy
        let evaluations = try Self.evaluations(of: recipe, heldOut, tokenizer: tokenizer, made)
        let comparison = Stage(
            work: .comparison,
            settings: recipe.comparisonPlan.facts,
            data: nil,
            seed: nil,
            inputs: evaluations
        )
        self.stages = [tokenizer] + made + evaluations + [comparison]
    }

    /// The models that are trained, or that exist.
    private static func models(
        of experiment: Experiment,
        _ checkpoints: [String: CheckpointReference],
        tokenizer: Stage
    ) throws -> [Stage] {
        let recipe = experiment.recipe
        var models: [Stage] = []
        for name in recipe.stages.names.flatMap(recipe.replicas) {
            if let checkpoint = checkpoints[name] {
                models.append(
                    Stage(
                        work: .checkpoint(name),
                        settings: "",
                        data: checkpoint.hash.hexadecimal,
                        seed: nil,
                        inputs: []
                    )
                )
                continue
            }
            let earlier = recipe.beginning(of: name).map { [$0] } ?? []
            models.append(
                try training(
                    name,
                    of: experiment,
                    inputs: [tokenizer] + stages(earlier, of: models)
                )
            )
        }
        return models
    }

    private static func stages(_ names: [String], of made: [Stage]) -> [Stage] {
        names.compactMap { name in made.first { $0.name == name } }
    }

    /// The evaluation of each model; that of a merge in memory has the settings of the merge too.
    private static func evaluations(
        of recipe: Recipe,
        _ heldOut: String,
        tokenizer: Stage,
        _ made: [Stage]
    ) throws -> [Stage] {
        let settings = try RecipeText.yaml(of: recipe.evaluation.ofScores)
        return try recipe.modelNames.map { model in
            let specifications = recipe.specifications(of: model).flatMap { $0 }
            let folders = specifications.flatMap(\.folders)
            let isMerged = recipe.merges[model].map { !$0.isWritten } ?? false
            return Stage(
                work: .evaluation(model),
                settings: settings
                    + (isMerged ? try RecipeText.yaml(of: recipe.merges[model]) : ""),
                data: heldOut,
                seed: nil,
                inputs: [tokenizer] + made.filter { folders.contains($0.name) }
            )
        }
    }

    private static func training(
        _ name: String,
        of experiment: Experiment,
        inputs: [Stage]
    ) throws -> Stage {
        let recipe = experiment.recipe
        guard let replica = recipe.replica(named: name),
            let settings = recipe.effective(stage: replica.stage)
        else { preconditionFailure("there is no training stage \(name)") }
        let facts = TrainingFacts(
            model: name == ModelPart.base.name ? recipe.model : nil,
            replica: replica.number > 1 ? replica.number : nil,
            prompt: recipe.prompt.isDefault ? nil : recipe.prompt,
            training: settings.withoutCadence
        )
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
        var replica: Int?
        var prompt: PromptSettings?
        var training: TrainingStageSettings
    }

    private static func developmentFingerprint(of experiment: Experiment) throws -> String {
        guard experiment.recipe.evaluation.development != nil else { return "" }
        let problems = try hash(of: experiment.developmentProblems())
        return ([problems] + (try experiment.promptFacts())).joined(separator: " ")
    }

    private static func hash(of problems: [some Encodable]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return ContentHash.of(try encoder.encode(problems)).hexadecimal
    }

    private static func fingerprint(
        of experiment: Experiment,
        chosenBy development: String
    ) throws -> String {
        var parts: [String] = []
        for role in LanguageRole.allCases {
            let texts = try experiment.heldOutDocuments(role).map { "\($0)" }
            parts.append(try hash(of: experiment.problems(role)))
            parts.append(ContentHash.of(text: texts.joined(separator: "\n")).hexadecimal)
        }
        if !development.isEmpty { parts.append(development) }
        for code in experiment.recipe.evaluation.bystanders?.names ?? [] {
            parts.append("\(code) \(try hash(of: experiment.bystanderProblems(code)))")
        }
        parts += try experiment.promptFacts()
        // A base that is trained has it in its own settings.
        if experiment.recipe.base.isCheckpoint {
            parts.append("pieces of \(experiment.recipe.base.sequenceLength)")
        }
        for role in LanguageRole.allCases where experiment.recipe.evaluation.choice?[role] != nil {
            parts.append(try hash(of: experiment.choices(role)))
        }
        for role in LanguageRole.allCases where experiment.recipe.evaluation.mgsm?[role] != nil {
            parts.append(try hash(of: experiment.mgsm(role)))
            parts.append(try hash(of: experiment.exemplars(role)))
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
        // The same weights, bit by bit.
        settings.recompute = false
        // Other sums of the same numbers, as with another number of threads.
        settings.dataParallel = false
        if settings.lora == nil { settings.frozen = .float32 }
        // Where it begins is said by its inputs, and each of its seeds is a stage of its own.
        settings.from = nil
        settings.seeds = 1
        return settings
    }
}
