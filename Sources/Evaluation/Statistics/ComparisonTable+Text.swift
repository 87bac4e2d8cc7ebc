import Foundation

extension ComparisonTable: CustomStringConvertible {
    /// The table as aligned text with `±` errors, then one line for each test.
    ///
    /// Shares are written with three decimals and bits per byte with three. A `*` marks a test
    /// whose p value is below .05; nothing is corrected for the number of tests.
    package var description: String {
        let metrics = self.metrics
        var lines = [["model"] + metrics.map { $0.replacing("_", with: " ") }]
        for row in rows {
            lines.append([row.model] + metrics.map { Self.cell(row.metrics[$0]) })
        }
        var text = Self.aligned(lines, numericFrom: 1)
        if let footer = countFooter { text += "\n\(footer)\n" }
        guard !tests.isEmpty else { return text }
        var testLines = [["comparison", "metric", "difference", "95% interval", "p", ""]]
        for test in tests {
            testLines.append([
                "\(test.a) − \(test.b)",
                test.metric.replacing("_", with: " "),
                Self.signed(test.difference),
                "[" + test.interval.map(Self.signed).joined(separator: ", ") + "]",
                Self.probability(test.p),
                test.p < 0.05 ? "*" : "",
            ])
        }
        return text + "\n" + Self.aligned(testLines, numericFrom: 2)
    }

    private var countFooter: String? {
        let counts = metrics.compactMap { metric -> String? in
            let values = Set(rows.compactMap { $0.metrics[metric]?.count }).sorted()
            guard !values.isEmpty else { return nil }
            let shown = values.map(String.init).joined(separator: "/")
            return "\(metric.replacing("_", with: " ")) n = \(shown)"
        }
        guard !counts.isEmpty else { return nil }
        let seedText = seeds == 1 ? "1 seed" : "mean of \(seeds) seeds"
        return "± one standard error; \(seedText); " + counts.joined(separator: ", ")
    }

    private static func cell(_ measurement: Measurement?) -> String {
        guard let measurement else { return "–" }
        let value = String(format: "%.3f", measurement.value)
        return measurement.standardError.map { value + String(format: " ±%.3f", $0) } ?? value
    }

    private static func signed(_ value: Double) -> String {
        let text = String(format: "%+.3f", value)
        return text == "-0.000" ? "+0.000" : text
    }

    private static func probability(_ p: Double) -> String {
        p < 0.0001 ? "<.0001" : String(format: "%.4f", p)
    }

    /// Pads the cells of each column to one width: texts to the left, numbers to the right.
    private static func aligned(_ lines: [[String]], numericFrom: Int) -> String {
        let columns = lines.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return lines.map { line in
            let cells = line.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column < numericFrom ? cell + padding : padding + cell
            }
            let text = cells.joined(separator: "  ")
            return text.replacing(#/ +$/#, with: "") + "\n"
        }.joined()
    }
}
