import Foundations

extension ComparisonTable: CustomStringConvertible {
    /// The tables as aligned text: values with `±` errors, their 95 % intervals, the tests.
    ///
    /// Numbers have three decimals. A `*` marks a test whose p value is below .05, after adjustment
    /// where the tests have an adjusted one; the last line says for how many comparisons. Primary
    /// comparisons stand before the others.
    package var description: String {
        let metrics = self.metrics
        let names = metrics.map(\.title)
        var text = Self.blocks(of: Array(metrics.indices)) { columns in
            [["model"] + columns.map { names[$0] }]
                + rows.map { row in
                    [row.title] + columns.map { row.metrics[metrics[$0]]?.text ?? "–" }
                }
        }
        if let footer = countFooter { text += "\n\(footer)\n" }
        if rows.contains(where: { $0.metrics.values.contains { $0.interval != nil } }) {
            text += "\n"
            text += Self.blocks(of: Array(metrics.indices)) { columns in
                [["95% interval"] + columns.map { names[$0] }]
                    + rows.map { row in
                        [row.title]
                            + columns.map { Self.interval(row.metrics[metrics[$0]]?.interval) }
                    }
            }
        }
        for (title, role) in [("primary comparison", PairedTest.Role.primary), ("", nil)] {
            let part = tests.filter { ($0.role == .primary) == (role == .primary) }
            let isOnlyPart = part.count == tests.count && role == nil
            let title = title.isEmpty ? (isOnlyPart ? "comparison" : "other comparison") : title
            if !part.isEmpty { text += "\n" + Self.text(of: part, title: title) }
        }
        return text
    }

    private static func text(of tests: [PairedTest], title: String) -> String {
        let isAdjusted = tests.contains { $0.adjustedP != nil }
        let hasSeeds = tests.contains { $0.seedDifferences != nil }
        let header =
            [title, "metric", "difference", "95% interval"]
            + (hasSeeds ? ["seeds above 0"] : []) + ["p"]
            + (isAdjusted ? ["adjusted p", ""] : [""])
        let lines = tests.map { test in
            var line = [
                "\(test.a) − \(test.b)", test.metric.title, NumberText.signed(test.difference),
                "[" + test.interval.map { NumberText.signed($0) }.joined(separator: ", ") + "]",
            ]
            if hasSeeds { line.append(test.seedDifferences.map(seedsAbove) ?? "–") }
            line.append(NumberText.probability(test.p))
            if isAdjusted { line.append(test.adjustedP.map { NumberText.probability($0) } ?? "–") }
            line.append(test.isSignificant ? "*" : "")
            return line
        }
        return aligned([header] + lines, numericFrom: 2) + "\n\(footer(of: tests))\n"
    }

    private static func footer(of tests: [PairedTest]) -> String {
        let adjusted = tests.filter { $0.adjustedP != nil }
        if adjusted.isEmpty {
            return tests.count == 1
                ? "* p < .05; one comparison"
                : "* p < .05, not adjusted for the \(tests.count) comparisons"
        }
        let families = Set(adjusted.map { $0.comparisons ?? adjusted.count }).sorted()
        let sizes = families.map(String.init).joined(separator: "/")
        let rest = adjusted.count < tests.count ? "; – not adjusted" : ""
        let word = families == [1] ? "comparison" : "comparisons"
        return "* adjusted p < .05 (Holm over \(sizes) \(word))\(rest)"
    }

    private var countFooter: String? {
        let counts = metrics.compactMap { metric -> String? in
            let values = Set(rows.compactMap { $0.metrics[metric]?.count }).sorted()
            guard !values.isEmpty else { return nil }
            let shown = values.map(String.init).joined(separator: "/")
            return "\(metric.title) n = \(shown)"
        }
        guard !counts.isEmpty else { return nil }
        var seedText = seeds == 1 ? "1 seed" : "mean of \(seeds) seeds"
        if let pairs {
            seedText += pairs == 1 ? ", 1 pair of experts each" : ", \(pairs) pairs of experts each"
        }
        return "± one standard error; \(seedText); " + counts.joined(separator: ", ")
    }

    private static func interval(_ interval: ClosedRange<Double>?) -> String {
        guard let interval else { return "–" }
        let ends = [interval.lowerBound, interval.upperBound].map { NumberText.fixed($0) }
        return "[" + ends.joined(separator: ", ") + "]"
    }

    private static func seedsAbove(_ differences: [Double]) -> String {
        "\(differences.count { $0 > 0 }) of \(differences.count)"
    }

    /// The lines as a table: texts to the left, numbers to the right.
    static func aligned(_ lines: [[String]], numericFrom: Int) -> String {
        let columns = lines.map(\.count).max() ?? 0
        let numbers = Set(numericFrom..<max(numericFrom, columns))
        return TextTable(rows: lines, rightAligned: numbers).aligned().map { $0 + "\n" }.joined()
    }
}
