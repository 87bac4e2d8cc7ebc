import ArgumentParser
import Evaluation
import Foundation
import Foundations
import Kernels
import MergeMethods
import Pipeline
import RunRecords

/// What `run`, `train` and `tokenizer train` have in common.
struct WorkOptions: ParsableArguments {
    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Redo finished stages; their old results are kept in earlier/.")
    var force = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Reuse stages of another run with the same settings, data and inputs, or the scores of "
                + "an archive: its folder, its name below Checkpoints, or its recipe. May be "
                + "repeated.",
            valueName: "run"
        )
    )
    var reuse: [String] = []

    /// What is asked of the run.
    ///
    /// - Parameter goals: The stages that are made, with those that they need; all when nil.
    /// - Returns: The options of its runner.
    /// - Throws: What finding the runs of `--reuse` throws.
    func runnerOptions(goals: [String]?) throws -> PipelineRunner.Options {
        var options = PipelineRunner.Options(threads: threads.count, goals: goals, force: force)
        options.siblings = try reuse.flatMap {
            try RunStore(folder: RunCatalogue.standard.find($0)).stageFolders
        }
        return options
    }

    /// Does the work and gives how it ended; ends the process when it was stopped.
    func work(goals: [String]?) throws -> [StudyRunner.GroupTable] {
        let options = try runnerOptions(goals: goals)
        try makeStages(options)
        let study = try StudyRunner(recipe.load(), options: options)
        _ = try ProductMethod.preferred.load()
        RunStop.expect(in: nil)
        let reporter = RunReporter(console: output.console, work: try study.trainingLeft())
        let outcome: StudyRunner.Outcome
        do {
            outcome = try study.run(
                began: { reporter.began($0, of: study.cells.count, $1) },
                observer: reporter.report
            ) { StopSwitch.isOn }
        } catch {
            reporter.close()
            throw error
        }
        reporter.close()
        switch outcome {
        case .complete(let tables):
            StopSwitch.expect { _ in "Stopped; everything was finished and is kept." }
            return tables
        case .stopped(let stage):
            RunStop.stopped(in: stage)
            StopSwitch.end()
        }
    }
}

/// `layerswap run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a whole recipe and print the comparison of its models.",
        discussion: """
            Finished stages are reused, interrupted ones resume, and stages whose settings have \
            changed are rebuilt. Ctrl-C stops at the end of a step; the same command resumes.
            """
    )

    @OptionGroup var options: WorkOptions

    @Flag(
        name: .long,
        help: "Print which stages are reused, restored or made, with their cost, and start nothing."
    )
    var plan = false

    func run() throws {
        if plan { return try options.showPlan() }
        let tables = try options.work(goals: nil)
        let console = options.output.console
        for result in tables {
            var shown = result.table
            // All tests are in the file; on the screen stand those that the experiment is about.
            shown.tests = shown.tests.filter { $0.metric.measure == .math && !$0.metric.isPart }
            console.result(result.group.label.isEmpty ? "" : "\n\(result.group.label)\n")
            console.result(shown.description.trimmingCharacters(in: .newlines))
            for dimension in MathBreakdown.Dimension.allCases {
                guard let part = shown.text(of: Metric(.math, .target), by: dimension) else {
                    continue
                }
                console.result("\n" + part.trimmingCharacters(in: .newlines))
            }
            console.remark("\nAll measurements and tests are in \(result.file.shownPath).")
        }
        let groups = GroupedTables(
            setting: tables.first?.group.setting ?? "",
            groups: tables.map { .init(value: $0.group.value, table: $0.table) }
        )
        for metric in groups.metrics {
            console.result("\n" + groups.text(of: metric).trimmingCharacters(in: .newlines))
        }
        if tables.count == 1, let only = tables.first {
            try console.object(only.table)
        } else {
            let byGroup = tables.map { ($0.group.label, $0.table) }
            try console.object(Dictionary(byGroup, uniquingKeysWith: { first, _ in first }))
        }
        NextSteps.afterRun(in: try options.recipe.load().output, on: console)
    }
}

/// `layerswap train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train one stage of a recipe, and the stages it needs."
    )

    private struct Result: Encodable {
        var stage: String
        var folder: String
    }

    @OptionGroup var options: WorkOptions

    @Option(name: .long, help: "The name of a stage that the recipe trains.")
    var stage = ModelPart.base.name

    func run() throws {
        let loaded = try options.recipe.load()
        let names = loaded.recipe.stages.names.flatMap(loaded.recipe.replicas)
        guard names.contains(stage) else {
            throw ValidationError(
                "the recipe trains no stage \"\(stage)\""
                    + NearestName.suggestion(for: stage, among: names)
                    + "; known: \(names.joined(separator: ", "))"
            )
        }
        _ = try options.work(goals: [stage])
        guard loaded.recipe.sweep.axes.isEmpty else { return }
        let folder = loaded.output.appending(path: stage)
        options.output.console.result("\nThe model is in \(folder.shownPath). Try it with:")
        let words = ["layerswap", "generate", folder.shownPath, "Juma has 3 mangoes."]
        options.output.console.result("    " + ShellText.command(words))
        try options.output.console.object(
            Result(stage: stage, folder: folder.shownPath)
        )
    }
}
