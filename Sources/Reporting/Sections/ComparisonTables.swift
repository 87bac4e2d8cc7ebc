import Evaluation

extension Section {
    /// Every comparison of a group, those of the question first; nil when there is none.
    static func comparisons(_ result: GroupResult) -> DataTable? {
        let tests = result.tests
        guard !tests.isEmpty else { return nil }
        let hasSeeds = tests.contains { $0.seedDifferences != nil }
        let verdicts = tests.map(Verdict.init)
        var table = DataTable(
            ["comparison", "measure", "finding", "difference [95 %]"]
                + (hasSeeds ? ["seeds above 0"] : []) + ["p", "adjusted p"],
            rows: zip(tests, verdicts).map { test, verdict in
                let seeds = test.seedDifferences.map { seeds in
                    "\(seeds.count { $0 > 0 }) of \(seeds.count)"
                }
                return [
                    "\(test.a) − \(test.b)", result.wording.title(of: test.metric),
                    verdict.words, result.wording.difference(test),
                ] + (hasSeeds ? [seeds ?? "–"] : []) + [
                    Format.probability(test.p),
                    test.adjustedP.map(Format.probability) ?? "–",
                ]
            },
            names: 3
        )
        table.verdicts = verdicts
        return table
    }

    /// How the comparisons are read.
    static func comparisonCaption(_ result: GroupResult) -> String {
        let name = result.group.name.isEmpty ? "" : " (\(result.group.name))"
        let families = Set(result.tests.compactMap(\.comparisons)).sorted().map(String.init)
        let adjustment =
            families.isEmpty
            ? ""
            : " p values are adjusted by Holm over the \(families.joined(separator: "/")) "
                + "comparisons of each measure."
        var rivals: [String] = []
        for test in result.tests where test.role == .primary && !rivals.contains(test.b) {
            rivals.append(test.b)
        }
        let order =
            rivals.isEmpty
            ? ""
            : " Those with \(Format.list(rivals)) are the question: they stand first and are "
                + "adjusted among themselves."
        return "Paired comparisons\(name); shares in percentage points. \(Verdict.explanation)."
            + "\(adjustment)\(order) \(Measure.remark)"
    }

    /// Every metric of every model.
    static func tables(_ run: RunArtifacts) -> Section {
        let wording = Wording(run.recipe.languages)
        var explained: [(String, String)] = []
        for metric in run.groups.flatMap(\.table.metrics) {
            guard let measure = metric.measure else { continue }
            let name = wording.measure(of: metric)
            guard !explained.contains(where: { $0.0 == name }) else { continue }
            explained.append((name, measure.explanation))
        }
        return Section(
            identifier: "tables",
            title: "Every measure",
            content: [definitions(explained)]
                + run.groups.flatMap { tables(of: GroupResult(run, $0)) }
        )
    }

    private static func tables(of result: GroupResult) -> [Markup] {
        let name = result.group.name.isEmpty ? "" : " (\(result.group.name))"
        let table = result.table
        let wording = result.wording
        let parts = [
            ("In \(wording.target)", table.metrics.filter { $0.language == .target }),
            ("In \(wording.english)", table.metrics.filter { $0.language == .english }),
            ("Across languages", table.metrics.filter { $0.language == nil }),
        ]
        let measures = parts.filter { !$0.1.isEmpty }.map { title, metrics in
            DataTable(
                ["model"]
                    + metrics.map { metric in
                        metric.language == nil
                            ? wording.title(of: metric) : wording.measure(of: metric)
                    },
                rows: table.rows.map { row in
                    [row.title] + metrics.map { wording.value(row.metrics[$0], of: $0) }
                },
                emphasized: result.emphasized
            ).markup(caption: "\(title)\(name), with 95 % intervals")
        }
        let math = Metric(.math, .target)
        let groups = MathBreakdown.Dimension.allCases.compactMap { dimension in
            breakdown(of: math, dimension, result)?
                .markup(caption: "\(wording.title(of: math)) by \(dimension.rawValue)\(name)")
        }
        guard !groups.isEmpty else { return measures }
        let fold = Markup.element(
            "details",
            ["class": "more"],
            [
                .element("summary", [:], text: "By kind of problem\(name)"), .group(groups),
            ]
        )
        return measures + [fold]
    }

    private static func breakdown(
        of metric: Metric,
        _ dimension: MathBreakdown.Dimension,
        _ result: GroupResult
    ) -> DataTable? {
        let table = result.table
        let names = table.rows.flatMap(\.metrics.keys).parts(of: metric, by: dimension).sorted()
        guard names.count > 1 else { return nil }
        let showsSpread = dimension == .instance
        return DataTable(
            ["model"] + names.map { $0.group(of: metric, by: dimension) ?? "" }
                + (showsSpread ? ["spread (standard deviation, points)"] : []),
            rows: table.rows.map { row in
                let spread = row.spread(of: metric).map { Format.number(100 * $0, 1) } ?? "–"
                return [row.title]
                    + names.map { row.metrics[$0].map { Format.percent($0.value) } ?? "–" }
                    + (showsSpread ? [spread] : [])
            },
            emphasized: result.emphasized
        )
    }
}
