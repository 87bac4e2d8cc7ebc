import ArgumentParser
import Foundation
import Foundations
import Pipeline
import RunRecords

/// `layerswap evaluate`.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Evaluate a model on the problems and texts of a recipe."
    )

    @Argument(help: "A model folder, or RUN/MODEL such as tiny/math.")
    var model: String

    @Option(
        name: .long,
        help: "The recipe whose problems and texts are used: a YAML file, or its name in Recipes."
    )
    var recipe: String

    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: "Write every answer as JSON lines into this new folder."
    )
    var records: String?

    func run() throws {
        let loaded = try overrides.load(recipe)
        let folder = try ModelLookup.find(model)
        let place = records.map {
            Evaluator.records(URL(filePath: $0), of: folder, by: loaded)
        }
        try place?.check()
        let experiment = try Experiment(loaded)
        let evaluator = try Evaluator(
            experiment: experiment,
            model: folder,
            threads: threads.count
        )
        let console = output.console
        let name = folder.lastPathComponent
        if let note = evaluator.form.note { console.remark(note) }
        var results: [Evaluator.Result] = []
        for task in evaluator.tasks {
            console.remark("\(task.metric.title)…")
            results.append(try evaluator.perform(task))
        }
        let table = TextTable(
            header: ["metric", "value", "error", "n"],
            rows: results.flatMap(\.measurements).map { metric, measurement in
                [
                    metric.title,
                    NumberText.fixed(measurement.value),
                    measurement.errorText ?? "",
                    String(measurement.count),
                ]
            },
            rightAligned: [1, 2, 3]
        )
        for line in table.lines { console.result(line) }
        for result in results {
            for note in result.notes {
                console.result("\(result.task.metric.title): \(note)")
            }
        }
        if let place { try Evaluator.write(results, to: place) }
        try console.object(EvaluationSummary(model: name, results, form: evaluator.form))
    }
}
