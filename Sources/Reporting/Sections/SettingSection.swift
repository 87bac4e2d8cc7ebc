import Evaluation
import Recipes

extension Section {
    /// What becomes of the models as the setting changes that the experiments differ in; nil when
    /// they differ in their seeds alone.
    static func setting(_ run: RunArtifacts) -> Section? {
        let grouped = run.grouped
        guard !grouped.metrics.isEmpty else { return nil }
        let wording = Wording(run.recipe.languages)
        let isNamed = grouped.setting == SweepSettings.Group.severalSettings
        let by = isNamed ? "setting" : grouped.setting
        let curves = grouped.metrics.compactMap { metric in
            curve(of: metric, in: grouped, run.recipe, wording)
        }
        return Section(
            identifier: "setting",
            title: isNamed ? "By setting" : "Over \(grouped.setting)",
            content: [grid(curves)]
                + grouped.metrics.flatMap { metric in
                    let name = "\(wording.title(of: metric)) by \(by)"
                    let isWide = grouped.groups.count > mostColumns
                    let tables = [
                        values(of: metric, in: grouped, run.recipe.comparedModels, wording),
                        differences(of: metric, in: grouped, wording),
                    ].map { isWide ? $0?.transposed(by) : $0 }
                    return [
                        tables[0]?.markup(caption: "\(name), with 95 % intervals"),
                        tables[1]?.markup(
                            caption:
                                "Differences in \(name), in percentage points; * marks p < .05, "
                                + "adjusted within its column where tests are adjusted"
                        ),
                    ].compactMap { $0 }
                }
        )
    }

    /// How many settings stand beside each other; more of them stand below each other.
    private static let mostColumns = 6

    /// The curves of the compared models and of what they are compared with; nil where the values
    /// are no numbers, so that nothing lies between them.
    private static func curve(
        of metric: Metric,
        in grouped: GroupedTables,
        _ recipe: Recipe,
        _ wording: Wording
    ) -> Figure? {
        guard grouped.groups.allSatisfy({ Double($0.value) != nil }) else { return nil }
        let compared = recipe.comparedModels
        let rivals = grouped.comparisons(of: metric).map(\.b)
        let shown = grouped.titles.filter { compared.contains($0) || rivals.contains($0) }
        // Models that have no colour of their own get one of the rest.
        let rest = shown.filter {
            PageStyle.color(of: $0, isCompared: compared.contains($0)) == nil
        }
        let chart = LineChart(
            series: shown.map { title in
                let isCompared = compared.contains(title)
                let place = rest.firstIndex(of: title) ?? 0
                return LineChart.Series(
                    name: title,
                    points: points(of: title, metric, in: grouped, hasBand: isCompared),
                    color: PageStyle.color(of: title, isCompared: isCompared)
                        ?? [2, 4][place % 2],
                    isControl: !isCompared
                )
            },
            xAxis: grouped.setting,
            yAxis: "% of the problems",
            names: grouped.groups.enumerated().map { (x: Double($0), name: $1.value) },
            // Both languages have one axis.
            alsoFits: grouped.metrics.flatMap { other in
                shown.flatMap { points(of: $0, other, in: grouped, hasBand: true).map(\.y) }
            }
        )
        return Figure(
            title: "\(wording.title(of: metric)) by \(grouped.setting)",
            caption: "The band is one standard error to either side; dashed lines are what is "
                + "compared with. Values stand at equal distances.",
            chart: chart
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
                let error = hasBand ? measurement.standardError.map { 100 * $0 } : nil
                let value = 100 * measurement.value
                return LineChart.Point(
                    x: Double(place),
                    y: value,
                    interval: error.map { (value - $0)...(value + $0) }
                )
            }
        }
    }

    /// Models by values, with the words of a page in percent.
    static func values(
        of metric: Metric,
        in grouped: GroupedTables,
        _ compared: [String],
        _ wording: Wording? = nil
    ) -> DataTable {
        let titles = grouped.titles
        return DataTable(
            ["model"] + grouped.groups.map(\.value),
            rows: titles.map { title in
                [title]
                    + grouped.groups.map { group in
                        let value = grouped.measurement(metric, of: title, in: group)
                        return wording?.value(value, of: metric) ?? Format.interval(value)
                    }
            },
            emphasized: Set(titles.indices.filter { compared.contains(titles[$0]) })
        )
    }

    /// Comparisons by values; nil when there are none.
    static func differences(
        of metric: Metric,
        in grouped: GroupedTables,
        _ wording: Wording? = nil
    ) -> DataTable? {
        let pairs = grouped.comparisons(of: metric)
        guard !pairs.isEmpty else { return nil }
        return DataTable(
            ["difference"] + grouped.groups.map(\.value),
            rows: pairs.map { pair in
                ["\(pair.a) − \(pair.b)"]
                    + grouped.groups.map { group in
                        grouped.test(metric, of: pair, in: group).map { test in
                            (wording?.difference(test) ?? Format.difference(test))
                                + (test.isSignificant ? " *" : "")
                        } ?? "–"
                    }
            }
        )
    }
}
