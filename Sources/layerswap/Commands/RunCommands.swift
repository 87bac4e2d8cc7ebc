import ArgumentParser
import Foundation
import Kernels
import Pipeline

/// What `run`, `train` and `tokenizer train` have in common.
struct WorkOptions: ParsableArguments {
    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Make finished stages again; their results go to earlier/.")
    var force = false

    /// Does the work and gives how it ended; ends the process with 130 when it was stopped.
    func work(goals: [String]?) throws -> RunOutcome {
        let experiment = try Experiment(recipe.load())
        _ = try ProductMethod.preferred.load()
        let runner = try PipelineRunner(
            experiment: experiment,
            options: .init(threads: threads.count, goals: goals, force: force)
        )
        StopSwitch.install()
        let reporter = RunReporter(console: output.console)
        let outcome: RunOutcome
        do {
            outcome = try runner.run(observer: reporter.report) { StopSwitch.isOn }
        } catch {
            reporter.close()
            throw error
        }
        reporter.close()
        if case .stopped(let stage) = outcome {
            Console.writeError("Stopped in \(stage); nothing is lost. Go on with:")
            Console.writeError(
                "    " + ShellText.command(CommandLine.arguments, without: ["--force"])
            )
            throw ExitCode(130)
        }
        return outcome
    }
}

/// A command line that can be typed again.
enum ShellText {
    /// The words, each quoted where the shell needs it.
    static func command(_ words: [String], without left: Set<String>) -> String {
        words.filter { !left.contains($0) }.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

/// `layerswap run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a whole recipe and print the comparison of its models.",
        discussion: """
            Finished stages are reused, interrupted ones go on, and what has other settings than \
            before is made anew. Ctrl-C stops at the end of a step; the same command goes on.
            """
    )

    @OptionGroup var options: WorkOptions

    func run() throws {
        guard case .complete(let table?) = try options.work(goals: nil) else { return }
        let console = options.output.console
        var shown = table
        // All tests are in results.json; on the screen stand those that the experiment is about.
        shown.tests = table.tests.filter { $0.metric.hasSuffix("_math") }
        console.result("\n" + shown.description.trimmingCharacters(in: .newlines))
        let file = try options.recipe.load().output.appending(path: "results.json")
        console.remark("\nAll measurements and tests are in \(file.shownPath).")
        try console.object(table)
    }
}

/// `layerswap train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train one stage of a recipe, and what it needs."
    )

    enum Stage: String, CaseIterable, ExpressibleByArgument {
        case base, math, language
    }

    private struct Result: Encodable {
        var stage: String
        var folder: String
    }

    @OptionGroup var options: WorkOptions

    @Option(name: .long, help: "The stage: base, math or language.")
    var stage: Stage = .base

    func run() throws {
        _ = try options.work(goals: [stage.rawValue])
        let folder = try options.recipe.load().output.appending(path: stage.rawValue)
        options.output.console.result("\nThe model is in \(folder.shownPath). Try it with:")
        options.output.console.result(
            "    layerswap generate \(folder.shownPath) 'Juma has 3 mangoes.'"
        )
        try options.output.console.object(
            Result(stage: stage.rawValue, folder: folder.shownPath)
        )
    }
}
