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
    private let wording: Wording

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
        let languages = try folders.map {
            try LoadedRecipe(at: $0.appending(path: RunFolder.recipe)).recipe.languages
        }
        wording = languages[0] == languages[1] ? Wording(languages[0]) : Wording()
    }

    /// The page.
    package var html: String {
        Page(
            title: "LayerSwap: \(names[0]) and \(names[1])",
            heading: "\(names[0]) and \(names[1])",
            subtitle: "What is different between two runs",
            sections: sections
        ).html
    }

    private var sections: [Section] { [results, settings] }

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
        let panels = Measure.math.metrics.map { metric in
            IntervalChart.Panel(
                title: wording.language(of: metric) ?? metric.title,
                rows: difference.lines.filter { $0.test.metric == metric }.map { line in
                    let verdict = Verdict(line.test)
                    return .init(
                        name: line.group.isEmpty ? line.model : "\(line.model), \(line.group)",
                        value: 100 * line.test.difference,
                        interval: Section.percentRange(line.test),
                        tint: .verdict(verdict),
                        isSure: verdict == .better || verdict == .worse
                    )
                }
            )
        }.filter { !$0.rows.isEmpty }
        let chart = IntervalChart(
            panels: panels,
            axis: "\(names[0]) − \(names[1]), percentage points",
            reference: 0,
            isDifference: true,
            key: Key([
                .dot(.verdict(.better), "\(names[0]) solves more"),
                .dot(.verdict(.worse), "\(names[0]) solves fewer"),
                .dot(.verdict(.open), isSure: false, "could be chance"),
            ])
        )
        let figure = Figure(
            title: "Problems solved",
            caption: "Right of zero \(names[0]) solves more.",
            chart: chart
        )
        return Section(
            identifier: "results",
            title: "Results",
            content: [
                Section.paragraph(words), panels.isEmpty ? .none : figure.markup,
                table(wording).markup(
                    caption: "\(names[0]) − \(names[1]), 95 % intervals, of shares in percentage "
                        + "points; adjusted by Holm over all lines of a metric. "
                        + "\(Verdict.explanation). \(Measure.remark)"
                ),
            ]
        )
    }

    /// The table of the summary, and with words that of the page, which says what was found.
    private func table(_ wording: Wording? = nil) -> DataTable {
        let lines = difference.lines
        let verdicts = lines.map { Verdict($0.test) }
        let hasGroups = lines.contains { !$0.group.isEmpty }
        let titles =
            ["model"] + (hasGroups ? ["group"] : [])
            + (wording == nil ? ["metric"] : ["measure", "finding"])
        var table = DataTable(
            titles + [names[0], names[1], "difference [95 %]", "p", "adjusted p", "paired"],
            rows: zip(lines, verdicts).map { line, verdict in
                let metric = line.test.metric
                func value(_ number: Double) -> String {
                    wording != nil && metric.unit == .share
                        ? Format.percent(number) : Format.number(number)
                }
                return [line.model] + (hasGroups ? [line.group] : [])
                    + [wording?.title(of: metric) ?? metric.title]
                    + (wording == nil ? [] : [verdict.words]) + [
                        value(line.first.value), value(line.second.value),
                        wording?.difference(line.test) ?? Format.difference(line.test),
                        Format.probability(line.test.p),
                        line.test.adjustedP.map(Format.probability) ?? "–",
                        line.isPaired ? "yes" : "no",
                    ]
            },
            names: titles.count
        )
        if wording != nil { table.verdicts = verdicts }
        return table
    }

    /// Writes the page, the table in Markdown beside it, and the figures where they are asked for.
    ///
    /// - Parameter files: The files; an earlier report is replaced, nothing else is.
    /// - Returns: The page, the summary, and the folder of the figures.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to files: ReportFiles) throws -> [URL] {
        let table = table()
        let markdown = MarkdownSummary.table(table.titles, table.rows).joined(separator: "\n")
        return try files.write(
            html,
            summary: "# \(MarkdownText.line("\(names[0]) and \(names[1])"))\n\n\(markdown)\n",
            figures: sections
        )
    }
}
