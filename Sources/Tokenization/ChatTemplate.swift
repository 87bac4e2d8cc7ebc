import Templates

/// How a model wants to be asked: the chat template of its folder.
///
/// A template is a small program in the language Jinja. Rendered with the same messages it gives
/// the text that `transformers`' `apply_chat_template` gives: for ChatML, Llama 2 and 3, Mistral,
/// Qwen, Zephyr, Gemma, SmolLM2 and any other that asks for nothing we do not do. The date of today
/// is never in a prompt: where a template asks for it, its own default date is taken.
public struct ChatTemplate: Sendable {
    /// The file that it comes from.
    public let origin: String
    /// Whether a model that can think before it answers is to do so (`enable_thinking`); nil for
    /// what its template does by itself.
    public var enablesThinking: Bool?

    /// Its text.
    package let source: String

    private let template: Template
    /// Special tokens by the names that templates have for them, such as `bos_token`.
    private let specialTokens: [String: String]

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - source: Its text.
    ///   - origin: Its file, for errors.
    ///   - specialTokens: The special tokens by their names, such as `bos_token`.
    /// - Throws: `TokenizerError.unusableTemplate` for what is no template, or asks for what we do
    ///   not do.
    public init(_ source: String, origin: String, specialTokens: [String: String]) throws {
        do { template = try Template(source) } catch {
            throw TokenizerError.unusableTemplate(origin: origin, reason: error.reason)
        }
        self.origin = origin
        self.source = source
        self.specialTokens = specialTokens
    }

    /// The text of a conversation.
    ///
    /// - Parameters:
    ///   - messages: The messages, in order.
    ///   - addsGenerationPrompt: Whether the text ends where a reply begins.
    /// - Returns: The text, symbols spelled out.
    /// - Throws: `TokenizerError.unusableTemplate`, also where the template refuses the
    ///   conversation: some know no system message, or want questions and replies in turn.
    public func text(_ messages: [ChatMessage], addsGenerationPrompt: Bool) throws -> String {
        try rendered(messages, addsGenerationPrompt).string
    }

    /// The tokens of a conversation.
    ///
    /// Only what the template writes becomes a symbol: a message that spells `<|im_end|>` ends
    /// nothing.
    ///
    /// - Parameters:
    ///   - messages: The messages, in order.
    ///   - addsGenerationPrompt: Whether the tokens end where a reply begins.
    ///   - tokenizer: The tokenizer of the model.
    /// - Returns: The tokens; nothing is added before or behind them.
    /// - Throws: As `text(_:addsGenerationPrompt:)`.
    public func tokens(
        _ messages: [ChatMessage],
        addsGenerationPrompt: Bool,
        tokenizer: Tokenizer
    ) throws -> [Int32] {
        tokenizer.encode(try rendered(messages, addsGenerationPrompt).marked)
    }

    /// The tokens of the last message, a reply, and of what comes before it.
    ///
    /// The prompt is exactly that of `tokens(_:addsGenerationPrompt:tokenizer:)` for the messages
    /// before, so that training and asking agree.
    ///
    /// Throws as `text(_:addsGenerationPrompt:)`, and when the last message is no reply or does not
    /// follow its prompt.
    package func turn(_ messages: [ChatMessage], tokenizer: Tokenizer) throws -> ChatTurn {
        guard let last = messages.last, last.role == .assistant else {
            throw unusable("the last message is no reply")
        }
        let before = try rendered(Array(messages.dropLast()), true)
        let whole = try rendered(messages, false)
        guard whole.has(before, at: 0) else {
            throw unusable("it does not write a reply behind its prompt")
        }
        let prompt = tokenizer.encode(before.marked)
        let all = tokenizer.encode(whole.marked)
        // Where a token of the whole would reach across the border, the reply is cut by itself.
        let rest =
            all.starts(with: prompt)
            ? Array(all.dropFirst(prompt.count))
            : tokenizer.encode(whole[before.count..<whole.count].marked)
        let end = rest.firstIndex { tokenizer.isSymbol($0) } ?? rest.count
        return ChatTurn(
            prompt: prompt,
            reply: Array(rest[..<end]),
            ending: end < rest.count ? [rest[end]] : []
        )
    }

    private func unusable(_ reason: String) -> TokenizerError {
        .unusableTemplate(origin: origin, reason: reason)
    }

    private func rendered(
        _ messages: [ChatMessage],
        _ addsGenerationPrompt: Bool
    ) throws -> TemplateText {
        var values: [String: TemplateValue] = specialTokens.mapValues { TemplateValue($0) }
        values["messages"] = .list(
            messages.map { message in
                .mapping([
                    ("role", TemplateValue(message.role.rawValue)),
                    ("content", .text(TemplateText(message.content, isOwn: false))),
                ])
            }
        )
        values["add_generation_prompt"] = .flag(addsGenerationPrompt)
        values["tools"] = TemplateValue.none
        values["documents"] = TemplateValue.none
        if let enablesThinking { values["enable_thinking"] = .flag(enablesThinking) }
        do { return try template.text(values) } catch {
            throw unusable(error.reason)
        }
    }
}

extension Tokenizer {
    /// Whether a token stands for something else than text: a control piece, or a symbol such as
    /// `<|user|>`.
    func isSymbol(_ token: Int32) -> Bool {
        isControl(token) || model.symbols.contains(token)
    }
}

extension TemplateText {
    /// The text with symbols where the template wrote.
    var marked: MarkedText {
        var marked = MarkedText()
        var start = 0
        for index in scalars.indices
        where index + 1 == scalars.count || isOwn[index] != isOwn[index + 1] {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start...index])
            marked.append(String(view), allowsSymbols: isOwn[index])
            start = index + 1
        }
        return marked
    }
}
