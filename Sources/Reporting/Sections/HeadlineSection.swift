import Evaluation
import Foundations

extension Section {
    /// Who solves the most problems, and how sure that is.
    static func headline(_ run: RunArtifacts) -> Section {
        Section(
            identifier: "result",
            title: "The result",
            content: run.groups.flatMap { group -> [Markup] in
                let name = group.name.isEmpty ? "" : " (\(group.name))"
                let compared = run.recipe.comparedModels
                return (group.name.isEmpty ? [] : [.element("h3", [:], text: group.name)])
                    + sentences(group.table, compared).map(paragraph)
                    + Measure.math.metrics.compactMap { metric in
                        figure(of: metric, in: group.table, compared, name)?.markup
                    }
                    + [tests(group.table, name)].compactMap { $0 }
            }
        )
    }

    /// The result in words, as the tests have it.
    static func sentences(_ table: ComparisonTable, _ compared: [String]) -> [String] {
        compared.compactMap { model in
            let tests = table.tests.filter {
                $0.a == model && $0.metric == Metric(.math, .target) && $0.role != .bound
            }
            guard !tests.isEmpty,
                let own = table.rows.first(where: { $0.model == model })?.metrics[
                    Metric(.math, .target)
                ]
            else { return nil }
            func list(_ tests: [PairedTest]) -> String {
                tests.map { "\($0.b) (\(Format.signed($0.difference)))" }.joined(separator: ", ")
            }
            let ahead = tests.filter { $0.isSignificant && $0.difference > 0 }
            let behind = tests.filter { $0.isSignificant && $0.difference < 0 }
            let open = tests.filter { !$0.isSignificant }
            var words = "\(model) solves \(Format.interval(own)) of the problems in the target "
            words += "language."
            if !ahead.isEmpty { words += " It is ahead of \(list(ahead))." }
            if !behind.isEmpty { words += " It is behind \(list(behind))." }
            if !open.isEmpty { words += " No difference is shown to \(list(open))." }
            return words
        }
    }

    private static func figure(
        of metric: Metric,
        in table: ComparisonTable,
        _ compared: [String],
        _ name: String
    ) -> Figure? {
        let rows = table.rows.compactMap { row in
            row.metrics[metric].map { value in
                IntervalChart.Row(
                    name: row.title,
                    value: value.value,
                    interval: value.interval,
                    isEmphasized: compared.contains(row.model),
                    color: compared.contains(row.model) ? PageStyle.emphasis : 0
                )
            }
        }
        guard !rows.isEmpty else { return nil }
        let chart = IntervalChart(rows: rows, axis: "share of problems solved")
        return Figure(
            title: "\(metric.title)\(name)",
            caption: "Right answers with 95 % intervals, \(counts(table, metric)).",
            drawing: chart.drawing,
            data: chart.data
        )
    }

    private static func counts(_ table: ComparisonTable, _ metric: Metric) -> String {
        let problems = table.rows.compactMap { $0.metrics[metric]?.count }.max() ?? 0
        let seeds = table.seeds == 1 ? "one seed" : "\(table.seeds) seeds"
        let pairs = table.pairs.map { ", \($0) pairs of experts each" } ?? ""
        return "\(NumberText.grouped(problems)) problems, \(seeds)\(pairs)"
    }

