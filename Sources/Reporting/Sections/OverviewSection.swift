import Foundation
import Foundations

extension Section {
    /// What was run.
    static func overview(_ run: RunArtifacts) -> Section {
        let recipe = run.recipe
        let last = run.overview.runs.last
        let wording = Wording(recipe.languages)
        var facts: [(String, String)] = [
            ("recipe", recipe.name),
            (
                "languages",
                "\(wording.english) → \(wording.target) "
                    + "(\(recipe.languages.english) → \(recipe.languages.target))"
            ),
        ]
        let sweep = recipe.sweep.axes
        if !sweep.isEmpty {
            let axes = sweep.map { "\($0.path) \($0.values.joined(separator: ", "))" }
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
        for name in recipe.stages.names {
            guard let stage = recipe.stages[name] else { continue }
            if let checkpoint = stage.checkpoint {
                facts.append(("stage \(name)", "\(checkpoint), not trained here"))
                continue
            }
            let tokens = stage.steps * stage.tokensPerBatch * stage.accumulation
            facts.append(
                (
                    "stage \(name)",
                    "\(NumberText.grouped(stage.steps)) steps, "
                        + "\(NumberText.short(Double(tokens))) tokens"
                        + (stage.seeds > 1 ? ", \(stage.seeds) seeds" : "")
                )
            )
        }
        if let last {
            facts.append(("machine", "\(last.facts.processor), \(last.facts.threads) threads"))
            facts.append(("program", "layerswap \(last.facts.version), \(last.facts.toolchain)"))
            facts.append(("begun", last.started.description))
            facts.append(("recipe's SHA-256", last.facts.recipeHash))
            if !last.facts.overrides.isEmpty {
                facts.append(("set", last.facts.overrides.joined(separator: ", ")))
            }
        }
        facts.append(("time in all", Duration.seconds(run.overview.summary.seconds).briefly))
        let list = facts.flatMap { name, value in
            [Markup.element("dt", [:], text: name), .element("dd", [:], text: value)]
        }
        return Section(
            identifier: "run",
            title: "What was run",
            content: [.element("dl", [:], [.group(list)])]
        )
    }
}
