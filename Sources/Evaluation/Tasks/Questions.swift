import Datasets
import Tokenization

/// How questions are asked: the form that fits the tokenizer, greedy replies, whole sets in order.
package struct Questions: Sendable {
    /// Turns text to tokens and back.
    package var tokenizer: Tokenizer
    /// The form in which they are asked.
    package var form: PromptForm
    /// Questions with their replies that stand before each.
    package var examples: [PromptForm.Example] = []
    /// The most tokens of a reply; longer ones are cut and marked.
    package var maximumNewTokens: Int
    /// How many run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes how questions are asked; in the form that fits the tokenizer where none is given.
    package init(
        tokenizer: Tokenizer,
        form: PromptForm? = nil,
        maximumNewTokens: Int = 64,
        batchSize: Int = 32
    ) {
        self.tokenizer = tokenizer
        self.form = form ?? .fitting(tokenizer)
        self.maximumNewTokens = maximumNewTokens
        self.batchSize = batchSize
    }

    /// What a model wrote.
    struct Reply {
        /// The tokens, the end of a text among them.
        var tokens: [Int32]
        /// The text before its end.
        var text: String
        /// Whether the reply was cut at the most tokens allowed or at the model's last position.
        var truncated: Bool
        /// Whether the prompt leaves no room for a reply, so that the model was not asked.
        var promptTooLong: Bool
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
        /// Whether the prompt leaves no room for a reply; nil when it does.
        var promptTooLong: Bool?
    }

    /// The reply to each question; the task is named in errors.
    ///
    /// - Parameters:
    ///   - questions: The questions.
    ///   - task: The task.
    ///   - generator: The model.
    ///   - ends: Texts that end a reply in the plain form.
    ///   - assistant: May force tokens.
    /// - Returns: One reply a question, in order.
    /// - Throws: `EvaluationError.wrongCount`; what the prompt form and the generator throw.
    func replies(
        to questions: [String],
        of task: String,
        with generator: some ReplyGenerator,
        ends: [String] = ReplyEnding.paragraph,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])? = nil
    ) throws -> [Reply] {
        let prompts = try questions.map {
            try form.prompt($0, examples: examples, tokenizer: tokenizer)
        }
        let stops = form.ends(tokenizer: tokenizer)
        let texts = stops.texts ?? (form == .plain ? ends : nil)
        let ending = texts.map { ReplyEnding(tokenizer: tokenizer, texts: $0) }
        let replies = try generator.replies(
            to: prompts,
            settings: ReplySettings(
                maximumNewTokens: maximumNewTokens,
                stopTokens: stops.tokens,
                ending: ending,
                vocabularySize: tokenizer.vocabularySize,
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
        return zip(prompts, replies).map { prompt, tokens in
            let text = tokenizer.decode(tokens)
            let room = max(0, generator.maximumPositions - prompt.count)
            return Reply(
                tokens: tokens,
                text: ending?.cut(text) ?? text,
                truncated: room > 0 && tokens.count >= min(maximumNewTokens, room),
                promptTooLong: room == 0
            )
        }
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
        let replies = try self.replies(
            to: pairs.map(\.prompt),
            of: task,
            with: generator,
            ends: ReplyEnding.line
        )
        return zip(pairs, replies).enumerated().map { index, item in
            Answered(
                id: String(index),
                prompt: item.0.prompt,
                gold: ReplyText.normalized(item.0.response),
                reply: ReplyText.normalized(item.1.text),
                truncated: item.1.truncated,
                promptTooLong: item.1.promptTooLong ? true : nil
            )
        }
    }
}
