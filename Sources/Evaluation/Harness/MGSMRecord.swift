/// What a model replied to one problem of MGSM, and how it was judged.
package struct MGSMRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `target_mgsm`.
    package var task: String
    /// Version of the rules (`MGSMEvaluator.version`).
    package var version: Int
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the question.
    package var language: String
    /// The form of question and answer.
    package var form: MGSMForm
    /// How many worked examples stood before the question.
    package var shots: Int
    /// What was asked.
    package var question: String
    /// What the model wrote.
    package var reply: String
    /// The right answer.
    package var gold: String
    /// The last number of the reply; `nil` when there is none.
    package var flexible: String?
    /// The strict answer; `nil` when there is none.
    package var strict: String?
    /// Whether the flexible answer is right.
    package var flexibleCorrect: Bool
    /// Whether the strict answer is right.
    package var strictCorrect: Bool
    /// Whether the reply was cut at the most tokens allowed.
    package var truncated: Bool
    /// Whether the beginning of the prompt was cut off to fit the model's positions; `nil`, and not
    /// in the JSON, when it was not.
    package var promptCut: Bool?

    private enum CodingKeys: String, CodingKey {
        case task, version, id, language, form, shots, question, reply, gold, flexible, strict
        case flexibleCorrect = "flexible_correct"
        case strictCorrect = "strict_correct"
        case truncated
        case promptCut = "prompt_cut"
    }
}
