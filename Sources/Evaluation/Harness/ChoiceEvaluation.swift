import Datasets
import Foundation

/// How often a model finds the right choice the most likely one.
package struct ChoiceEvaluation: Hashable, Sendable {
    /// Which of the choices counts as the model's.
    package enum Criterion: Hashable, Sendable, CaseIterable {
        /// The most likely one: `acc` of lm-evaluation-harness.
        case likelihood
        /// The one with the largest log-likelihood per character: `acc_norm`.
        case perCharacter
        /// The one with the largest log-likelihood per byte of UTF-8: `acc_bytes`.
        case perByte
    }

    /// One record a problem, in the order of the problems.
    package let records: [ChoiceRecord]
    /// Share of problems whose most likely choice is right.
    package let accuracy: Estimate

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [ChoiceRecord], task: String) throws {
        guard let accuracy = Estimate.proportion(of: records.map { $0.choice == $0.label }) else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "problem with choices")
        }
        self.records = records
        self.accuracy = accuracy
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(ChoiceRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// The right and wrong choices by problem, for paired comparisons.
    package func outcomes(by criterion: Criterion = .likelihood) -> Outcomes {
        Outcomes(
            identifiers: records.map(\.id),
            correct: records.map { record in
                switch criterion {
                case .likelihood: record.choice == record.label
                case .perCharacter: record.normalizedChoice == record.label
                case .perByte: record.byteChoice == record.label
                }
            }
        )
    }

    /// The outcomes by metric, in the order of the table.
    package func outcomes(in language: LanguageRole) -> [(metric: Metric, Outcomes)] {
        [
            (Metric(.choice, language), outcomes()),
            (Metric(.choiceNormalized, language), outcomes(by: .perCharacter)),
        ]
    }

    /// How many contexts lost their beginning.
    package var cutCount: Int { records.count { $0.contextCut == true } }
}
