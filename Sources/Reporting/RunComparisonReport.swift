import Checkpointing
import Evaluation
import Foundation
import Foundations
import Recipes
import RunRecords

/// Two runs side by side: what differs in their recipes, and in what came out.
package struct RunComparisonReport {
    private let names: [String]
    private let folders: [URL]
    private let recipes: [String]
    private let difference: RunDifference

    /// Reads two run folders.
    ///
    /// - Throws: `RunDifference.Failure`, `RunComparison.Failure`, `RunDatabaseError`,
    ///   `RecipeError`.
    package init(_ first: URL, _ second: URL) throws {
        folders = [first, second]
        let last = folders.map(\.lastPathComponent)
        // Runs of one name in different places are distinguished by the whole path.
        names = last[0] == last[1] ? folders.map(\.shownPath) : last
        recipes = try folders.map {
            try InputFile.text(at: $0.appending(path: RunFolder.recipe))
        }
        difference = try RunDifference(first, second)
    }

    /// The page.
    package var html: String {
        Page(
            title: "\(names[0]) and \(names[1])",
            subtitle: "What is different between two runs",
            sections: [settings, results]
        ).html
    }

    /// Lines of the recipes that only one of them has.
    private var settings: Section {
        let lines = recipes.map { $0.split(separator: "\n").map(String.init) }
        let changes = lines[1].difference(from: lines[0])
        let removed = changes.removals.compactMap { change in
            if case .remove(_, let line, _) = change { line } else { nil }
        }
        let added = changes.insertions.compactMap { change in
            if case .insert(_, let line, _) = change { line } else { nil }
        }
        func list(_ lines: [String], _ name: String) -> Markup {
            .group([
                .element("h3", [:], text: "Only in \(name)"),
                .element("pre", [:], [.element("code", [:], text: lines.joined(separator: "\n"))]),
            ])
        }
        return Section(
            identifier: "settings",
            title: "Settings",
            content: changes.isEmpty
                ? [Section.paragraph("Both runs have the same recipe.")]
                : [list(removed, names[0]), list(added, names[1])]
        )
    }

    private var results: Section {
        let cells = difference.cells.filter { !$0.isEmpty }
        let isPaired = difference.lines.allSatisfy(\.isPaired)
        let words =
            (cells.isEmpty ? "" : "Over \(cells.joined(separator: ", ")). ")
            + (isPaired
                ? "Both runs were asked the same problems, so that differences are paired."
                : "Where the runs were asked other problems the intervals are those of independent "
                    + "samples.")
        let figures = Measure.math.metrics.compactMap { metric -> Figure? in
            let lines = difference.lines.filter { $0.test.metric == metric }
            guard !lines.isEmpty else { return nil }
            let chart = IntervalChart(
                rows: lines.map { line in
                    .init(
                        name: line.model,
                        value: line.test.difference,
                        interval: line.test.interval[0]...line.test.interval[1],
                        color: 0
                    )
                },
                axis: "\(names[0]) − \(names[1])",
                reference: 0,
                isDifference: true
            )
            return Figure(
                title: metric.title,
                caption: "Right of zero \(names[0]) solves more.",
                drawing: chart.drawing,
                data: chart.data
            )
        }
        return Section(
            identifier: "results",
            title: "Results",
            content: [Section.paragraph(words)] + figures.map(\.markup) + [
                table.markup(
                    caption: "\(names[0]) − \(names[1]), 95 % intervals; adjusted by Holm over the "
                        + "models of a metric. \(Measure.remark)"
                )
            ]
        )
    }

    private var table: DataTable {
        let lines = difference.lines
        return DataTable(
            [
                "model", "metric", names[0], names[1], "difference [95 %]", "p", "adjusted p",
                "paired",
            ],
            rows: lines.map { line in
                [
                    line.model, line.test.metric.title, Format.number(line.first.value),
                    Format.number(line.second.value), Format.difference(line.test),
                    Format.probability(line.test.p),
                    line.test.adjustedP.map(Format.probability) ?? "–",
                    line.isPaired ? "yes" : "no",
                ]
            },
            names: 2,
            emphasized: Set(
                lines.indices.filter { lines[$0].test.isSignificant }
            )
        )
    }

    /// Writes the page, and the table in Markdown beside it.
    ///
    /// - Parameter files: Both files; an earlier report is replaced, nothing else is.
    /// - Returns: Both files.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to files: ReportFiles) throws -> [URL] {
        let markdown = MarkdownSummary.table(table.titles, table.rows).joined(separator: "\n")
        return try files.write(
            html,
            summary: "# \(MarkdownText.line("\(names[0]) and \(names[1])"))\n\n\(markdown)\n"
        )
    }
}
