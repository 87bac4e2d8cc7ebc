import Foundation

/// One metric of word problems for groups of problems that are alike.
///
/// Problems whose property is not known are in no group of that property, so that the groups of one
/// need not add up to all problems.
package struct MathBreakdown: Hashable, Sendable {
    /// By what problems are grouped.
    package enum Dimension: String, Hashable, Sendable, CaseIterable {
        /// The problem's kind, under its own name.
        case kind
        /// The number of gold equations: `1`, `2` and so on.
        case steps
        /// `known_words`, or `unknown_words` where the question has words that the base never saw.
        case vocabulary
        /// The drawing of names and numbers: `1`, `2` and so on, where problems have several.
        case instance
    }

    /// What is judged.
    package let criterion: MathEvaluation.Criterion
    private let groups: [Dimension: [String: Outcomes]]

    /// Groups the judged problems of an evaluation.
    package init(_ evaluation: MathEvaluation, criterion: MathEvaluation.Criterion) {
        self.criterion = criterion
        var groups: [Dimension: [String: Outcomes]] = [:]
        for dimension in Dimension.allCases {
            let named = evaluation.records.compactMap { record in
                Self.group(of: record, by: dimension).map { (name: $0, record: record) }
            }
            groups[dimension] = Dictionary(grouping: named, by: \.name).compactMapValues {
                members in
                let outcomes = evaluation.outcomes(
                    of: criterion,
                    records: members.map(\.record)
                )
                return outcomes.identifiers.isEmpty ? nil : outcomes
            }
        }
        self.groups = groups
    }

    private static func group(of record: MathRecord, by dimension: Dimension) -> String? {
        switch dimension {
        case .kind: return record.kind.isEmpty ? nil : record.kind
        case .steps:
            return record.goldEquations.isEmpty ? nil : String(record.goldEquations.count)
        case .vocabulary:
            return record.unknownWords.map { $0 ? "unknown_words" : "known_words" }
        case .instance: return record.instance.map(String.init)
        }
    }

    /// The groups that have a judged problem, in the order of tables: by name, numbers by size.
    package func names(by dimension: Dimension) -> [String] {
        (groups[dimension] ?? [:]).keys.sorted {
            $0.compare($1, options: [.numeric, .forcedOrdering]) == .orderedAscending
        }
    }

    /// The share of right replies in each group.
    package func measurements(by dimension: Dimension) -> [String: Estimate] {
        (groups[dimension] ?? [:]).compactMapValues(\.measurement)
    }

    /// The outcomes of one group, for paired comparisons of it; `nil` for a group without problems.
    package func outcomes(of group: String, by dimension: Dimension) -> Outcomes? {
        groups[dimension]?[group]
    }
}
