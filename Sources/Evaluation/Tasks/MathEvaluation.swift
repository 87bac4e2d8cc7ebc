import Foundation

/// What a task of word problems found out about one model.
package struct MathEvaluation: Hashable, Sendable {
    /// What can be right or wrong about a reply.
    package enum Metric: Hashable, Sendable, CaseIterable {
        /// The number after `#### ` is the answer.
        case exact
        /// The last number is the answer.
        case flexible
        /// The right thing is computed, whatever the result (`EquationComparison`).
        case equation
    }

    /// One record a problem, in the order of the problems.
    package let records: [MathRecord]
    /// Share of right strict answers.
    package let exact: Estimate
    /// Share of right flexible answers.
    package let flexible: Estimate
    /// Share of right equations among the problems whose equations are known; `nil` without such.
    package let equation: Estimate?

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [MathRecord], task: String) throws {
        guard let exact = Estimate.proportion(of: records.map(\.strictCorrect)),
            let flexible = Estimate.proportion(of: records.map(\.flexibleCorrect))
        else { throw EvaluationError.nothingToEvaluate(task: task, expected: "word problem") }
        self.records = records
        self.exact = exact
        self.flexible = flexible
        equation = Estimate.proportion(of: records.compactMap(\.equationCorrect))
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(MathRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// One metric by problem, for paired comparisons.
    package func outcomes(of metric: Metric) -> Outcomes {
        Self.outcomes(of: metric, records: records)
    }

    static func outcomes(of metric: Metric, records: [MathRecord]) -> Outcomes {
        let judged = records.compactMap { record in
            record.isCorrect(by: metric).map { (record.id, $0) }
        }
        return Outcomes(identifiers: judged.map(\.0), correct: judged.map(\.1))
    }

    /// How many replies were cut at the most tokens allowed.
    package var truncatedCount: Int { records.count(where: \.truncated) }

    /// How many prompts left no room for a reply and count as wrong.
    package var promptTooLongCount: Int { records.count { $0.promptTooLong == true } }
}
