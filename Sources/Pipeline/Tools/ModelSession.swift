import Datasets
import Evaluation
import Foundation
import Foundations
import Recipes
import Synchronization
import Tokenization
import Transformer

/// A model folder opened to write text with.
package struct ModelSession: Sendable {
    /// How text is chosen.
    package struct Options: Sendable {
        /// The most tokens to add.
        package var maximumNewTokens = 64
        /// What logits are divided by before sampling; 0 takes the most probable token.
        package var temperature = 0.0
        /// Sampling looks at this many most probable tokens; 0 looks at all.
        package var topK = 0
        /// Sampling looks at the fewest most probable tokens of this probability together.
        package var topP = 1.0
        /// The seed of all randomness.
        package var seed: UInt64 = 0

        /// Greedy.
        package init() {}
    }

    /// What a model wrote.
    package struct Reply: Encodable, Sendable {
        /// The text.
        package let text: String
        /// How many tokens it has.
        package let tokens: Int
        /// Seconds that it took.
        package let seconds: Double
        /// `plain` for a question that was put without chat symbols; nil otherwise.
        package let form: String?
        /// The tokens themselves; not in the JSON.
        package let identifiers: [Int32]

        private enum CodingKeys: CodingKey { case text, tokens, seconds, form }
    }

    package let tokenizer: Tokenizer
    private let generator: TextGenerator
    /// How questions are put; a template that cannot be used keeps no text from being continued.
    private let asking: Result<PromptForm, any Error>
    /// Questions with their replies that stand before each question.
    private let examples: [PromptForm.Example]
    /// Whether results are filled in for the model in its replies to questions.
    private let usesCalculator: Bool

    /// What users should know of the form in which questions are put, or nil.
    package var formNote: String? { (try? asking.get())?.note }

    /// Loads a model folder with its tokenizer.
    ///
    /// - Throws: Errors of checkpoints and tokenizers.
    package init(at folder: URL, threads: Int) throws {
        let model = try TransformerModel(forReading: folder)
        let tokenizer = try Tokenizer(inModelFolder: folder)
        self.tokenizer = tokenizer
        try ToolError.check(tokenizer, fits: model, in: folder)
        asking = Result { try PromptSettings.ofFolder.form(for: tokenizer, in: folder) }
        examples = []
        usesCalculator = false
        generator = TextGenerator(model: model, threadCount: threads)
    }

    /// Takes a model that is open.
    ///
    /// - Parameters:
    ///   - model: The model; later changes of it are not seen.
    ///   - tokenizer: Its tokenizer.
    ///   - form: How it is asked.
    ///   - examples: Questions with their replies that stand before each question.
    ///   - usesCalculator: Whether results are filled in for it in its replies to questions.
    ///   - threads: Threads that compute.
    package init(
        _ model: TransformerModel,
        tokenizer: Tokenizer,
        form: PromptForm,
        examples: [PromptForm.Example],
        usesCalculator: Bool,
        threads: Int
    ) {
        self.tokenizer = tokenizer
        asking = .success(form)
        self.examples = examples
        self.usesCalculator = usesCalculator
        generator = TextGenerator(model: model, threadCount: threads)
    }

    /// The tokens that a model gets before it writes: the text, or the question in the chat form.
    ///
    /// - Throws: Errors of the chat form.
    package func prompt(_ text: String, asChat: Bool) throws -> [Int32] {
        asChat
            ? try asking.get().prompt(text, examples: examples, tokenizer: tokenizer)
            : tokenizer.beginning + tokenizer.encode(text)
    }

    /// Continues a text, or answers it in the chat form.
    ///
    /// - Parameters:
    ///   - text: The text or the question.
    ///   - asChat: Whether it is a question in the chat form.
    ///   - options: How tokens are chosen.
    ///   - onText: Gets the new text piece by piece, never half a character.
    ///   - isStopped: Whether nobody waits for the rest any more.
    /// - Returns: The whole text and its length.
    /// - Throws: `OptionError` for options out of range, `GenerationError` for a prompt without
    ///   tokens or without room for a reply, `ModelNumberError`, errors of the chat form.
    package func reply(
        to text: String,
        asChat: Bool,
        options: Options,
        onText: @escaping @Sendable (String) -> Void = { _ in },
        isStopped: (@Sendable () -> Bool)? = nil
    ) throws -> Reply {
        let form = asChat ? try asking.get() : .plain
        let ends = form.ends(tokenizer: tokenizer)
        let generation = GenerationOptions(
            maximumNewTokens: options.maximumNewTokens,
            temperature: options.temperature,
            topK: options.topK,
            topP: options.topP,
            seed: options.seed,
            stopTokens: generator.stopTokens.union(ends.tokens),
            vocabularySize: tokenizer.vocabularySize
        )
        if let problem = generation.problem { throw OptionError(problem) }
        let prompt = try prompt(text, asChat: asChat)
        guard prompt.count < generator.maximumPositions else {
            throw GenerationError.promptTooLong(
                tokens: prompt.count,
                positions: generator.maximumPositions
            )
        }
        let isPlain = asChat && form == .plain
        let ending = (ends.texts ?? (isPlain ? ReplyEnding.paragraph : nil))
            .map { ReplyEnding(tokenizer: tokenizer, texts: $0) }
        var assistant: TextGenerator.Assistant?
        if asChat, usesCalculator {
            let calculator = Calculator(tokenizer: tokenizer)
            assistant = { _, tokens in calculator.forcedTokens(after: tokens) }
        }
        let start = ContinuousClock.now
        let stream = TextStream(tokenizer: tokenizer, ending: ending, onText: onText)
        let tokens = try generator.generate(
            prompts: [prompt],
            options: generation,
            assistant: assistant,
            isFinished: Self.rule(ending?.rule, isStopped),
            onToken: { _, token in stream.append(token) }
        )
        stream.finish()
        let whole = tokenizer.decode(tokens.first ?? [])
        return Reply(
            text: ending?.cut(whole) ?? whole,
            tokens: tokens.first?.count ?? 0,
            seconds: start.duration(to: .now).inSeconds,
            form: isPlain ? form.name : nil,
            identifiers: tokens.first ?? []
        )
    }
}

