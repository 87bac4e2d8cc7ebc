import Foundation
import Foundations

extension ComparisonTable {
    /// A metric of word problems for groups of problems that are alike, one column a group.
    ///
    /// - Parameters:
    ///   - metric: The metric of all problems, such as `target_math`.
    ///   - dimension: What the groups differ in.
    /// - Returns: The table as aligned text, or nil when there is not more than one group.
    package func text(of metric: Metric, by dimension: MathBreakdown.Dimension) -> String? {
        let names = rows.flatMap(\.metrics.keys).parts(of: metric, by: dimension).sorted {
            $0.rawValue.compare($1.rawValue, options: [.numeric, .forcedOrdering])
                == .orderedAscending
        }
        guard names.count > 1 else { return nil }
        let groups = names.map { $0.group(of: metric, by: dimension) ?? "" }
        let counts = names.map { name in
            rows.compactMap { $0.metrics[name]?.count }.max().map { "n = \($0)" } ?? ""
        }
        let title = "\(metric.title) by \(dimension.rawValue)"
        let showsSpread = dimension == .instance
        return Self.blocks(of: Array(groups.indices) + (showsSpread ? [groups.count] : [])) {
            columns in
            func cells(_ texts: [String], spread: String) -> [String] {
                columns.map { $0 < texts.count ? texts[$0] : spread }
            }
            return [
                [title] + cells(groups, spread: "spread"), [""] + cells(counts, spread: ""),
            ]
                + rows.map { row in
                    [row.title]
                        + cells(
                            names.map { row.metrics[$0]?.text ?? "–" },
                            spread: row.spread(of: metric).map { NumberText.fixed($0) } ?? "–"
                        )
                }
        }
    }

    /// Columns in as many tables below each other as the width of a page needs.
    static func blocks(
        of columns: [Int],
        lines: ([Int]) -> [[String]]
    ) -> String {
        let width = 6
        return stride(from: 0, to: columns.count, by: width).map { start in
            aligned(
                lines(Array(columns[start..<min(start + width, columns.count)])),
                numericFrom: 1
            )
        }.joined(separator: "\n")
    }
}

extension ComparisonTable.Row {
    /// How much a metric differs from one drawing of names and numbers to the next: the standard
    /// deviation over the instances of the problems, with n − 1; nil with fewer than two.
    package func spread(of metric: Metric) -> Double? {
        let values = metrics.keys.parts(of: metric, by: .instance).sorted()
            .compactMap { metrics[$0]?.value }
        guard values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(values.count - 1)).squareRoot()
    }
}
