import ArgumentParser
import Evaluation
import Foundation
import Foundations
import MergeMethods
import RunAnalysis
import RunRecords

/// `layerswap analyze intervene`.
struct AnalyzeInterveneCommand: ParsableCommand {
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

    static func model(of run: AnalyzedRun) -> String {
        run.models(among: ["swap", ModelPart.math.name]).first ?? ModelPart.base.name
    }

    func validate() throws {
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
            let (run, target) = try record.open(
                name,
                in: source.experiment,
                .intervene,
                threads: threads.count
            )
            let settings = settings(of: model ?? Self.model(of: run), trains: training)
            made = try Self.make(run, settings, target, threads: threads.count, console)
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

    static func make(
        _ run: AnalyzedRun,
        _ settings: InterventionTool.Settings,
        _ target: AnalysisTarget,
        threads: Int,
        _ console: Console
    ) throws -> AnalysisOutcome<InterventionTool.Settings, InterventionRecord> {
        let tool = InterventionTool(settings, threads: threads)
        return try AnalysisOutcome(at: target, on: console) { progress in
            try tool.run(run, to: target, progress: progress.update)
        }
    }
}

/// Interventions as lines of text.
struct InterventionLines {
    private let record: InterventionRecord

    init(_ record: InterventionRecord) { self.record = record }

    /// A table with a row for each intervention.
    var lines: [String] {
        let metrics = record.measured
        let titles = metrics.map(\.title)
        func start(_ name: String, _ values: [Metric: Estimate]) -> [String] {
            [name, ""]
                + metrics.map { values[$0].map { NumberText.fixed($0.value) } ?? "–" }
        }
        let table = TextTable(
            header: ["", "weights"] + titles,
            rows: [start(record.model, record.intact), start(record.base, record.baseline)]
                + record.entries.map { entry in
                    [Self.name(entry), entry.count.map(NumberText.grouped) ?? ""]
                        + metrics.map { metric in entry[metric].map(Self.cell) ?? "–" }
                },
            rightAligned: Set(1..<2 + metrics.count)
        )
        return [
            "\(record.model) on \(record.problems) problems and \(record.texts) texts of "
                + "\(record.source), sets at the share \(record.share); differences with 95 % "
                + "intervals, * p < .05 after adjustment for all interventions."
        ] + table.lines
    }

    static func name(_ entry: InterventionRecord.Entry) -> String {
        let layers = entry.layers.map {
            $0[0] == $0[1] ? "layer \($0[0])" : "layers \($0[0])–\($0[1])"
        }
        let weights: String? =
            switch entry.weights {
            case .mathematics: "math set"
            case .top: "top"
            case .random: "random set ×\(entry.draws)"
            case .all: "everything"
            case nil: nil
            }
        let factor = entry.kind == .scale ? entry.factor.map { "× \($0)" } : nil
        return [entry.kind.rawValue, weights, entry.language, factor, layers].compactMap { $0 }
            .joined(separator: " ")
    }

    private static func cell(_ effect: InterventionRecord.Effect) -> String {
        let test = effect.difference
        let ends = test.interval.map { NumberText.signed($0) }.joined(separator: ", ")
        let mark = test.isSignificant ? "*" : " "
        return "\(NumberText.fixed(effect.value.value))  \(NumberText.signed(test.difference)) "
            + "[\(ends)]\(mark)"
    }
}
