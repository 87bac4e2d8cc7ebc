import Datasets

/// Asks a model to translate in one direction and compares its replies with the right ones.
package struct TranslationEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `translation_to_target`.
    package var task: String
    /// From which language to which, such as `en-sw`.
    package var direction: String
    /// How the questions are asked.
    package var questions: Questions

    /// Describes a task.
    package init(
        task: String,
        direction: String,
        questions: Questions
    ) {
        self.task = task
        self.direction = direction
        self.questions = questions
    }

    /// Asks for every translation once, greedily.
    ///
    /// - Parameters:
    ///   - documents: Chat documents, at least one: the prompt asks for a translation and the
    ///     response is the right one.
    ///   - generator: The model.
    /// - Returns: One record a document, and the measurements.
    /// - Throws: `EvaluationError` for no documents or running text, before anything is generated;
    ///   what the chat form and the generator throw.
    package func evaluate(
        _ documents: [Document],
        with generator: some ReplyGenerator
    ) throws -> TranslationEvaluation {
        let records = try questions.answers(to: documents, of: task, with: generator).map {
            answer in
            TranslationRecord(
                task: task,
                version: Self.version,
                id: answer.id,
                direction: direction,
                prompt: answer.prompt,
                gold: answer.gold,
                reply: answer.reply,
                exact: answer.reply == answer.gold,
                chrF: CharacterFScore(reply: answer.reply, gold: answer.gold).value,
                truncated: answer.truncated,
                promptTooLong: answer.promptTooLong
            )
        }
        return try TranslationEvaluation(records: records, task: task)
    }
}
