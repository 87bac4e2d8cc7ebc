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
                    + ["target_math", "english_math"].compactMap { metric in
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
                $0.a == model && $0.metric == "target_math" && $0.role != .bound
            }
            guard !tests.isEmpty,
                let own = table.rows.first(where: { $0.model == model })?.metrics["target_math"]
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
        of metric: String,
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
            title: "\(Format.metric(metric))\(name)",
            caption: "Right answers with 95 % intervals, \(counts(table, metric)).",
            drawing: chart.drawing,
            data: chart.data
        )
    }

    private static func counts(_ table: ComparisonTable, _ metric: String) -> String {
        let problems = table.rows.compactMap { $0.metrics[metric]?.count }.max() ?? 0
        let seeds = table.seeds == 1 ? "one seed" : "\(table.seeds) seeds"
        let pairs = table.pairs.map { ", \($0) pairs of experts each" } ?? ""
        return "\(NumberText.grouped(problems)) problems, \(seeds)\(pairs)"
    }

    private static func tests(_ table: ComparisonTable, _ name: String) -> Markup? {
        let whole = table.tests.filter { !ComparisonTable.isPart($0.metric) }
        let primary = whole.filter { $0.role == .primary }
        let tests = primary + whole.filter { $0.role != .primary }
        guard !tests.isEmpty else { return nil }
        let hasSeeds = tests.contains { $0.seedDifferences != nil }
        let data = DataTable(
            ["comparison", "metric", "difference [95 %]"] + (hasSeeds ? ["seeds above 0"] : [])
                + ["p", "adjusted p"],
            rows: tests.map { test in
                [
                    "\(test.a) − \(test.b)", Format.metric(test.metric), Format.difference(test),
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
                "Paired comparisons\(name)\(adjustment).\(order) For bits per byte less is better."
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
                let parts = [
                    ("In the target language", table.metrics.filter { $0.hasPrefix("target") }),
                    ("In English", table.metrics.filter { $0.hasPrefix("english") }),
                    (
                        "Across",
                        table.metrics.filter {
                            !$0.hasPrefix("target") && !$0.hasPrefix("english")
                        }
                    ),
                ]
                let measures = parts.filter { !$0.1.isEmpty }.map { title, metrics in
                    rows(of: metrics, in: table, run.recipe.comparedModels)
                        .markup(caption: "\(title)\(name), with 95 % intervals")
                }
                let groups = MathBreakdown.Dimension.allCases.compactMap { dimension in
                    breakdown(dimension, of: table, run.recipe.comparedModels)?
                        .markup(caption: "target math by \(dimension.rawValue)\(name)")
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
        of metrics: [String],
        in table: ComparisonTable,
        _ compared: [String]
    ) -> DataTable {
        DataTable(
            ["model"] + metrics.map(Format.metric),
            rows: table.rows.map { row in
                [row.title] + metrics.map { Format.interval(row.metrics[$0]) }
            },
            emphasized: Set(table.rows.indices.filter { compared.contains(table.rows[$0].model) })
        )
    }

    private static func breakdown(
        _ dimension: MathBreakdown.Dimension,
        of table: ComparisonTable,
        _ compared: [String]
    ) -> DataTable? {
        let prefix = "target_math/\(dimension.rawValue)/"
        let names = Set(table.rows.flatMap(\.metrics.keys).filter { $0.hasPrefix(prefix) }).sorted()
        guard names.count > 1 else { return nil }
        return DataTable(
            ["model"] + names.map { Format.metric(String($0.dropFirst(prefix.count))) },
            rows: table.rows.map { row in
                [row.title] + names.map { row.metrics[$0].map { Format.number($0.value) } ?? "–" }
            },
            emphasized: Set(table.rows.indices.filter { compared.contains(table.rows[$0].model) })
        )
    }
}
