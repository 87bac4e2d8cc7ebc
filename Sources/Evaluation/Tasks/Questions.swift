import Datasets
import Tokenization

/// How questions are asked: the chat form, greedy replies, whole sets in order.
package struct Questions: Sendable {
    /// Turns text to tokens and back.
    package var tokenizer: Tokenizer
    /// The form in which they are asked.
    package var format: ChatFormat
    /// The most tokens of a reply; longer ones are cut and marked.
    package var maximumNewTokens: Int
    /// How many run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes how questions are asked.
    package init(
        tokenizer: Tokenizer,
        format: ChatFormat = .standard,
        maximumNewTokens: Int = 64,
        batchSize: Int = 32
    ) {
        self.tokenizer = tokenizer
        self.format = format
        self.maximumNewTokens = maximumNewTokens
        self.batchSize = batchSize
    }

    /// A question, the reply that is right, and the reply that a model gave.
    struct Answered {
        /// The document's place in its set.
        var id: String
        /// What was asked.
        var prompt: String
        /// The right reply, in `ReplyText` form.
        var gold: String
        /// What the model wrote, in `ReplyText` form.
        var reply: String
        /// Whether the reply was cut at the most tokens allowed.
        var truncated: Bool
    }

    /// The tokens of the reply to each question; the task is named in errors.
    ///
    /// - Throws: `EvaluationError.wrongCount`; what the chat form and the generator throw.
    func replies(
        to questions: [String],
        of task: String,
        with generator: some ReplyGenerator,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])? = nil
    ) throws -> [[Int32]] {
        let replies = try generator.replies(
            to: questions.map { try format.prompt($0, tokenizer: tokenizer) },
            settings: ReplySettings(
                maximumNewTokens: maximumNewTokens,
                stopToken: tokenizer.endOfSequence,
                batchSize: batchSize
            ),
            assistant: assistant
        )
        guard replies.count == questions.count else {
            throw EvaluationError.wrongCount(
                task: task,
                found: replies.count,
                expected: questions.count
            )
        }
        return replies
    }

    /// Asks the prompts of chat documents.
    ///
    /// - Throws: `EvaluationError` for no documents or running text, before anything is generated;
    ///   what `replies(to:of:with:assistant:)` throws.
    func answers(
        to documents: [Document],
        of task: String,
        with generator: some ReplyGenerator
    ) throws -> [Answered] {
        guard !documents.isEmpty else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "question with a reply")
        }
        let pairs = try documents.enumerated().map { index, document in
            guard case .chat(let prompt, let response) = document else {
                throw EvaluationError.notAQuestion(task: task, document: String(index))
            }
            return (prompt: prompt, response: response)
        }
        let replies = try self.replies(to: pairs.map(\.prompt), of: task, with: generator)
        return zip(pairs, replies).enumerated().map { index, item in
            Answered(
                id: String(index),
                prompt: item.0.prompt,
                gold: ReplyText.normalized(item.0.response),
                reply: ReplyText.normalized(tokenizer.decode(item.1)),
                truncated: item.1.count >= maximumNewTokens
            )
        }
    }
}
