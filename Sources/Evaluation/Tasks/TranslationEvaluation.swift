import Datasets
import Foundation

/// What a model wrote for one text to translate, and how it was judged.
package struct TranslationRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `translation_to_target`.
    package var task: String
    /// Version of the rules (`TranslationEvaluator.version`).
    package var version: Int
    /// The text's place in its set, the same for every model.
    package var id: String
    /// From which language to which, such as `en-sw`.
    package var direction: String
    /// What was asked.
    package var prompt: String
    /// The right translation in `ReplyText` form.
    package var gold: String
    /// What the model wrote, in `ReplyText` form.
    package var reply: String
    /// Whether the whole reply is the right translation.
    package var exact: Bool
    /// The character F-score of the reply (`CharacterFScore`), from 0 to 1.
    package var chrF: Double
    /// Whether the reply was cut at the most tokens allowed.
    package var truncated: Bool
    /// Whether the prompt leaves no room for a reply; `nil`, and not in the JSON, when it does.
    package var promptTooLong: Bool?

    private enum CodingKeys: String, CodingKey {
        case task, version, id, direction, prompt, gold, reply, exact
        case chrF = "chrf"
        case truncated
        case promptTooLong = "prompt_too_long"
    }
}

/// How well a model translates in one direction.
package struct TranslationEvaluation: Hashable, Sendable {
    /// What can be measured of a translation.
    package enum Criterion: Hashable, Sendable, CaseIterable {
        /// The whole reply is right.
        case exact
        /// The character F-score of the reply.
        case chrF
    }

    /// One record a text, in order.
    package let records: [TranslationRecord]
    /// Share of replies that are right as a whole.
    package let exact: Estimate
    /// The mean of the replies' character F-scores.
    package let chrF: Estimate
    /// The character F-score of all replies together: long texts weigh more.
    ///
    /// Its error is the jackknife's, s² = (n − 1) / n · Σ(θ₍ᵢ₎ − θ̄)² over the scores without text
    /// i.
    package let corpusChrF: Estimate

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [TranslationRecord], task: String) throws {
        guard let exact = Estimate.proportion(of: records.map(\.exact)),
            let chrF = Estimate.mean(of: records.map(\.chrF))
        else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "question with a reply")
        }
        self.records = records
        self.exact = exact
        self.chrF = chrF
        corpusChrF = Self.corpus(records)
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(TranslationRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    private static func corpus(_ records: [TranslationRecord]) -> Estimate {
        let scores = records.map { CharacterFScore(reply: $0.reply, gold: $0.gold) }
        let total = scores.reduce(CharacterFScore(), +)
        var error: Double?
        if scores.count > 1 {
            let n = Double(scores.count)
            let without = scores.map { (total - $0).value }
            let mean = without.reduce(0, +) / n
            let squares = without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            error = ((n - 1) / n * squares).squareRoot()
        }
        return Estimate(value: total.value, standardError: error, count: scores.count)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// One criterion by text, for paired comparisons.
    package func outcomes(of criterion: Criterion) -> Outcomes {
        let identifiers = records.map(\.id)
        switch criterion {
        case .exact: return Outcomes(identifiers: identifiers, correct: records.map(\.exact))
        case .chrF:
            return Outcomes(
                identifiers: identifiers,
                amounts: records.map(\.chrF),
                weights: Array(repeating: 1, count: records.count)
            )
        }
    }

    /// The outcomes by metric: exact translations, and the character F-score.
    package func outcomes(into language: LanguageRole) -> [(metric: Metric, Outcomes)] {
        [
            (Metric(.translation, language), outcomes(of: .exact)),
            (Metric(.translationChrF, language), outcomes(of: .chrF)),
        ]
    }

    /// How many replies were cut at the most tokens allowed.
    package var truncatedCount: Int { records.count(where: \.truncated) }

    /// How many prompts left no room for a reply and count as wrong.
    package var promptTooLongCount: Int { records.count { $0.promptTooLong == true } }
}
