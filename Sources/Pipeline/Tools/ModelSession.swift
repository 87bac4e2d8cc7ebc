import Datasets
import Foundation
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
        /// Where chance comes from.
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
    }

    private let tokenizer: Tokenizer
    private let generator: TextGenerator
    private let format = ChatFormat.standard

    /// Loads a model folder with its tokenizer.
    ///
    /// - Throws: Errors of checkpoints and tokenizers.
    package init(at folder: URL, threads: Int) throws {
        let model = try TransformerModel(at: folder)
        let tokenizer = try Tokenizer(at: folder.appending(path: "tokenizer.model"))
        guard tokenizer.vocabularySize == model.configuration.vocabularySize else {
            throw ToolError.vocabulary(
                folder: folder.shownPath,
                tokenizer: tokenizer.vocabularySize,
                model: model.configuration.vocabularySize
            )
        }
        self.tokenizer = tokenizer
        generator = TextGenerator(model: model, threadCount: threads)
    }

    /// Continues a text, or answers it in the chat form.
    ///
    /// - Parameters:
    ///   - text: The text or the question.
    ///   - asChat: Whether it is a question in the chat form.
    ///   - options: How tokens are chosen.
    ///   - onText: Gets the new text piece by piece, never half a character.
    /// - Returns: The whole text and its length.
    /// - Throws: `ToolError.option` for options out of range, errors of the chat form.
    package func reply(
        to text: String,
        asChat: Bool,
        options: Options,
        onText: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> Reply {
        let generation = GenerationOptions(
            maximumNewTokens: options.maximumNewTokens,
            temperature: options.temperature,
            topK: options.topK,
            topP: options.topP,
            seed: options.seed,
            stopTokens: [tokenizer.endOfSequence]
        )
        if let problem = generation.problem { throw ToolError.option(problem) }
        let prompt =
            asChat
            ? try format.prompt(text, tokenizer: tokenizer)
            : [tokenizer.beginningOfSequence] + tokenizer.encode(text)
        let start = ContinuousClock.now
        let stream = TextStream(tokenizer: tokenizer, onText: onText)
        let stop = tokenizer.endOfSequence
        let write: @Sendable (Int, Int32) -> Void = { _, token in
            if token != stop { stream.append(token) }
        }
        let tokens = generator.generate(prompts: [prompt], options: generation, onToken: write)
        stream.finish()
        return Reply(
            text: tokenizer.decode(tokens.first ?? []),
            tokens: tokens.first?.count ?? 0,
            seconds: start.duration(to: .now).inSeconds
        )
    }
}

/// Turns tokens that come from some thread into text.
private final class TextStream: Sendable {
    private let decoder: Mutex<StreamingDecoder>
    private let onText: @Sendable (String) -> Void

    init(tokenizer: Tokenizer, onText: @escaping @Sendable (String) -> Void) {
        decoder = Mutex(StreamingDecoder(tokenizer: tokenizer))
        self.onText = onText
    }

    func append(_ token: Int32) { pass(decoder.withLock { $0.append(token) }) }

    func finish() { pass(decoder.withLock { $0.finish() }) }

    private func pass(_ text: String) {
        if !text.isEmpty { onText(text) }
    }
}

/// What keeps a tool of the command line from its work.
package enum ToolError: Error, CustomStringConvertible {
    /// Tokenizer and model do not belong together.
    case vocabulary(folder: String, tokenizer: Int, model: Int)
    /// An option is out of range.
    case option(String)

    package var description: String {
        switch self {
        case .vocabulary(let folder, let tokenizer, let model):
            "\(folder): the tokenizer has \(tokenizer) pieces and the model \(model); "
                + "they do not belong together"
        case .option(let problem): problem
        }
    }
}
