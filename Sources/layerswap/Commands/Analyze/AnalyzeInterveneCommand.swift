import ArgumentParser
import RunAnalysis
import RunRecords

/// `layerswap analyze intervene`.
struct AnalyzeInterveneCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "intervene",
        abstract: "Change parts of a model and measure mathematics and text in both languages.",
        discussion: """
            Prunes and scales the weights of mathematics of each language, random weights of the same \
            number and the top without subtraction; skips every layer; gives every two neighbours \
            back to the base; and trains sets alone. Problems and texts are of the development split. \
            An interrupted analysis resumes with the same command.

            Of a checkpoint, with --checkpoint and --questions, it prunes and scales sets and measures \
            bits per byte of problems and of other text in every language.
            """
    )

    @OptionGroup var source: RunOrCheckpointOptions
    @OptionGroup var languageFiles: LanguageFileOptions

    @Option(name: .long, help: "The model to change. (default: swap)")
    var model: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The share of each matrix that counts as its top. (default: 0.05)",
        transform: NumberArgument.decimal
    )
    var share = 0.05

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: "Factors that sets are multiplied by, beside 0."
    )
    var factors = [1.01, 1.05, 1.1]

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of draws of random sets. (default: 3)",
        transform: NumberArgument.whole
    )
    var draws = 3

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

    @Option(
        name: .customLong("count"),
        parsing: .unconditional,
        help: "Number of samples of each language and kind that select the sets. (default: 100)",
        transform: NumberArgument.whole
    )
    var samples = 100

    @Flag(name: .long, inversion: .prefixedNo, help: "Train sets alone, from the base.")
    var training = true

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The seed of the random choices. (default: 0)",
        transform: NumberArgument.whole
    )
    var seed: UInt64 = 0

    @OptionGroup var record: AnalysisOutputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func checkArguments() throws {
        try source.checkChoice()
        guard samples > 0 else {
            throw ValidationError("--count: found \(samples), expected a number from 1 up")
        }
        if (source.checkpoint == nil) != languageFiles.isEmpty {
            throw ValidationError("--checkpoint and --questions belong together")
        }
    }

    func run() throws {
        AnalysisProgress.expectStop()
        let console = output.console
        let made: AnalysisOutcome<InterventionTool.Settings, InterventionRecord>
        switch try source.choice() {
        case .run(let name):
            made = try AnalysisOutcome(
                InterventionTool.self,
                of: name,
                in: source.experiment,
                to: record,
                threads: threads.count,
                on: console
            ) { run in
                settings(of: model ?? InterventionTool.standardModel(of: run), trains: training)
            }
        case .checkpoint(let folder):
            let files = try languageFiles.files(needsText: true)
            made = try AnalysisOutcome(
                .intervene,
                of: folder,
                reading: files.inputs,
                to: record,
                on: console
            ) { opened, target, progress in
                var settings = settings(of: opened.name, trains: false)
                settings.base = opened.name
                return try InterventionTool(settings, threads: threads.count)
                    .run(opened, languages: files, to: target, progress: progress.update)
            }
        }
        try made.show(as: { InterventionLines($0).lines }, on: console)
    }

    private func settings(of model: String, trains: Bool) -> InterventionTool.Settings {
        InterventionTool.Settings(
            model: model,
            share: share,
            factors: factors,
            draws: draws,
            problems: problems,
            texts: texts,
            samples: samples,
            trains: trains,
            seed: seed
        )
    }
}
