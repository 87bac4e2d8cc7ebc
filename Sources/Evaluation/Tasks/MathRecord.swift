/// What a model replied to one problem, and how it was judged.
///
/// As JSON every key but the last two is there in every record, `null` where there is nothing to
/// say.
package struct MathRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `target_math`.
    package var task: String
    /// Version of the rules by which it was asked and judged (`MathEvaluator.version`).
    package var version: Int
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the question.
    package var language: String
    /// Kind of the problem; empty when unknown.
    package var kind: String
    /// What was asked.
    package var prompt: String
    /// What the model wrote.
    package var reply: String
    /// The right answer in canonical form.
    package var gold: String
    /// The number after `#### `; `nil` when there is none.
    package var strict: String?
    /// The last number of the reply; `nil` when there is none.
    package var flexible: String?
    /// Whether the strict answer is right.
    package var strictCorrect: Bool
    /// Whether the flexible answer is right.
    package var flexibleCorrect: Bool
    /// The left sides of the equations in the reply.
    package var equations: [String]
    /// The left sides of the gold equations.
    package var goldEquations: [String]
    /// Whether the reply computes the right thing; `nil` when the problem's equations are unknown.
    package var equationCorrect: Bool?
    /// Whether the reply was cut at the most tokens allowed.
    package var truncated: Bool
    /// Whether the results after `=` were filled in (`Calculator`).
    package var calculator: Bool
    /// Whether the question has words that the base never saw; `nil` when not known.
    package var unknownWords: Bool?
    /// Which drawing of the problem's names and numbers it is, from 1; `nil`, and not in the JSON,
    /// where each problem is asked once.
    package var instance: Int?
    /// Whether the prompt leaves no room for a reply in the model's positions, so that it was not
    /// asked; `nil`, and not in the JSON, when it does.
    package var promptTooLong: Bool?

    private enum CodingKeys: String, CodingKey {
        case task, version, id, language, kind, prompt, reply, gold, strict, flexible
        case strictCorrect = "strict_correct"
        case flexibleCorrect = "flexible_correct"
        case equations
        case goldEquations = "gold_equations"
        case equationCorrect = "equation_correct"
        case truncated, calculator
        case unknownWords = "unknown_words"
        case instance
        case promptTooLong = "prompt_too_long"
    }

    /// Writes every key, also those without a value.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(task, forKey: .task)
        try container.encode(version, forKey: .version)
        try container.encode(id, forKey: .id)
        try container.encode(language, forKey: .language)
        try container.encode(kind, forKey: .kind)
        try container.encode(prompt, forKey: .prompt)
        try container.encode(reply, forKey: .reply)
        try container.encode(gold, forKey: .gold)
        try container.encode(strict, forKey: .strict)
        try container.encode(flexible, forKey: .flexible)
        try container.encode(strictCorrect, forKey: .strictCorrect)
        try container.encode(flexibleCorrect, forKey: .flexibleCorrect)
        try container.encode(equations, forKey: .equations)
        try container.encode(goldEquations, forKey: .goldEquations)
        try container.encode(equationCorrect, forKey: .equationCorrect)
        try container.encode(truncated, forKey: .truncated)
        try container.encode(calculator, forKey: .calculator)
        try container.encode(unknownWords, forKey: .unknownWords)
        try container.encodeIfPresent(instance, forKey: .instance)
        try container.encodeIfPresent(promptTooLong, forKey: .promptTooLong)
    }
}

extension MathRecord {
    /// Whether the reply is right by a criterion; `nil` when the criterion does not apply to the
    /// problem.
    func isCorrect(by criterion: MathEvaluation.Criterion) -> Bool? {
        switch criterion {
        case .exact: return strictCorrect
        case .flexible: return flexibleCorrect
        case .equation: return equationCorrect
        }
    }
}
