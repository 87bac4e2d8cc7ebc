/// A word problem in one language, with its worked solution.
///
/// The same problem has the same `id` in every language: ids are made from content, so that a
/// split by id keeps a problem and its translations together.
package struct MathProblem: Codable, Hashable, Sendable {
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the question, such as `en` or `sw`.
    package var language: String
    /// Kind of the problem within its set, such as `gain` or `share`; empty when unknown.
    package var kind: String
    /// The text that is asked.
    package var question: String
    /// The worked solution without the answer line, such as `12 + 3 = 15.`; empty when unknown.
    package var solution: String
    /// The answer in canonical form: digits, optional sign and decimal point, no separators.
    package var answer: String
    /// The left sides of the equations that solve it in order, such as `["12 + 3"]`.
    package var equations: [String]
    /// Whether the problem holds a word that the base has not seen in the target language; nil when
    /// it is not known which words it has.
    package var usesUnknownWords: Bool?
    /// Which drawing of its names and numbers it is, from 1; nil where each problem is drawn once.
    package var instance: Int?

    /// Describes a problem.
    package init(
        id: String,
        language: String,
        kind: String = "",
        question: String,
        solution: String = "",
        answer: String,
        equations: [String] = [],
        usesUnknownWords: Bool? = nil,
        instance: Int? = nil
    ) {
        self.id = id
        self.language = language
        self.kind = kind
        self.question = question
        self.solution = solution
        self.answer = answer
        self.equations = equations
        self.usesUnknownWords = usesUnknownWords
        self.instance = instance
    }

    /// What a model is trained to reply: the worked solution and `#### answer`.
    package var response: String {
        solution.isEmpty ? "#### \(answer)" : "\(solution) #### \(answer)"
    }

    /// The same problem with a reply that is the answer alone.
    package var withoutWork: MathProblem {
        var problem = self
        problem.solution = ""
        return problem
    }
}
