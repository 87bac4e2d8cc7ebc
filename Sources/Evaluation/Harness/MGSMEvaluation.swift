import Datasets
import Foundation

/// How many problems of MGSM a model solved.
package struct MGSMEvaluation: Hashable, Sendable {
    /// One record a problem, in the order of the problems.
    package let records: [MGSMRecord]

    /// Sums up records.
    ///
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [MGSMRecord], task: String) throws {
        guard !records.isEmpty else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "word problem")
        }
        self.records = records
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(MGSMRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// The right and wrong answers by metric, in the order of the table.
    package func outcomes(in language: LanguageRole) -> [(metric: Metric, Outcomes)] {
        func outcomes(_ isCorrect: (MGSMRecord) -> Bool) -> Outcomes {
            Outcomes(identifiers: records.map(\.id), correct: records.map(isCorrect))
        }
        return [
            (Metric(.mgsm, language), outcomes(\.flexibleCorrect)),
            (Metric(.mgsmStrict, language), outcomes(\.strictCorrect)),
        ]
    }

    /// How many prompts lost their beginning.
    package var cutCount: Int { records.count { $0.promptCut == true } }
}
