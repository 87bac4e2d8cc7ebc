import Datasets
import Foundation

/// What a model replied to a question that is to be answered in one language.
///
/// As JSON every key is there in every record, `null` where there is nothing to say.
package struct AnswerLanguageRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `target_answers`.
    package var task: String
    /// Version of the rules (`AnswerLanguageEvaluator.version`).
    package var version: Int
    /// The question's place in its set, the same for every model.
    package var id: String
    /// The language in which the reply is expected.
    package var target: String
    /// What was asked.
    package var prompt: String
    /// The right reply in `ReplyText` form.
    package var gold: String
    /// What the model wrote, in `ReplyText` form.
    package var reply: String
    /// Whether the whole reply is right.
    package var exact: Bool
    /// The language of the reply; `nil` when it cannot be identified, as for digits alone.
    package var language: String?
    /// The language that the right reply is taken for: how far the classifier can be trusted.
    package var goldLanguage: String?
    /// Whether the reply was cut at the most tokens allowed.
    package var truncated: Bool
    /// Whether the prompt leaves no room for a reply; `nil`, and not in the JSON, when it does.
    package var promptTooLong: Bool?

    /// Whether the reply is in the expected language.
    package var isInTarget: Bool { language == target }

    private enum CodingKeys: String, CodingKey {
        case task, version, id, target, prompt, gold, reply, exact, language
        case goldLanguage = "gold_language"
        case truncated
        case promptTooLong = "prompt_too_long"
    }

    /// Writes every key, also those without a value.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(task, forKey: .task)
        try container.encode(version, forKey: .version)
        try container.encode(id, forKey: .id)
        try container.encode(target, forKey: .target)
        try container.encode(prompt, forKey: .prompt)
        try container.encode(gold, forKey: .gold)
        try container.encode(reply, forKey: .reply)
        try container.encode(exact, forKey: .exact)
        try container.encode(language, forKey: .language)
        try container.encode(goldLanguage, forKey: .goldLanguage)
        try container.encode(truncated, forKey: .truncated)
        try container.encodeIfPresent(promptTooLong, forKey: .promptTooLong)
    }
}

/// Whether a model answers questions, and in the language in which they are to be answered.
package struct AnswerLanguageEvaluation: Hashable, Sendable {
    /// What can be measured of a reply.
    package enum Criterion: Hashable, Sendable, CaseIterable {
        /// The whole reply is right.
        case exact
        /// The reply is in the expected language, right or wrong.
        case inTarget
    }

    /// One record a question, in order.
    package let records: [AnswerLanguageRecord]
    /// Share of replies that are right as a whole.
    package let exact: Estimate
    /// Share of replies in the expected language; those of no known language count against it.
    package let inTarget: Estimate
    /// Share of right replies that the classifier takes for the expected language: 1 when it is
    /// apt.
    package let goldInTarget: Estimate

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [AnswerLanguageRecord], task: String) throws {
        guard let exact = Estimate.proportion(of: records.map(\.exact)),
            let inTarget = Estimate.proportion(of: records.map(\.isInTarget)),
            let goldInTarget = Estimate.proportion(
                of: records.map { $0.goldLanguage == $0.target }
            )
        else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "question with a reply")
        }
        self.records = records
        self.exact = exact
        self.inTarget = inTarget
        self.goldInTarget = goldInTarget
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(AnswerLanguageRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// One criterion by question, for paired comparisons.
    package func outcomes(of criterion: Criterion) -> Outcomes {
        Outcomes(
            identifiers: records.map(\.id),
            correct: records.map { criterion == .exact ? $0.exact : $0.isInTarget }
        )
    }

    /// The outcomes by metric: right answers, and answers in the expected language.
    package func outcomes(in language: LanguageRole) -> [(metric: Metric, Outcomes)] {
        [
            (Metric(.answers, language), outcomes(of: .exact)),
            (Metric(.answersLanguage, language), outcomes(of: .inTarget)),
        ]
    }

    /// How many replies were cut at the most tokens allowed.
    package var truncatedCount: Int { records.count(where: \.truncated) }

    /// How many prompts left no room for a reply and count as wrong.
    package var promptTooLongCount: Int { records.count { $0.promptTooLong == true } }
}