extension ModelSession {
    /// A reply ends where either says so.
    private static func rule(
        _ ending: TextGenerator.Ending?,
        _ isStopped: (@Sendable () -> Bool)?
    ) -> TextGenerator.Ending? {
        guard let isStopped else { return ending }
        return { index, tokens in isStopped() || (ending?(index, tokens) ?? false) }
    }
}

/// Turns tokens that come from some thread into text, up to the end of the reply.
private final class TextStream: Sendable {
    private struct State: Sendable {
        var decoder: StreamingDecoder
        /// What was decoded, and how many bytes of it were passed on; kept only where texts end
        /// replies.
        var text = ""
        var passed = 0
    }

    private let state: Mutex<State>
    private let ending: ReplyEnding?
    private let onText: @Sendable (String) -> Void

    init(
        tokenizer: Tokenizer,
        ending: ReplyEnding?,
        onText: @escaping @Sendable (String) -> Void
    ) {
        state = Mutex(State(decoder: StreamingDecoder(tokenizer: tokenizer)))
        self.ending = ending
        self.onText = onText
    }

    func append(_ token: Int32) {
        pass { [ending] state in
            let text = state.decoder.append(token)
            guard let ending else { return text }
            state.text += text
            return Self.news(of: ending.certain(state.text), &state)
        }
    }

    func finish() {
        pass { [ending] state in
            let text = state.decoder.finish()
            guard let ending else { return text }
            state.text += text
            return Self.news(of: ending.cut(state.text), &state)
        }
    }

    private static func news(of text: String, _ state: inout State) -> String {
        defer { state.passed = max(state.passed, text.utf8.count) }
        return String(decoding: text.utf8.dropFirst(state.passed), as: UTF8.self)
    }

    private func pass(_ text: (inout State) -> String) {
        let text = state.withLock { text(&$0) }
        if !text.isEmpty { onText(text) }
    }
}

/// What keeps a tool of the command line from its work.
package enum ToolError: Error, CustomStringConvertible {
    /// Tokenizer and model do not belong together.
    case vocabulary(folder: String, tokenizer: Int, model: Int)
    /// Samples are longer than a model's positions.
    case samplesTooLong(file: String, longer: Int, all: Int, longest: Int, positions: Int)

    package var description: String {
        switch self {
        case .vocabulary(let folder, let tokenizer, let model):
            "\(folder): the tokenizer has \(tokenizer) pieces and the model \(model) rows for them; "
                + "they do not belong together: put the model's own tokenizer beside it"
        case .samplesTooLong(let file, let longer, let all, let longest, let positions):
            "\(file): \(longer) of \(all) samples are longer than the model's \(positions) positions, "
                + "the longest has \(longest) tokens; shorten them or leave them out"
        }
    }
}

extension ToolError {
    /// Refuses a tokenizer that cannot be a model's own.
    ///
    /// - Throws: `vocabulary`.
    package static func check(
        _ tokenizer: Tokenizer,
        fits model: TransformerModel,
        in folder: URL
    ) throws {
        try check(tokenizer, fitsRows: model.configuration.vocabularySize, in: folder)
    }

    /// Refuses a tokenizer with more pieces than a model has rows, or fewer than half as many.
    ///
    /// A model may have more rows than pieces, which round its matrices up or wait for symbols of
    /// its users. No published model has twice as many.
    ///
    /// - Throws: `vocabulary`.
    static func check(_ tokenizer: Tokenizer, fitsRows rows: Int, in folder: URL) throws {
        guard tokenizer.vocabularySize > rows || tokenizer.vocabularySize < rows / 2 else { return }
        throw ToolError.vocabulary(
            folder: folder.shownPath,
            tokenizer: tokenizer.vocabularySize,
            model: rows
        )
    }
}
