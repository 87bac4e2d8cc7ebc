import ArgumentParser
import Evaluation
import Foundation
import Foundations
import Recipes
import RunRecords

/// `layerswap runs compare`.
struct RunsCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Test the difference of two models of a run on the same problems.",
        discussion: """
            The outcomes by problem come from the database; nothing is evaluated again. Several \
            experiments of a sweep, such as seeds, count as a sample, as in the table of the run; \
            several pairs of experts in one experiment are averaged.
            """
    )

    @Argument(help: "A run: its folder, its name below Checkpoints, or its recipe.")
    var name: String

    @Argument(help: "The first model, such as swap.")
    var first: String

    @Argument(help: "The second model, which is subtracted from the first.")
    var second: String

    @Option(name: .long, help: "The metric to compare.")
    var metric = Metric(.math, .target)

    @Option(name: .long, help: "The split of the problems: test or development.")
    var split = "test"

    @Option(
        name: .customLong("cell"),
        help: "An experiment of a sweep. May be repeated. (default: all)"
    )
    var cells: [String] = []

    @OptionGroup var folder: RunsFolderOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard first != second else {
            throw ValidationError("found \(first) twice, expected two different models")
        }
    }

    func run() throws {
        let run = try folder.catalogue.find(name)
        let comparison = try RunComparison(
            RunDatabase(reading: RunStore(folder: run).databaseFile),
            of: LoadedRecipe(at: run.appending(path: RunFolder.recipe)).recipe.sweep,
            first,
            second,
            metric: metric,
            split: split,
            cells: cells
        )
        show(comparison)
        try output.console.object(comparison)
    }

    private func show(_ comparison: RunComparison) {
        let console = output.console
        let test = comparison.test
        let p = NumberText.probability(test.p, space: " ", name: "p")
        let rows = [
            [test.a, comparison.a.text],
            [test.b, comparison.b.text],
            [
                "difference",
                NumberText.signed(test.difference) + ", 95% interval ["
                    + test.interval.map { NumberText.signed($0) }.joined(separator: ", ")
                    + "], \(p)",
            ],
        ]
        let name = test.metric.title
        var counts = ["n = \(comparison.a.count)"]
        if comparison.cells > 1 { counts.append("\(comparison.cells) cells") }
        if comparison.pairs > 1 { counts.append("means of up to \(comparison.pairs) pairs") }
        console.result(
            "\(name), \(comparison.split) split, " + counts.joined(separator: ", ")
        )
        for line in TextTable(rows: rows).lines { console.result(line) }
    }
}
