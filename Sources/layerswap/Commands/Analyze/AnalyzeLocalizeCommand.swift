import Analysis
import ArgumentParser
import Foundation
import Foundations
import MergeMethods
import RunAnalysis

/// `layerswap analyze localize`.
struct AnalyzeLocalizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "localize",
        abstract: "Find the weights that carry mathematics in each language, and what they share.",
        discussion: """
            The set of a language is the top share of |W|·‖X‖ on its mathematics minus the top share \
            on its other text, inside each matrix. The overlap of two languages is compared \
            with random ones: sets of the same sizes, shuffled inputs with the same weights, and the sets without \
            mathematics.

            Of a run, or of a Llama checkpoint with --checkpoint and --samples, whose files have \
            one {"text": …} or {"tokens": […]} a line.
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
        help: "The seed of the random choices. (default: 0)",
        transform: NumberArgument.whole
    )
    var seed: UInt64 = 0

    @OptionGroup var record: AnalysisOutputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if source.checkpoint != nil, files.isEmpty {
            throw ValidationError("missing the samples for the checkpoint: add --samples")
        }
        if source.name != nil, !files.isEmpty {
            throw ValidationError("--samples belongs to --checkpoint; a run has its own samples")
        }
    }

    static func models(of run: AnalyzedRun) -> [String] {
        run.models(among: [ModelPart.base.name, ModelPart.math.name, "swap"])
    }

    func run() throws {
        AnalysisProgress.expectStop()
        let console = output.console
        let made: AnalysisOutcome<LocalizationTool.Settings, LocalizationTool.Result>
        switch try source.choice() {
        case .run(let name):
            let (run, target) = try record.open(
                name,
                in: source.experiment,
                .localize,
                threads: threads.count
            )
            let settings = settings(model.isEmpty ? Self.models(of: run) : model)
            made = try Self.make(run, settings, target, threads: threads.count, console)
        case .checkpoint(let folder):
            let samples = try sampleFiles()
            let target = try record.target(
                .localize,
                reading: [.init("the checkpoint", folder)]
                    + samples.flatMap { [$0.mathematics, $0.other] }.map { .init("a sample", $0) }
            )
            let opened = try OpenedCheckpoint(at: folder)
            made = try AnalysisProgress.shown(on: console) { progress in
                let tool = LocalizationTool(settings([opened.name]), threads: threads.count)
                let record = try tool.run(opened, files: samples, to: target) {
                    progress.update("\($0): \($1)", $2, $3)
                }
                return AnalysisOutcome(record, at: target)
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

    static func make(
        _ run: AnalyzedRun,
        _ settings: LocalizationTool.Settings,
        _ target: AnalysisTarget,
        threads: Int,
        _ console: Console
    ) throws -> AnalysisOutcome<LocalizationTool.Settings, LocalizationTool.Result> {
        try AnalysisProgress.shown(on: console) { progress in
            let tool = LocalizationTool(settings, threads: threads)
            let record = try tool.run(run, to: target) {
                progress.update("\($0): \($1)", $2, $3)
            }
            return AnalysisOutcome(record, at: target)
        }
    }
}

/// Sets of mathematics and their overlap as lines of text.
struct LocalizationLines {
    private let result: LocalizationTool.Result

    init(_ result: LocalizationTool.Result) { self.result = result }

    /// For each model a table of the shares, and one of the layers at the middle share.
    var lines: [String] { result.models.flatMap(lines) }

    private func lines(_ model: LocalizationTool.ModelResult) -> [String] {
        let record = model.record
        guard record.languages.count > 1 else { return sizes(model) }
        let sets = record.languages.map { "set \($0)" }
        let shares = TextTable(
            header: ["share", "languages"] + sets + Self.overlapTitles,
            rows: record.cuts.flatMap { cut in
                cut.pairs.map { pair in
                    [Self.short(cut.share), pair.languages.joined(separator: "–")]
                        + cut.sets.map { NumberText.grouped($0.size) } + Self.cells(pair.all)
                }
            },
            rightAligned: Set(2..<2 + sets.count + Self.overlapTitles.count)
        )
        var lines = [
            "\n\(model.model): weights of mathematics, \(record.mathematics.min() ?? 0) samples of "
                + "each language and kind"
        ]
        lines += shares.lines
        guard let cut = record.cuts.min(by: { abs($0.share - 0.05) < abs($1.share - 0.05) }) else {
            return lines
        }
        let layers = TextTable(
            header: ["layer", "languages"] + sets + Self.overlapTitles,
            rows: cut.pairs.flatMap { pair in
                pair.layers.enumerated().map { layer, overlap in
                    ["\(layer)", pair.languages.joined(separator: "–")]
                        + cut.sets.map { Self.size($0, layer) } + Self.cells(overlap)
                }
            },
            rightAligned: Set(2..<2 + sets.count + Self.overlapTitles.count)
        )
        return lines + ["", "By layer at the share \(Self.short(cut.share)):"] + layers.lines
    }

    /// What one language has alone: the sizes of its sets; overlaps are of two.
    private func sizes(_ model: LocalizationTool.ModelResult) -> [String] {
        let record = model.record
        let language = record.languages.first ?? ""
        var lines = [
            "\n\(model.model): weights of mathematics in \(language) alone, "
                + "\(record.mathematics.min() ?? 0) samples of each kind. Overlaps are of two "
                + "languages: give --samples of another one too."
        ]
        let titles = record.cuts.map { "share \(Self.short($0.share))" }
        let layerCount = record.cuts.first?.sets.first?.layers.count ?? 0
        let all = ["all"] + record.cuts.map { NumberText.grouped($0.sets.first?.size ?? 0) }
        let layers = (0..<layerCount).map { layer in
            ["\(layer)"] + record.cuts.map { $0.sets.first.map { Self.size($0, layer) } ?? "–" }
        }
        lines +=
            TextTable(
                header: ["layer"] + titles,
                rows: [all] + layers,
                rightAligned: Set(1..<1 + titles.count)
            ).lines
        return lines
    }

    private static let overlapTitles = [
        "Jaccard", "by groups", "same sizes", "z", "same |W|", "z", "without math",
    ]

    private static func cells(_ overlap: LocalizationRecord.Overlap) -> [String] {
        [
            number(overlap.jaccard),
            overlap.groups?.text ?? "–",
            number(overlap.sizeNull), score(overlap.sizeZ), number(overlap.weightNull),
            score(overlap.weightZ), number(overlap.control),
        ]
    }

    private static func size(_ set: LocalizationRecord.LanguageSet, _ layer: Int) -> String {
        NumberText.grouped(set.layers[layer])
    }

    private static func number(_ value: Double) -> String { NumberText.fixed(value) }

    private static func score(_ value: Double?) -> String {
        value.map { String(format: "%+.1f", $0) } ?? "–"
    }

    private static func short(_ share: Double) -> String { String(format: "%g", share) }
}
