import Foundation
import Foundations
import Recipes

extension Section {
    private typealias Fact = (name: String, value: String)

    /// What was run.
    static func overview(_ run: RunArtifacts) -> Section {
        let seconds = Duration.seconds(run.overview.summary.seconds)
        let facts: [Fact] =
            recipe(run) + stages(of: run.recipe) + machine(run)
            + [("time in all", seconds.briefly)]
        let list = facts.flatMap { name, value in
            [Markup.element("dt", [:], text: name), .element("dd", [:], text: value)]
        }
        return Section(
            identifier: "run",
            title: "What was run",
            content: [.element("dl", [:], [.group(list)])]
        )
    }

    /// The recipe, its languages, its sweep and its model.
    private static func recipe(_ run: RunArtifacts) -> [Fact] {
        let recipe = run.recipe
        let wording = Wording(recipe.languages)
        var facts: [Fact] = [
            ("recipe", recipe.name),
            (
                "languages",
                "\(wording.english) → \(wording.target) "
                    + "(\(recipe.languages.english) → \(recipe.languages.target))"
            ),
        ]
        if !recipe.sweep.axes.isEmpty {
            let axes = recipe.sweep.axes.map { "\($0.path) \($0.values.joined(separator: ", "))" }
            facts.append(
                (
                    "experiments",
                    "\(run.experiments.count) of a sweep over \(axes.joined(separator: "; "))"
                )
            )
        }
        let model = recipe.model
        facts.append(
            (
                "model",
                "\(model.layers) layers, width \(model.width), \(model.heads) heads, "
                    + "\(recipe.tokenizer.vocabulary) pieces"
            )
        )
        return facts
    }

    /// How long each stage trained, or where its model comes from.
    private static func stages(of recipe: Recipe) -> [Fact] {
        recipe.stages.names.compactMap { name in
            guard let stage = recipe.stages[name] else { return nil }
            if let checkpoint = stage.checkpoint {
                return ("stage \(name)", "\(checkpoint), not trained here")
            }
            let tokens = stage.steps * stage.tokensPerBatch * stage.accumulation
            return (
                "stage \(name)",
                "\(NumberText.grouped(stage.steps)) steps, "
                    + "\(NumberText.short(Double(tokens))) tokens"
                    + (stage.seeds > 1 ? ", \(stage.seeds) seeds" : "")
            )
        }
    }

    /// The machine, the program and the recipe's hash in the last run.
    private static func machine(_ run: RunArtifacts) -> [Fact] {
        guard let last = run.overview.runs.last else { return [] }
        var facts: [Fact] = [
            ("machine", "\(last.facts.processor), \(last.facts.threads) threads"),
            ("program", "layerswap \(last.facts.version), \(last.facts.toolchain)"),
            ("begun", last.started.description),
            ("recipe's SHA-256", last.facts.recipeHash),
        ]
        if !last.facts.overrides.isEmpty {
            facts.append(("set", last.facts.overrides.joined(separator: ", ")))
        }
        return facts
    }
}
