import Datasets

/// The text that asks a problem of MGSM after some worked examples.
package struct MGSMPrompt: Hashable, Sendable {
    /// The form of question and answer.
    package let form: MGSMForm
    /// The words of the question's language.
    package let words: MGSMWords
    /// The worked examples, with an empty line behind each.
    private let examples: String

    /// Describes how problems are asked.
    ///
    /// - Parameters:
    ///   - form: The form.
    ///   - language: The language of questions and examples.
    ///   - exemplars: The worked examples; none for zero-shot.
    ///   - task: The task, for the error.
    /// - Throws: `EvaluationError.noWords` for a language that MGSM does not have.
    package init(
        _ form: MGSMForm,
        language: String,
        exemplars: [Exemplar],
        task: String
    ) throws {
        self.form = form
        let words = try MGSMWords.of(language, task: task)
        self.words = words
        let request = try Self.request(form, words, task)
        // The harness cuts the words before the steps off by their length, whatever they are.
        let skipped = words.steps.unicodeScalars.count + 1
        examples = exemplars.map { exemplar in
            let answer =
                form == .direct
                ? exemplar.answer : " " + String(exemplar.steps.unicodeScalars.dropFirst(skipped))
            return "\(exemplar.question)\n\(request)\(answer)\n\n"
        }.joined()
    }

    private static func request(
        _ form: MGSMForm,
        _ words: MGSMWords,
        _ task: String
    ) throws -> String {
        switch form {
        case .direct: words.direct
        case .native: words.steps
        case .english: try MGSMWords.of("en", task: task).steps
        }
    }

    /// What the model is given for a question.
    ///
    /// - Throws: `EvaluationError.noWords`.
    package func text(of question: String) throws -> String {
        let request = try Self.request(form, words, "mgsm")
        return "\(examples)\(words.question) \(question)\n\(request)"
    }

    /// Texts that end a reply.
    package var ends: [String] { [words.question, "</s>", "<|im_end|>"] }
}
