import Analysis
import ArgumentParser
import Foundation
import RunAnalysis

/// `layerswap analyze representations`.
struct AnalyzeRepresentationsCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "representations",
        abstract:
            "Compare the states of a model for the same sentences in two languages, by layer.",
        discussion: """
            Shows cosine and CKA with shuffled sentences as control, how often a sentence's nearest \
            neighbour is its translation, and the language of the most probable token through the \
            output head at every layer.

            Takes a run, or a checkpoint with --checkpoint: with --pairs and --languages, whose file \
            has one {"en": …, "sw": …} per line, texts or token numbers; or with --questions of two \
            or more languages, whose sentences are the problems of the same id.
            """
    )

    @OptionGroup var source: RunOrCheckpointOptions

    @Option(
        name: .long,
        help: "A model of the run. May be repeated. (default: base, math, language and swap)"
    )
    var model: [String] = []

    @Option(name: .long, help: "For --checkpoint: a JSONL file of sentences in both languages.")
    var pairs: String?

    @Option(name: .long, help: "For --checkpoint: the two fields of the file, such as en,sw.")
    var languages: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --checkpoint: a language with its problems. May be repeated.",
            valueName: "code=file"
        )
    )
    var questions: [String] = []

    @Option(
        name: .customLong("count"),
        parsing: .unconditional,
        help: "Number of sentences in both languages. (default: 200)",
        transform: NumberArgument.whole
    )
    var sentences = 200

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of draws of shuffled sentences. (default: 20)",
        transform: NumberArgument.whole
    )
    var draws = 20

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
        let fewest = RepresentationAnalysis.fewestSentences
        guard sentences >= fewest else {
            throw ValidationError("--count: found \(sentences), expected \(fewest) or more")
        }
        if source.checkpoint != nil, questions.isEmpty == (pairs == nil || languages == nil) {
            throw ValidationError(
                "missing the sentences for the checkpoint: add --pairs and --languages, or --questions"
            )
        }
        if questions.count == 1 {
            throw ValidationError("--questions: found one language, expected two or more")
        }
    }

    func run() throws {
        AnalysisProgress.expectStop()
        let console = output.console
        let made: AnalysisOutcome<RepresentationTool.Settings, RepresentationTool.Result>
        switch try source.choice() {
        case .run(let name):
            made = try AnalysisOutcome(
                RepresentationTool.self,
                of: name,
                in: source.experiment,
                to: record,
                threads: threads.count,
                on: console
            ) { run in
                settings(model.isEmpty ? RepresentationTool.standardModels(of: run) : model)
            }
        case .checkpoint(let folder) where !questions.isEmpty:
            let files = try LanguageFileOptions.files(questions)
            made = try AnalysisOutcome(
                .representations,
                of: folder,
                reading: files.inputs,
                to: record,
                on: console
            ) { opened, target, progress in
                try RepresentationTool(settings([opened.name]), threads: threads.count)
                    .run(opened, languages: files, to: target, progress: progress.update)
            }
        case .checkpoint(let folder):
            let file = URL(filePath: pairs ?? "")
            let codes = (languages ?? "").split(separator: ",").map(String.init)
            guard codes.count == 2 else {
                throw ValidationError(
                    "--languages: found \"\(languages ?? "")\", expected two fields as in en,sw"
                )
            }
            made = try AnalysisOutcome(
                .representations,
                of: folder,
                reading: [.init("the pairs of sentences", file)],
                to: record,
                on: console
            ) { opened, target, progress in
                try RepresentationTool(settings([opened.name]), threads: threads.count).run(
                    opened,
                    pairs: file,
                    languages: (codes[0], codes[1]),
                    to: target,
                    progress: progress.update
                )
            }
        }
        try made.show(as: { RepresentationLines($0).lines }, on: console)
    }

    private func settings(_ models: [String]) -> RepresentationTool.Settings {
        RepresentationTool.Settings(models: models, sentences: sentences, draws: draws, seed: seed)
    }
}
