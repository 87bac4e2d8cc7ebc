import Evaluation
import Recipes

extension Section {
    /// What becomes of the models as the setting changes that the experiments differ in; nil when
    /// they differ in their seeds alone.
    static func setting(_ run: RunArtifacts) -> Section? {
        let grouped = run.grouped
        guard !grouped.metrics.isEmpty else { return nil }
        return Section(
            identifier: "setting",
            title: "Over \(grouped.setting)",
            content: grouped.metrics.flatMap { metric in
                let name = "\(metric.title) by \(grouped.setting)"
                return [
                    curve(of: metric, in: grouped, run.recipe)?.markup,
                    values(of: metric, in: grouped, run.recipe.comparedModels)
                        .markup(caption: "\(name), with 95 % intervals"),
                    differences(of: metric, in: grouped)?.markup(
                        caption: "Differences in \(name); * marks p < .05, adjusted within its "
                            + "column where tests are adjusted"
                    ),
                ].compactMap { $0 }
            }
        )
    }

    /// The curves of the compared models and of what they are compared with; nil where the values
    /// are no numbers, so that nothing lies between them.
    private static func curve(
        of metric: Metric,
        in grouped: GroupedTables,
        _ recipe: Recipe
    ) -> Figure? {
        guard grouped.groups.allSatisfy({ Double($0.value) != nil }) else { return nil }
        let compared = recipe.comparedModels
        let rivals = grouped.comparisons(of: metric).map(\.b)
        let shown = grouped.titles.filter { compared.contains($0) || rivals.contains($0) }
        let others = (0..<PageStyle.colors).filter { $0 != PageStyle.emphasis }
        var rival = 0
        let chart = LineChart(
            series: shown.map { title in
                let isCompared = compared.contains(title)
                if !isCompared { rival += 1 }
                return LineChart.Series(
                    name: title,
                    points: points(of: title, metric, in: grouped, hasBand: isCompared),
                    color: isCompared ? PageStyle.emphasis : others[(rival - 1) % others.count],
                    isControl: !isCompared
                )
            },
            xAxis: grouped.setting,
            yAxis: metric.title,
            names: grouped.groups.enumerated().map { (x: Double($0), name: $1.value) }
        )
        return Figure(
            title: "\(metric.title) by \(grouped.setting)",
            caption: "The band is one standard error to either side; dashed lines are what is "
                + "compared with. Values stand at equal distances.",
            drawing: chart.drawing,
            data: DataTable(
                ["model", grouped.setting, metric.title, "standard error"],
                rows: shown.flatMap { title in
                    grouped.groups.compactMap { group in
                        grouped.measurement(metric, of: title, in: group).map { measurement in
                            [
                                title, group.value, Format.number(measurement.value, 5),
                                measurement.standardError.map { Format.number($0, 5) } ?? "",
                            ]
                        }
                    }
                },
                names: 2
            )
        )
    }

    /// The places of a curve.
    ///
    /// Two or three seeds make 95 % intervals that would leave nothing of the curves to be seen, so
    /// a band is one standard error; the intervals stand in the table.
    private static func points(
        of title: String,
        _ metric: Metric,
        in grouped: GroupedTables,
        hasBand: Bool
    ) -> [LineChart.Point] {
        grouped.groups.enumerated().compactMap { place, group in
            grouped.measurement(metric, of: title, in: group).map { measurement in
                let error = hasBand ? measurement.standardError : nil
                let value = measurement.value
                return LineChart.Point(
                    x: Double(place),
                    y: value,
                    interval: error.map { (value - $0)...(value + $0) }
                )
            }
        }
    }

    /// Models by values.
    static func values(
        of metric: Metric,
        in grouped: GroupedTables,
        _ compared: [String]
    ) -> DataTable {
        let titles = grouped.titles
        return DataTable(
            ["model"] + grouped.groups.map(\.value),
            rows: titles.map { title in
                [title]
                    + grouped.groups.map { group in
                        Format.interval(grouped.measurement(metric, of: title, in: group))
                    }
            },
            emphasized: Set(titles.indices.filter { compared.contains(titles[$0]) })
        )
    }

    /// Comparisons by values; nil when there are none.
    static func differences(of metric: Metric, in grouped: GroupedTables) -> DataTable? {
        let pairs = grouped.comparisons(of: metric)
        guard !pairs.isEmpty else { return nil }
        return DataTable(
            ["difference"] + grouped.groups.map(\.value),
            rows: pairs.map { pair in
                ["\(pair.a) − \(pair.b)"]
                    + grouped.groups.map { group in
                        grouped.test(metric, of: pair, in: group).map { test in
                            Format.difference(test) + (test.isSignificant ? " *" : "")
                        } ?? "–"
                    }
            }
        )
    }
}
