import Analysis
import ArgumentParser
import Foundation
import Foundations
import MergeMethods
import RunAnalysis

/// `layerswap analyze localize`.
struct AnalyzeLocalizeCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "localize",
        abstract: "Find the weights that carry mathematics in each language, and what they share.",
        discussion: """
            The set of a language is the top share of |W|·‖X‖ on its mathematics minus the top share \
            on its other text, inside each matrix. The overlap of two languages is compared \
            with random ones: sets of the same sizes, shuffled inputs with the same weights, and the sets without \
            mathematics.

            Of a run, or of a checkpoint with --checkpoint: with --questions and other text of any \
            number of languages, or with --samples, whose files have one {"text": …} or \
            {"tokens": […]} a line. With --resamples the claims of the paper are tested over samples.
            """
    )

    @OptionGroup var source: RunOrCheckpointOptions

    @Option(
        name: .long,
        help: "A model of the run. May be repeated. (default: base, math and swap)"
    )
    var model: [String] = []

    @Option(
        name: .customLong("samples"),
        help: ArgumentHelp(
            "For --checkpoint: a language with its files. May be repeated.",
            valueName: "code=mathematics.jsonl,other.jsonl"
        )
    )
    var files: [String] = []

    @OptionGroup var languageFiles: LanguageFileOptions

    @Option(
        name: .customLong("count"),
        parsing: .unconditional,
        help: "Number of samples of each language and kind. (default: 100)",
        transform: NumberArgument.whole
    )
    var samples = 100

    @Option(
        name: .long,
        help: "Number of groups of samples, whose differences give the standard errors."
    )
    var groups = LocalizationTool.Settings.standardGroups

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: "Shares of each matrix that count as its top."
    )
    var shares = LocalizationAnalysis.standardShares

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of draws of shuffled inputs. (default: 20)",
        transform: NumberArgument.whole
    )
    var draws = 20

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of resamples of the groups for the intervals of the claims. (default: none)",
        transform: NumberArgument.whole
    )
    var resamples: Int?

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
        guard (1...samples).contains(groups) else {
            throw ValidationError(
                "--groups: found \(groups), expected a number from 1 to that of --count, \(samples)"
            )
        }
        if source.checkpoint != nil, files.isEmpty == languageFiles.isEmpty {
            throw ValidationError(
                "missing the samples for the checkpoint: add --samples, or --questions with --text"
            )
        }
        if source.name != nil, !files.isEmpty || !languageFiles.isEmpty {
            throw ValidationError(
                "--samples and --questions belong to --checkpoint; a run has its own samples"
            )
        }
    }

    func run() throws {
        AnalysisProgress.expectStop()
        let console = output.console
        let made: AnalysisOutcome<LocalizationTool.Settings, LocalizationTool.Result>
        switch try source.choice() {
        case .run(let name):
            made = try AnalysisOutcome(
                LocalizationTool.self,
                of: name,
                in: source.experiment,
                to: record,
                threads: threads.count,
                on: console
            ) { run in
                settings(model.isEmpty ? LocalizationTool.standardModels(of: run) : model)
            }
        case .checkpoint(let folder) where !languageFiles.isEmpty:
            let files = try languageFiles.files(needsText: true)
            made = try AnalysisOutcome(
                .localize,
                of: folder,
                reading: files.inputs,
                to: record,
                on: console
            ) { opened, target, progress in
                try LocalizationTool(settings([opened.name]), threads: threads.count)
                    .run(opened, languages: files, to: target, progress: progress.update)
            }
        case .checkpoint(let folder):
            let samples = try sampleFiles()
            made = try AnalysisOutcome(
                .localize,
                of: folder,
                reading: samples.flatMap { [$0.mathematics, $0.other] }
                    .map { .init("a sample", $0) },
                to: record,
                on: console
            ) { opened, target, progress in
                try LocalizationTool(settings([opened.name]), threads: threads.count)
                    .run(opened, files: samples, to: target, progress: progress.update)
            }
        }
        try made.show(as: { LocalizationLines($0).lines }, on: console)
    }

    private func settings(_ models: [String]) -> LocalizationTool.Settings {
        LocalizationTool.Settings(
            models: models,
            samples: samples,
            groups: groups,
            shares: shares,
            draws: draws,
            resamples: resamples,
            seed: seed
        )
    }

    private func sampleFiles() throws -> [LocalizationTool.Files] {
        try files.map { text in
            let sides = text.split(separator: "=", maxSplits: 1)
            let paths = sides.last?.split(separator: ",") ?? []
            guard sides.count == 2, paths.count == 2 else {
                throw ValidationError(
                    "--samples: found \"\(text)\", expected LANGUAGE=MATHEMATICS.jsonl,OTHER.jsonl"
                )
            }
            return LocalizationTool.Files(
                language: String(sides[0]),
                mathematics: URL(filePath: String(paths[0])),
                other: URL(filePath: String(paths[1]))
            )
        }
    }
}
