import Foundation
import Foundations

extension Section {
    /// What the stages took.
    static func cost(_ run: RunArtifacts) -> Section {
        var names: [String] = []
        for stage in run.overview.stages where !names.contains(stage.name) {
            names.append(stage.name)
        }
        let rows = names.map { name -> [String] in
            let stages = run.overview.stages.filter { $0.name == name }
            let tokens = stages.compactMap(\.cost.tokens).reduce(0, +)
            let operations = stages.compactMap(\.cost.operations).reduce(0, +)
            let seconds = stages.reduce(0) { $0 + $1.seconds }
            return [
                name, stages[0].kind.rawValue, "\(stages.count)",
                Duration.seconds(seconds).briefly,
                tokens > 0 ? NumberText.short(Double(tokens)) : "",
                operations > 0 ? NumberText.short(operations) : "",
            ]
        }
        return Section(
            identifier: "cost",
            title: "Cost",
            content: [
                DataTable(
                    ["stage", "kind", "times", "time", "tokens", "operations"],
                    rows: rows,
                    names: 2
                ).markup(
                    caption: "All experiments together; operations are 6 · parameters · tokens"
                )
            ]
        )
    }

    /// How the run is made again.
    static func reproduction(_ run: RunArtifacts) -> Section {
        let name = run.recipe.name
        var commands = ["layerswap run \(name).yaml"]
        if run.experiments.contains(where: \.hasAnalysis) {
            commands.append("layerswap analyze \(run.folder.lastPathComponent)")
        }
        commands.append("layerswap report \(run.folder.lastPathComponent)")
        return Section(
            identifier: "again",
            title: "Make it again",
            content: [
                paragraph(
                    "Save the recipe below as \(name).yaml in a copy of the package. Every number of this "
                        + "page is in a file of the run: the tables in results.json and runs.sqlite "
                        + "('layerswap runs show'), every answer in evaluation-MODEL, the losses in "
                        + "STAGE/metrics.jsonl, the analyses in analysis. One processor and one number "
                        + "of threads give the same bytes again."
                ),
                .element(
                    "pre",
                    [:],
                    [.element("code", [:], text: commands.joined(separator: "\n"))]
                ),
                .element(
                    "details",
                    [:],
                    [
                        .element("summary", [:], text: "The recipe with every default"),
                        .element("pre", [:], [.element("code", [:], text: run.recipeText)]),
                    ]
                ),
            ]
        )
    }
}
