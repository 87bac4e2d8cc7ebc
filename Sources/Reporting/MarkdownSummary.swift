import Evaluation
import RunRecords

/// A run in a page of Markdown: what was run, what came out, how sure it is.
struct MarkdownSummary {
    /// By this line a summary is known as one.
    static let mark = "<!-- written by layerswap report -->"

    private let run: RunArtifacts

    init(_ run: RunArtifacts) { self.run = run }

    var text: String {
        var lines = ["# \(MarkdownText.line(run.recipe.name))", ""]
        if let purpose = run.recipe.purpose { lines += [MarkdownText.line(purpose), ""] }
        let maps = Section.maps(run)
        if !maps.isEmpty, let swap = run.recipe.comparedModels.first {
            let table = Section.mapTable(maps.map(\.map))
            lines += ["## Where swapping pays", ""]
            lines += maps.map { title, map in
                [Section.count(map, swap, over: title), Section.trend(map)].compactMap { $0 }
                    .joined(separator: " ") + "\n"
            }
            lines += Self.table(table.titles, table.rows) + [""]
        }
        lines += setting
        for group in run.groups {
            if !group.name.isEmpty { lines += ["## \(MarkdownText.line(group.name))", ""] }
            lines += Self.words(GroupResult(run, group)).map(MarkdownText.line)
            lines += [""] + models(group.table) + [""] + tests(group.table) + [""]
            if let gains = Section.gainTable(group, in: run) {
                lines += ["\(Section.gainCaption).", ""]
                lines += Self.table(gains.titles, gains.rows) + [""]
            }
        }
        for experiment in run.experiments {
            lines += analyses(of: experiment)
        }
        if let data = Section.dataTable(run) {
            lines += ["## Data", ""] + Self.table(data.titles, data.rows) + [""]
        }
        if let last = run.overview.runs.last {
            lines += [
                MarkdownText.line(
                    "Made by layerswap \(last.facts.version) on \(last.facts.processor), "
                        + "\(last.facts.threads) threads; recipe SHA-256 "
                ) + MarkdownText.code(last.facts.recipeHash) + ".",
                "",
            ]
        }
        return lines.joined(separator: "\n")
    }

    /// The result in words, as the page has it.
    private static func words(_ result: GroupResult) -> [String] {
        result.models.flatMap { model in
            result.metrics.flatMap { result.sentences(about: model, metric: $0) }
        } + [result.words]
    }

    /// The experiments of a sweep beside each other.
    private var setting: [String] {
        let grouped = run.grouped
        return grouped.metrics.flatMap { metric in
            let tables = [
                Section.values(of: metric, in: grouped, run.recipe.comparedModels),
                Section.differences(of: metric, in: grouped),
            ]
            let title = MarkdownText.line("\(metric.title) by \(grouped.setting)")
            return ["## \(title)", ""]
                + tables.compactMap { $0 }.flatMap { Self.table($0.titles, $0.rows) + [""] }
        }
    }

    private func models(_ table: ComparisonTable) -> [String] {
        let metrics = table.metrics.filter(InterventionRecord.metrics.contains)
        return Self.table(
            ["model"] + metrics.map(\.title),
            table.rows.map { row in
                [row.title] + metrics.map { Format.interval(row.metrics[$0]) }
            }
        )
    }

    private func tests(_ table: ComparisonTable) -> [String] {
        let shown = table.tests.filter { $0.metric.measure == .math && !$0.metric.isPart }
        let tests = shown.filter { $0.role == .primary } + shown.filter { $0.role != .primary }
        guard !tests.isEmpty else { return [] }
        return Self.table(
            ["comparison", "metric", "difference [95 %]", "p", "adjusted p"],
            tests.map { test in
                [
                    "\(test.a) − \(test.b)", test.metric.title, Format.difference(test),
                    Format.probability(test.p), test.adjustedP.map(Format.probability) ?? "–",
                ]
            }
        )
    }

    private func analyses(of experiment: RunArtifacts.Experiment) -> [String] {
        var lines: [String] = []
        if let change = experiment.change?.result { lines += AnalysisTables.change(change) }
        for model in experiment.localization?.result.models ?? [] {
            lines += AnalysisTables.localization(model)
        }
        if let record = experiment.interventions?.result {
            lines += AnalysisTables.interventions(record, on: Measure.math.metrics)
        }
        if let line = experiment.line?.result { lines += AnalysisTables.line(line) }
        guard !lines.isEmpty else { return [] }
        let name = MarkdownText.line(experiment.name)
        let title = name.isEmpty ? "## Analyses" : "## Analyses of \(name)"
        return [title, ""] + lines
    }

    /// A table of Markdown as lines.
    static func table(_ titles: [String], _ rows: [[String]]) -> [String] {
        func line(_ cells: [String]) -> String {
            "| " + cells.map(MarkdownText.line).joined(separator: " | ") + " |"
        }
        let rule = "| " + titles.map { _ in "---" }.joined(separator: " | ") + " |"
        return [line(titles), rule] + rows.map(line)
    }
}
