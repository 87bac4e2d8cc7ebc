import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Foundations
import RunRecords

/// `layerswap runs show`.
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the stages and evaluations of a run.",
        discussion: """
            The run is named by its folder, by its name below Checkpoints, or by its recipe. \
            --stage also prints every setting that decides the result of the stage.
            """
    )

    @Argument(help: "A run: its folder, its name below Checkpoints, or its recipe.")
    var name: String

    @Option(name: .long, help: "Show one experiment of a sweep, such as seed-2.")
    var cell: String?

    @Option(name: .long, help: "Show one stage, with its settings.")
    var stage: String?

    @Flag(name: .long, help: "Show stages and evaluations that a later run has replaced, too.")
    var earlier = false

    @OptionGroup var folder: RunsFolderOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        var overview = try RunOverview(of: folder.catalogue.find(name), earlier: earlier)
        try overview.narrow(cell: cell, stage: stage)
        show(overview)
        try output.console.object(overview)
    }

    private func show(_ overview: RunOverview) {
        let console = output.console
        for line in TextTable(rows: Self.facts(overview)).lines { console.result(line) }
        if !overview.stages.isEmpty {
            console.result("")
            for line in Self.table(overview.stages).lines { console.result(line) }
        }
        if stage != nil {
            for row in overview.stages {
                let title = row.cell.isEmpty ? row.name : "\(row.name) of \(row.cell)"
                console.result("\n\(title), \(row.identity)")
                for line in row.facts.split(separator: "\n") { console.result("  \(line)") }
            }
        }
        if !overview.evaluations.isEmpty {
            console.result("")
            for line in Self.table(overview.evaluations).lines { console.result(line) }
        }
        if !overview.variants.isEmpty {
            console.result("")
            for line in Self.table(overview.variants).lines { console.result(line) }
        }
        if !overview.hasDatabase {
            console.remark(
                "\nThe folder has no \(RunDatabase.fileName); this comes from its records alone. Run "
                    + "its recipe again to build the database; nothing is computed twice."
            )
        }
    }

    private static func facts(_ overview: RunOverview) -> [[String]] {
        let summary = overview.summary
        var facts = [["folder", summary.folder], ["recipe", summary.recipe ?? "?"]]
        if let last = overview.runs.last {
            facts[1][1] +=
                " (SHA-256 \(last.facts.recipeHash.prefix(12)), version \(last.facts.version))"
            facts.append(["machine", "\(last.facts.processor), \(last.facts.threads) threads"])
            facts.append(["toolchain", last.facts.toolchain])
            if !last.facts.overrides.isEmpty {
                facts.append(["set", last.facts.overrides.joined(separator: ", ")])
            }
            facts.append(["runs", "\(overview.runs.count), the last began \(last.started)"])
        }
        facts.append(["time", Duration.seconds(summary.seconds).briefly])
        facts.append(["outcome", RunText.state(summary)])
        return facts
    }

    private static func table(_ stages: [StageRow]) -> TextTable {
        let hasCells = stages.contains { !$0.cell.isEmpty }
        return TextTable(
            header: (hasCells ? ["cell"] : []) + [
                "stage", "identity", "kind", "status", "time", "tokens", "operations", "figures",
            ],
            rows: stages.map { row in
                (hasCells ? [row.cell] : []) + [
                    row.name,
                    String(row.identity.hexadecimal.prefix(12)),
                    row.kind.rawValue,
                    row.status.rawValue,
                    Duration.seconds(row.seconds).briefly,
                    row.cost.tokens.map { NumberText.short(Double($0)) } ?? "",
                    row.cost.operations.map { NumberText.short($0) } ?? "",
                    figures(row),
                ]
            },
            rightAligned: hasCells ? [5, 6, 7] : [4, 5, 6]
        )
    }

    private static func figures(_ row: StageRow) -> String {
        var words = row.cost.steps.map { ["\(NumberText.grouped($0)) steps"] } ?? []
        for (name, value) in row.figures.sorted(by: { $0.key < $1.key }) {
            let text =
                name == "parameters" ? NumberText.short(value) : String(format: "%.3f", value)
            words.append("\(Metric.words(name)) \(text)")
        }
        return words.joined(separator: ", ")
    }

    /// The merges that were named in Studio, with what they solved of development problems.
    private static func table(_ variants: [VariantRow]) -> TextTable {
        let hasCells = variants.contains { !$0.cell.isEmpty }
        let metrics = [Metric(.math, .target), Metric(.math, .english)]
        let titles = (hasCells ? ["cell"] : []) + ["variant", "split"]
        return TextTable(
            header: titles + metrics.map(\.title),
            rows: variants.map { row in
                (hasCells ? [row.cell] : []) + [row.name, Split.development.rawValue]
                    + metrics.map { row.scores[$0.rawValue]?.text ?? "–" }
            },
            rightAligned: Set(titles.count..<titles.count + metrics.count)
        )
    }

    /// The evaluations with one column for each metric.
    private static func table(_ evaluations: [EvaluationRow]) -> TextTable {
        var metrics: [Metric] = []
        for metric in evaluations.flatMap({ $0.metrics.map(\.metric) })
        where !metrics.contains(metric) && !metric.isPart {
            metrics.append(metric)
        }
        let hasCells = evaluations.contains { !$0.cell.isEmpty }
        let hasReplicates = evaluations.contains { !$0.replicate.isEmpty }
        let titles = (hasCells ? ["cell"] : []) + ["model"] + (hasReplicates ? ["replicate"] : [])
        return TextTable(
            header: titles + ["split"] + metrics.map(\.title),
            rows: evaluations.map { row in
                (hasCells ? [row.cell] : []) + [row.model] + (hasReplicates ? [row.replicate] : [])
                    + [row.split] + metrics.map { row[$0]?.text ?? "–" }
            },
            rightAligned: Set(titles.count + 1..<titles.count + 1 + metrics.count)
        )
    }
}
