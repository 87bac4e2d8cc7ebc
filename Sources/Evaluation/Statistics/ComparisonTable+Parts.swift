import Foundation

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
        return Self.blocks(of: Array(groups.indices)) { columns in
            [[title] + columns.map { groups[$0] }, [""] + columns.map { counts[$0] }]
                + rows.map { row in
                    [row.title] + columns.map { row.metrics[names[$0]]?.text ?? "–" }
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
