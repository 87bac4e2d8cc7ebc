import ArgumentParser
import Evaluation
import Foundation
import Foundations
import RunRecords

/// `layerswap check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare a run with a recorded result, and fail when it is worse.",
        discussion: """
            The recorded result is the results.json of a run, or what 'layerswap run RECIPE --json' \
            printed. A number is worse when it is below the recorded one (above, for bits per byte) by \
            more than the tolerance plus the random variation: the one-sided 95 % bound of the \
            difference, which is wider with few seeds and with many numbers (Holm). The exit code is 1 \
            when a number is worse or missing, or the record is of another recipe.
            """
    )

    @Argument(help: .finishedRun)
    var name: String

    @Option(name: .long, help: ArgumentHelp("The recorded result, a JSON file.", valueName: "file"))
    var against: String

    @Option(
        name: .long,
        help: "A metric to compare. May be repeated. (default: problems in both languages)"
    )
    var metric: [Metric] = []

    @Option(
        name: .long,
        help: "A model to compare. May be repeated. (default: all recorded models)"
    )
    var model: [String] = []

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How much worse a number may be, beyond random variation. (default: 0)",
        transform: NumberArgument.decimal
    )
    var tolerance = 0.0

    @Option(
        name: .long,
        help: "A group of a sweep over more than seeds: GROUP of results-GROUP.json."
    )
    var group: String?

    @OptionGroup var folder: RunsFolderOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard tolerance.isFinite, tolerance >= 0 else {
            throw ValidationError("--tolerance: found \(tolerance), expected a number from 0 up")
        }
    }

    func run() throws {
        let run = try folder.catalogue.find(name)
        let file = RunStore(folder: run).resultsFile(of: group ?? "")
        let check = try RegressionCheck(
            RegressionCheck.table(at: file),
            against: RegressionCheck.table(at: URL(filePath: against)),
            metrics: metric.isEmpty ? RegressionCheck.standardMetrics : metric,
            models: model,
            tolerance: tolerance
        )
        let table = TextTable(
            header: ["model", "metric", "recorded", "found", "difference", "allowed", ""],
            rows: check.lines.map { line in
                [
                    line.model, line.metric.title,
                    line.recorded.text, line.found?.text ?? "–",
                    line.found.map {
                        NumberText.signed($0.value - line.recorded.value)
                    } ?? "–",
                    NumberText.fixed(line.allowed),
                    line.verdict == .kept ? "" : line.verdict.rawValue,
                ]
            },
            rightAligned: [2, 3, 4, 5]
        )
        for line in table.lines { output.console.result(line) }
        try output.console.object(check)
        guard check.isPassed else {
            let failures = check.lines.count { $0.verdict != .kept }
            Console.writeError(
                "\(failures) of \(check.lines.count) numbers are worse than recorded or missing."
                    + (check.recordedSeeds == 1
                        ? " The record has one seed, whose error is that of its problems alone: "
                            + "another seed, or the same on another processor, is another draw and "
                            + "may differ by more." : "")
            )
            throw ExitCode(1)
        }
        output.console.remark("Nothing is worse than recorded.")
    }
}
