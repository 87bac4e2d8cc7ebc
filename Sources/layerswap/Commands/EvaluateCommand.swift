import ArgumentParser
import Checkpointing
import Datasets
import Evaluation
import Foundation
import Foundations
import Pipeline
import RunRecords

/// `layerswap evaluate`.
struct EvaluateCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract:
            "Evaluate a model on the problems and texts of a recipe, or on files of problems.",
        discussion: """
            With --choice or --mgsm no recipe is needed: prompts, scoring and answers are those of the \
            tasks of lm-evaluation-harness.
            """
    )

    @Argument(help: "A model folder, or RUN/MODEL such as tiny/math.")
    var model: String

    @Option(
        name: .long,
        help: "The recipe whose problems and texts are used: a YAML file, or its name in Recipes."
    )
    var recipe: String?

    @OptionGroup var files: ProblemFileOptions
    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: "Write every answer as JSON lines into this new folder."
    )
    var records: String?

    func checkArguments() throws {
        if (recipe == nil) == files.isEmpty {
            throw ValidationError("name either a --recipe, or files with --choice or --mgsm")
        }
        if recipe == nil, !overrides.assignments.isEmpty || overrides.seed != nil {
            throw ValidationError("--set and --seed change a recipe: they belong to --recipe")
        }
        try files.checkOwners(hasRecipe: recipe != nil)
    }

    func run() throws {
        if let recipe { try run(recipe) } else { try runFiles() }
    }

    private func run(_ recipe: String) throws {
        let loaded = try overrides.load(recipe)
        let folder = try ModelLookup.find(model)
        let place = records.map {
            Evaluator.records(URL(filePath: $0), of: folder, by: loaded)
        }
        try place?.check()
        let experiment = try Experiment(loaded.limited(to: files.limit))
        let evaluator = try Evaluator(
            experiment: experiment,
            model: folder,
            threads: threads.count
        )
        let console = output.console
        if let note = evaluator.form.note { console.remark(note) }
        var results: [Evaluator.Result] = []
        for task in evaluator.tasks {
            console.remark("\(task.metric.title)…")
            results.append(try evaluator.perform(task))
        }
        try finish(results, of: folder, form: evaluator.form, records: place)
    }

    private func runFiles() throws {
        let folder = try ModelLookup.find(model)
        let works = files.works
        let place = records.map {
            FileEvaluation.records(
                URL(filePath: $0),
                of: folder,
                reading: works.flatMap(\.files)
            )
        }
        try place?.check()
        let evaluation = try FileEvaluation(
            model: folder,
            language: files.language ?? "en",
            limit: files.limit,
            threads: threads.count
        )
        let console = output.console
        var results: [Evaluator.Result] = []
        for work in works {
            console.remark("\(work.files.first?.lastPathComponent ?? "")…")
            results.append(try evaluation.perform(work))
        }
        try finish(results, of: folder, records: place)
    }

    /// Shows the results and writes the answers; both say when they are of the first problems alone.
    private func finish(
        _ results: [Evaluator.Result],
        of folder: URL,
        form: PromptForm? = nil,
        records place: OutputPlace?
    ) throws {
        let console = output.console
        show(results, console)
        if let place { try Evaluator.write(results, limit: files.limit, to: place) }
        let summary = EvaluationSummary(
            model: folder.lastPathComponent,
            results,
            form: form,
            limit: files.limit
        )
        try console.object(summary)
    }

    private func show(_ results: [Evaluator.Result], _ console: Console) {
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
        if let limit = files.limit {
            console.result(
                "No more than the first \(limit) of each set were asked (--limit): this is not the "
                    + "whole evaluation."
            )
        }
    }
}
