import Datasets
import Tokenization

/// Asks a model to translate in one direction and compares its replies with the right ones.
package struct TranslationEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `translation_to_target`.
    package var task: String
    /// From which language to which, such as `en-sw`.
    package var direction: String
    /// Turns text to tokens and back.
    package var tokenizer: Tokenizer
    /// The form in which texts are asked.
    package var format: ChatFormat
    /// The most tokens of a reply; longer ones are cut and marked.
    package var maximumNewTokens: Int
    /// How many texts run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes a task.
    package init(
        task: String,
        direction: String,
        tokenizer: Tokenizer,
        format: ChatFormat = .standard,
        maximumNewTokens: Int = 64,
        batchSize: Int = 32
    ) {
        self.task = task
        self.direction = direction
        self.tokenizer = tokenizer
        self.format = format
        self.maximumNewTokens = maximumNewTokens
        self.batchSize = batchSize
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
        let questions = Questions(
            task: task,
            tokenizer: tokenizer,
            format: format,
            maximumNewTokens: maximumNewTokens,
            batchSize: batchSize
        )
        let records = try questions.answers(to: documents, with: generator).map { answer in
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
                truncated: answer.truncated
            )
        }
        return try TranslationEvaluation(records: records, task: task)
    }
}
