import Datasets
import Foundation

/// What a task of word problems found out about one model.
package struct MathEvaluation: Hashable, Sendable {
    /// What can be right or wrong about a reply.
    package enum Criterion: Hashable, Sendable, CaseIterable {
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
    /// Which of the problems are drawings of one.
    private let drawings: ProblemDrawings

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [MathRecord], task: String) throws {
        let drawings = ProblemDrawings(records.map { ($0.id, $0.instance) })
        func measurement(of criterion: Criterion) -> Estimate? {
            Self.outcomes(of: criterion, records: records, drawings).measurement
        }
        guard let exact = measurement(of: .exact), let flexible = measurement(of: .flexible) else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "word problem")
        }
        self.records = records
        self.drawings = drawings
        self.exact = exact
        self.flexible = flexible
        equation = measurement(of: .equation)
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(MathRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// One criterion by problem, for paired comparisons.
    package func outcomes(of criterion: Criterion) -> Outcomes {
        outcomes(of: criterion, records: records)
    }

    /// One criterion by problem for some of the records.
    func outcomes(of criterion: Criterion, records: [MathRecord]) -> Outcomes {
        Self.outcomes(of: criterion, records: records, drawings)
    }

    /// The outcomes by metric: exact answers, right equations where the problems' own are known,
    /// and exact answers by group of problems.
    ///
    /// - Parameters:
    ///   - language: The language of the problems.
    ///   - calculator: Whether the metrics are those of a second round, with a calculator.
    /// - Returns: The outcomes in the order of the table.
    package func outcomes(
        in language: LanguageRole,
        calculator: Bool
    ) -> [(metric: Metric, Outcomes)] {
        outcomes(
            math: Metric(calculator ? .mathWithCalculator : .math, language),
            equation: Metric(calculator ? .equationWithCalculator : .equation, language)
        )
    }

    /// As `outcomes(in:calculator:)`, of problems in a language that is neither of the two.
    package func outcomes(
        inBystander code: String,
        calculator: Bool
    ) -> [(metric: Metric, Outcomes)] {
        outcomes(
            math: Metric(calculator ? .mathWithCalculator : .math, bystander: code),
            equation: Metric(
                calculator ? .equationWithCalculator : .equation,
                bystander: code
            )
        )
    }

    private func outcomes(math: Metric, equation: Metric) -> [(metric: Metric, Outcomes)] {
        let equations = outcomes(of: .equation)
        let breakdown = MathBreakdown(self, criterion: .exact)
        let parts = MathBreakdown.Dimension.allCases.flatMap { dimension in
            breakdown.names(by: dimension).compactMap { group in
                breakdown.outcomes(of: group, by: dimension).map {
                    (metric: math.part(group, by: dimension), $0)
                }
            }
        }
        return [(math, outcomes(of: .exact))]
            + (equations.identifiers.isEmpty ? [] : [(equation, equations)]) + parts
    }

    private static func outcomes(
        of criterion: Criterion,
        records: [MathRecord],
        _ drawings: ProblemDrawings
    ) -> Outcomes {
        let judged = records.compactMap { record in
            record.isCorrect(by: criterion).map { (record.id, $0) }
        }
        return Outcomes(identifiers: judged.map(\.0), correct: judged.map(\.1))
            .grouped(by: [drawings])
    }

    /// How many replies were cut at the most tokens allowed.
    package var truncatedCount: Int { records.count(where: \.truncated) }

    /// How many prompts left no room for a reply and count as wrong.
    package var promptTooLongCount: Int { records.count { $0.promptTooLong == true } }
}
