import Foundations
import MergeMethods
import RecipeDocuments
import Yams

extension Recipe {
    /// Reads the training stages and checks what each begins with and reads.
    static func stages(
        _ value: RecipeValue,
        shared: RecipeValue?,
        model: ModelSettings
    ) throws -> Named<TrainingStageSettings> {
        var earlier: [String] = []
        var written: [(name: String, settings: TrainingStageSettings)] = []
        var mixtures: [String: Node] = [:]
        var isBaseCheckpoint = false
        let names = try value.namedValues("a mapping of names to training stages").map(\.name)
        let stages = try Named(value, "a mapping of names to training stages") { name, value in
            try checkSpelling(of: name, among: names, at: value)
            let value = try value.writingOutMixtures(mixtures, of: earlier)
                .writingOutJoined(mixtures, of: written)
            mixtures[name] = value.mixtureNode
            let settings = try TrainingStageSettings.read(value, shared: shared, model: model)
            if name == ModelPart.base.name {
                guard settings.from == nil, settings.seeds == 1 else {
                    throw value.error(
                        "base begins with fresh weights and is trained once; sweep over the "
                            + "recipe's seed to train several"
                    )
                }
            } else {
                try checkBeginning(of: settings, earlier: earlier, at: value)
                try checkMathematics(of: settings, at: value)
            }
            earlier.append(name)
            written.append((name, settings))
            if name == ModelPart.base.name { isBaseCheckpoint = settings.isCheckpoint }
            if settings.isCheckpoint, !isBaseCheckpoint {
                throw value.error(
                    "checkpoint: a model that exists has its own tokenizer, and the base of this "
                        + "recipe is trained with a new one; write stages.base.checkpoint too"
                )
            }
            return settings
        }
        guard stages.names.first == ModelPart.base.name else {
            let found = stages.names.first ?? "nothing"
            let nearest = NearestName.nearest(to: found, among: [ModelPart.base.name])
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw value.error(
                "the first stage is \"\(found)\", expected \"base\", the stage that all others "
                    + "begin with\(hint)"
            )
        }
        return stages
    }

    /// A misspelt stage of an override looks like a new one that reads nothing.
    private static func checkSpelling(
        of name: String,
        among names: [String],
        at value: RecipeValue
    ) throws {
        guard value.overridingAssignment != nil, case .mapping(let mapping) = value.node,
            !mapping.contains(where: {
                ["mixture", "joins", "partitions", "checkpoint"].contains(
                    $0.key.scalar?.string ?? ""
                )
            })
        else { return }
        let nearest = NearestName.nearest(to: name, among: names.filter { $0 != name })
        let hint = nearest.map { "did you mean \"\($0)\"? " } ?? ""
        throw RecipeError(
            place: value.place,
            problem: "unknown key \"\(name)\" in stages; \(hint)A new stage needs a mixture"
        )
    }

    private static func checkBeginning(
        of settings: TrainingStageSettings,
        earlier: [String],
        at value: RecipeValue
    ) throws {
        guard let from = settings.from, !earlier.contains(from) else { return }
        let nearest = NearestName.nearest(to: from, among: earlier)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        throw value.error(
            "from: found \"\(from)\", expected a stage that is written before this one, one of "
                + earlier.joined(separator: ", ") + hint
        )
    }

    /// No expert may learn what the experiment says it was never shown.
    private static func checkMathematics(
        of settings: TrainingStageSettings,
        at value: RecipeValue
    ) throws {
        guard !settings.oracle else { return }
        for entry in settings.mixtures.flatMap(\.entries) where entry.value.weight > 0 {
            guard entry.value.kind == .problems, entry.value.language == .target else { continue }
            throw value.error(
                "\"\(entry.name)\" teaches mathematics in the target language, which only the base "
                    + "may have seen; take it out, or write oracle: true to mark the stage as an "
                    + "upper bound"
            )
        }
    }

    /// Refuses a poor language where there is no one mixture to take it from.
    static func checkResource(of recipe: Recipe, at value: RecipeValue) throws {
        guard recipe.base.partitions != nil, !recipe.resource.isPlain else { return }
        throw RecipeError(
            place: value.document.file,
            problem: "resource makes the target-language parts of the base's mixture smaller, and "
                + "this base has partitions; give it one mixture, or take resource out"
        )
    }

