/// How likely one model finds the choices of one problem.
package struct ChoiceRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `target_choice`.
    package var task: String
    /// Version of the rules (`ChoiceEvaluator.version`).
    package var version: Int
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the texts.
    package var language: String
    /// The text before the choices.
    package var context: String
    /// The choices.
    package var choices: [String]
    /// The place of the right one.
    package var label: Int
    /// The log-probability of each choice after the context, in nats.
    package var logLikelihoods: [Double]
    /// How many tokens each choice was counted as.
    package var tokens: [Int]
    /// The most likely choice.
    package var choice: Int
    /// The choice that is most likely for its length in characters.
    package var normalizedChoice: Int
    /// The choice that is most likely for its length in bytes of UTF-8.
    package var byteChoice: Int
    /// Whether the beginning of the context was cut off to fit the model's positions; `nil`, and
    /// not in the JSON, when it was not.
    package var contextCut: Bool?

    private enum CodingKeys: String, CodingKey {
        case task, version, id, language, context, choices, label
        case logLikelihoods = "log_likelihoods"
        case tokens, choice
        case normalizedChoice = "normalized_choice"
        case byteChoice = "byte_choice"
        case contextCut = "context_cut"
    }
}
