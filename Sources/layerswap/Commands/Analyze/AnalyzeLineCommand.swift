import ArgumentParser
import MergeMethods
import RunAnalysis
import RunRecords

/// `layerswap analyze line`.
struct AnalyzeLineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "line",
        abstract: "Measure the models on the straight line between two experts.",
        discussion: """
            Each model is (1 − w) times the first expert plus w times the second. Where one between \
            them is worse than the straight line between both values, a barrier separates the \
            experts, and averages and swaps of them lose what they know. The cosine of both changes \
            from the base is reported too. Problems and texts are of the development split. An \
            interrupted analysis resumes with the same command.
            """
    )

    @Argument(help: .finishedRun)
    var name: String

    @OptionGroup var experiment: AnalyzedRunOptions

    @Option(name: .long, help: "The model at weight 0.")
    var first = ModelPart.math.name

    @Option(name: .long, help: "The model at weight 1.")
    var second = ModelPart.language.name

    @Option(name: .long, help: "The model that both were trained from.")
    var base = ModelPart.base.name

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: "Weights of the second model, rising from 0 to 1."
    )
    var weights = LineSettings.standardWeights

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of problems of each language. (default: 200)",
        transform: NumberArgument.whole
    )
    var problems = 200

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of texts of each language. (default: 100)",
        transform: NumberArgument.whole
    )
    var texts = 100

    @OptionGroup var record: AnalysisOutputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        AnalysisProgress.expectStop()
        let console = output.console
        let settings = LineTool.Settings(
            first: first,
            second: second,
            base: base,
            weights: weights,
            problems: problems,
            texts: texts
        )
        let made = try AnalysisOutcome(
            LineTool.self,
            of: name,
            in: experiment,
            to: record,
            threads: threads.count,
            on: console
        ) { _ in settings }
        try made.show(as: { LineLines($0).lines }, on: console)
    }
}