    /// Refuses what cannot be done with models that exist.
    static func checkCheckpoints(of recipe: Recipe, at value: RecipeValue) throws {
        if recipe.base.isCheckpoint, !recipe.resource.isPlain {
            throw RecipeError(
                place: value.document.file,
                problem: "resource changes what the base reads, and this base is a checkpoint; "
                    + "take it out"
            )
        }
        for entry in recipe.merges.entries {
            for point in entry.value.points where point.method.statistics != nil {
                let models = Set(point.inputs.values).sorted()
                guard let model = models.first(where: { recipe.stages[$0]?.isCheckpoint != false })
                else { continue }
                let kind = recipe.stages[model] == nil ? "merge" : "checkpoint"
                throw RecipeError(
                    place: value.document.file,
                    problem: "merges.\(entry.name) runs each model on what it was trained on, and "
                        + "\"\(model)\" is a \(kind), of which that is not known; choose "
                        + "another method"
                )
            }
        }
    }

    /// Refuses a second target language that is English.
    static func checkSecondTargets(of recipe: Recipe, at value: RecipeValue) throws {
        for stage in recipe.stages.entries {
            for source in stage.value.mixtures.flatMap(\.entries)
            where source.value.target == recipe.languages.english {
                throw RecipeError(
                    place: value.document.file,
                    problem: "stages.\(stage.name): \"\(source.name)\" has the target "
                        + "\"\(recipe.languages.english)\", which is the English of this recipe; "
                        + "write another language"
                )
            }
        }
    }

    /// The languages that the mathematics is wanted in, by their codes: the recipe's own and those
    /// that sources name.
    package var targets: Set<String> {
        let mixtures =
            stages.entries.flatMap(\.value.mixtures) + [tokenizer.corpus].compactMap { $0 }
        let read = mixtures.flatMap(\.entries).filter { $0.value.weight > 0 }
            .compactMap(\.value.target)
        return Set(read + [languages.target])
    }

    /// The languages besides its own that the recipe needs generated text of, by their codes.
    package var otherTargets: [String] {
        let asked = (evaluation.bystanders?.entries ?? []).filter { $0.value.file == nil }
            .map(\.name)
        return targets.union(asked).subtracting([languages.target, languages.english]).sorted()
    }

    /// Refuses a bystander that is one of the two languages.
    static func checkBystanders(of recipe: Recipe, at value: RecipeValue) throws {
        let own = [recipe.languages.english, recipe.languages.target]
        guard let code = recipe.evaluation.bystanders?.names.first(where: own.contains) else {
            return
        }
        throw RecipeError(
            place: value.document.file,
            problem: "evaluation.bystanders: \"\(code)\" is one of the two languages, whose "
                + "problems are asked anyway; take it out"
        )
    }

    /// Refuses a search that has nothing to choose by.
    static func checkChoices(of recipe: Recipe, at value: RecipeValue) throws {
        guard recipe.evaluation.development == nil,
            let grid = recipe.merges.entries.first(where: { $0.value.choiceCount > 1 })
        else { return }
        throw RecipeError(
            place: value.document.file,
            problem:
                "merges.\(grid.name) compares \(grid.value.choiceCount) settings, and the best is "
                + "chosen on development problems; write evaluation.development, such as "
                + "{problems: 300}"
        )
    }

    /// A misspelt model would be tested against nothing without a word.
    static func checkCompared(of recipe: Recipe, at value: RecipeValue) throws {
        let several = recipe.modelNames.filter {
            (recipe.specifications(of: $0).first?.count ?? 0) > 1
        }
        let best = recipe.evaluation.development == nil ? [] : several.map { "\($0) (best)" }
        let models = recipe.modelNames
        for (key, names, known) in [
            ("compare", recipe.evaluation.compare, models + best),
            ("primary", recipe.evaluation.primary ?? [], models),
        ] {
            guard let name = names.first(where: { !known.contains($0) }) else { continue }
            let nearest = NearestName.nearest(to: name, among: models)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw RecipeError(
                place: value.document.file,
                problem: "evaluation.\(key): there is no model \"\(name)\"; the models are "
                    + models.joined(separator: ", ") + hint
            )
        }
        let plan = recipe.comparisonPlan
        if let name = plan.primary.first(where: {
            plan.compared.contains($0) || plan.bounds.contains($0)
        }) {
            let reason =
                plan.bounds.contains(name)
                ? "is an upper bound, which answers no question of the experiment"
                : "is compared itself"
            throw RecipeError(
                place: value.document.file,
                problem: "evaluation.primary: \"\(name)\" \(reason); take it out"
            )
        }
    }
}
