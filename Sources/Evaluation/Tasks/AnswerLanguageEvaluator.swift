import Datasets

/// Asks questions that are to be answered in one language, and looks at the language of the
/// replies.
package struct AnswerLanguageEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_answers`.
    package var task: String
    /// The language in which replies are expected, one of the classifier's.
    package var target: String
    /// Tells the languages apart.
    package var classifier: AnswerLanguage
    /// How the questions are asked.
    package var questions: Questions

    /// Describes a task.
    package init(
        task: String,
        target: String,
        classifier: AnswerLanguage,
        questions: Questions
    ) {
        self.task = task
        self.target = target
        self.classifier = classifier
        self.questions = questions
    }

    /// Asks every question once, greedily.
    ///
    /// - Parameters:
    ///   - documents: Chat documents, at least one, whose responses are the right replies.
    ///   - generator: The model.
    /// - Returns: One record a document, and the measurements.
    /// - Throws: `EvaluationError` for no documents, running text or a target language that the
    ///   classifier does not know, before anything is generated; what the chat form and the
    ///   generator throw.
    package func evaluate(
        _ documents: [Document],
        with generator: some ReplyGenerator
    ) throws -> AnswerLanguageEvaluation {
        guard classifier.languages.contains(target) else {
            throw EvaluationError.unknownLanguage(
                task: task,
                found: target,
                expected: classifier.languages
            )
        }
        let records = try questions.answers(to: documents, of: task, with: generator).map {
            answer in
            AnswerLanguageRecord(
                task: task,
                version: Self.version,
                id: answer.id,
                target: target,
                prompt: answer.prompt,
                gold: answer.gold,
                reply: answer.reply,
                exact: answer.reply == answer.gold,
                language: classifier.language(of: answer.reply),
                goldLanguage: classifier.language(of: answer.gold),
                truncated: answer.truncated,
                promptTooLong: answer.promptTooLong
            )
        }
        return try AnswerLanguageEvaluation(records: records, task: task)
    }
}
