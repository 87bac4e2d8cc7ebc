import ArgumentParser
import Evaluation
import Foundation
import Foundations
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

    @Argument(
        help: ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    )
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
        let (run, target) = try record.open(name, in: experiment, .line, threads: threads.count)
        let settings = LineTool.Settings(
            first: first,
            second: second,
            base: base,
            weights: weights,
            problems: problems,
            texts: texts
        )
        let made = try Self.make(run, settings, target, threads: threads.count, console)
        try made.show(as: { LineLines($0).lines }, on: console)
    }

    static func make(
        _ run: AnalyzedRun,
        _ settings: LineTool.Settings,
        _ target: AnalysisTarget,
        threads: Int,
        _ console: Console
    ) throws -> AnalysisOutcome<LineTool.Settings, LineRecord> {
        let tool = LineTool(settings, threads: threads)
        return try AnalysisOutcome(at: target, on: console) { progress in
            try tool.run(run, to: target) { progress.update("models", $0, $1) }
        }
    }
}

/// The line between two experts as lines of text.
struct LineLines {
    private let record: LineRecord

    init(_ record: LineRecord) { self.record = record }

    /// A table with a row for each model, and the barriers.
    var lines: [String] {
        let metrics = record.metrics
        let table = TextTable(
            header: ["weight of \(record.second)"] + metrics.map(\.title),
            rows: record.points.map { point in
                [NumberText.fixed(point.weight)]
                    + metrics.map { metric in
                        point.values[metric].map { NumberText.fixed($0.value) } ?? "–"
                    }
            },
            rightAligned: Set(0...metrics.count)
        )
        let cosine = record.cosine.map { NumberText.fixed($0) } ?? "–"
        return [
            "\(record.first) to \(record.second), \(record.problems) problems and "
                + "\(record.texts) texts of \(record.source); cosine of both changes: \(cosine)."
        ] + table.lines + [""] + metrics.compactMap(barrier)
    }

    private func barrier(of metric: Metric) -> String? {
        guard let barrier = record.barrier(of: metric) else { return nil }
        let ends = barrier.interval.map { range in
            " [\(NumberText.signed(range.lowerBound)), \(NumberText.signed(range.upperBound))]"
        }
        let isShown = barrier.interval.map { $0.lowerBound > 0 } ?? false
        return "\(metric.title): \(isShown ? "a barrier" : "no barrier is shown"), at worst "
            + "\(NumberText.signed(barrier.height))\(ends ?? "") worse than the straight line, at "
            + "weight \(NumberText.fixed(barrier.weight))"
    }
}
