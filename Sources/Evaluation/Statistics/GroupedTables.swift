import Foundation
import Foundations

/// The tables of experiments that differ in one setting, beside each other.
package struct GroupedTables: Sendable {
    /// The experiments with one value of the setting.
    package struct Group: Sendable {
        /// The value, such as `700`.
        package var value: String
        /// What came out.
        package var table: ComparisonTable

        /// Names a table by the value that it belongs to.
        package init(value: String, table: ComparisonTable) {
            self.value = value
            self.table = table
        }
    }

    /// What the experiments differ in, such as `stages.language.steps`.
    package let setting: String
    /// The tables in the order of the values.
    package let groups: [Group]

    /// Lays tables beside each other.
    package init(setting: String, groups: [Group]) {
        self.setting = setting
        self.groups = groups
    }

    /// The metrics that are shown over the setting: exact answers, where there are two groups.
    package var metrics: [Metric] {
        guard groups.count > 1 else { return [] }
        return Measure.math.metrics.filter { metric in
            groups.contains { $0.table.metrics.contains(metric) }
        }
    }

    /// Every row that any table has, by the title under which tables show it, in order.
    package var titles: [String] {
        var titles: [String] = []
        for row in groups.flatMap(\.table.rows) where !titles.contains(row.title) {
            titles.append(row.title)
        }
        return titles
    }

    /// A measurement of a row in one group; nil when it was not made.
    package func measurement(_ metric: Metric, of title: String, in group: Group) -> Estimate? {
        group.table.rows.first { $0.title == title }?.metrics[metric]
    }

    /// The comparisons of a metric that are the question: the primary ones, or all when no table
    /// has any; upper bounds are left out.
    package func comparisons(of metric: Metric) -> [(a: String, b: String)] {
        let tests = groups.flatMap(\.table.tests).filter {
            $0.metric == metric && $0.role != .bound
        }
        let primary = tests.filter { $0.role == .primary }
        var pairs: [(a: String, b: String)] = []
        for test in primary.isEmpty ? tests : primary
        where !pairs.contains(where: { $0 == (test.a, test.b) }) {
            pairs.append((test.a, test.b))
        }
        return pairs
    }

    /// A test of a metric in one group; nil when it was not made.
    package func test(
        _ metric: Metric,
        of pair: (a: String, b: String),
        in group: Group
    ) -> PairedTest? {
        group.table.tests.first { $0.metric == metric && ($0.a, $0.b) == pair }
    }

    /// One metric as aligned text: models by values, and below them the differences by values.
    package func text(of metric: Metric) -> String {
        let title = "\(metric.title) by \(setting)"
        let columns = Array(groups.indices)
        var text = ComparisonTable.blocks(of: columns) { columns in
            [[title] + columns.map { groups[$0].value }]
                + titles.map { title in
                    [title]
                        + columns.map { place in
                            measurement(metric, of: title, in: groups[place])?.text ?? "–"
                        }
                }
        }
        let pairs = comparisons(of: metric)
        guard !pairs.isEmpty else { return text }
        text += "\n"
        text += ComparisonTable.blocks(of: columns) { columns in
            [["difference"] + columns.map { groups[$0].value }]
                + pairs.map { pair in
                    ["\(pair.a) − \(pair.b)"]
                        + columns.map { place in
                            test(metric, of: pair, in: groups[place]).map(Self.difference) ?? "–"
                        }
                }
        }
        return text + "\n* p < .05, adjusted within its column where tests are adjusted\n"
    }

    private static func difference(_ test: PairedTest) -> String {
        NumberText.signed(test.difference) + (test.isSignificant ? " *" : "  ")
    }
}
