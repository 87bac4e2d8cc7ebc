/// A text that goes on in one of several ways, of which one is right.
package struct ChoiceProblem: Codable, Hashable, Sendable {
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the texts.
    package var language: String
    /// The text before the choices.
    package var context: String
    /// How the text may go on, without the space between; two or more.
    package var choices: [String]
    /// The place of the right choice, from 0.
    package var label: Int

    /// Describes a problem.
    package init(id: String, language: String, context: String, choices: [String], label: Int) {
        self.id = id
        self.language = language
        self.context = context
        self.choices = choices
        self.label = label
    }
}