    private static func tests(_ table: ComparisonTable, _ name: String) -> Markup? {
        let whole = table.tests.filter { !$0.metric.isPart }
        let primary = whole.filter { $0.role == .primary }
        let tests = primary + whole.filter { $0.role != .primary }
        guard !tests.isEmpty else { return nil }
        let hasSeeds = tests.contains { $0.seedDifferences != nil }
        let data = DataTable(
            ["comparison", "metric", "difference [95 %]"] + (hasSeeds ? ["seeds above 0"] : [])
                + ["p", "adjusted p"],
            rows: tests.map { test in
                [
                    "\(test.a) − \(test.b)", test.metric.title, Format.difference(test),
                ]
                    + (hasSeeds
                        ? [
                            test.seedDifferences.map { seeds in
                                "\(seeds.count { $0 > 0 }) of \(seeds.count)"
                            } ?? "–"
                        ] : [])
                    + [
                        Format.probability(test.p),
                        test.adjustedP.map(Format.probability) ?? "–",
                    ]
            },
            names: 2,
            emphasized: Set(tests.indices.filter { tests[$0].isSignificant })
        )
        let families = Set(tests.compactMap(\.comparisons)).sorted().map(String.init)
        let adjustment =
            families.isEmpty
            ? "" : "; adjusted by Holm over the \(families.joined(separator: "/")) of each metric"
        var rivals: [String] = []
        for test in primary where !rivals.contains(test.b) { rivals.append(test.b) }
        let order =
            primary.isEmpty
            ? ""
            : " Those with \(rivals.joined(separator: ", ")) are the question: they stand first and are "
                + "adjusted among themselves."
        return data.markup(
            caption:
                "Paired comparisons\(name)\(adjustment).\(order) \(Measure.remark)"
        )
    }

    /// Every metric of every model.
    static func tables(_ run: RunArtifacts) -> Section {
        Section(
            identifier: "tables",
            title: "Every measure",
            content: run.groups.flatMap { group -> [Markup] in
                let name = group.name.isEmpty ? "" : " (\(group.name))"
                let table = group.table
                let math = Metric(.math, .target)
                let parts = [
                    (
                        "In the target language",
                        table.metrics.filter { $0.language == .target }
                    ),
                    ("In English", table.metrics.filter { $0.language == .english }),
                    ("Across", table.metrics.filter { $0.language == nil }),
                ]
                let measures = parts.filter { !$0.1.isEmpty }.map { title, metrics in
                    rows(of: metrics, in: table, run.recipe.comparedModels)
                        .markup(caption: "\(title)\(name), with 95 % intervals")
                }
                let groups = MathBreakdown.Dimension.allCases.compactMap { dimension in
                    breakdown(of: math, dimension, table, run.recipe.comparedModels)?
                        .markup(caption: "\(math.title) by \(dimension.rawValue)\(name)")
                }
                return measures
                    + (groups.isEmpty
                        ? []
                        : [
                            .element(
                                "details",
                                [:],
                                [
                                    .element("summary", [:], text: "By kind of problem\(name)"),
                                    .group(groups),
                                ]
                            )
                        ])
            }
        )
    }

    private static func rows(
        of metrics: [Metric],
        in table: ComparisonTable,
        _ compared: [String]
    ) -> DataTable {
        DataTable(
            ["model"] + metrics.map(\.title),
            rows: table.rows.map { row in
                [row.title] + metrics.map { Format.interval(row.metrics[$0]) }
            },
            emphasized: Set(table.rows.indices.filter { compared.contains(table.rows[$0].model) })
        )
    }

    private static func breakdown(
        of metric: Metric,
        _ dimension: MathBreakdown.Dimension,
        _ table: ComparisonTable,
        _ compared: [String]
    ) -> DataTable? {
        let names = table.rows.flatMap(\.metrics.keys).parts(of: metric, by: dimension).sorted()
        guard names.count > 1 else { return nil }
        let showsSpread = dimension == .instance
        return DataTable(
            ["model"] + names.map { $0.group(of: metric, by: dimension) ?? "" }
                + (showsSpread ? ["spread (standard deviation)"] : []),
            rows: table.rows.map { row in
                let spread = row.spread(of: metric).map { Format.number($0) } ?? "–"
                return [row.title]
                    + names.map { row.metrics[$0].map { Format.number($0.value) } ?? "–" }
                    + (showsSpread ? [spread] : [])
            },
            emphasized: Set(table.rows.indices.filter { compared.contains(table.rows[$0].model) })
        )
    }
}
