/// How questions are put to a model, in training and in measuring alike.
package enum PromptForm: Hashable, Sendable {
    /// Between the two symbols that the models of this project are trained with.
    case chat(ChatFormat)
    /// In words, for a model whose tokenizer has no such symbols: `Question: …`, then `Answer:`,
    /// the form in which the Language Model Evaluation Harness asks GSM8K.
    case plain
    /// Between texts of a recipe.
    case texts(PromptTexts)

    /// As a chat template says.
    case template(TemplateForm)

    /// The form with the symbols of this project.
    package static let standard = PromptForm.chat(.standard)

    /// A question with the reply that is right, shown before the one that is asked.
    package struct Example: Hashable, Sendable {
        /// What is asked.
        package var question: String
        /// The reply.
        package var reply: String

        /// Describes an example.
        package init(question: String, reply: String) {
            self.question = question
            self.reply = reply
        }
    }

    /// What ends a reply.
    package struct Ends: Hashable, Sendable {
        /// Tokens that end it, and are no part of it.
        package var tokens: Set<Int32>
        /// Texts that end it; nil where a token does, or, for the plain form, those of the task.
        package var texts: [String]?
    }

    /// The chat form where a tokenizer has both symbols, the plain one elsewhere.
    package static func fitting(
        _ tokenizer: some TokenEncoding,
        _ format: ChatFormat = .standard
    ) -> PromptForm {
        format.symbols.allSatisfy { tokenizer.identifier(ofPiece: $0) != nil }
            ? .chat(format) : .plain
    }

    /// The name in records.
    package var name: String {
        switch self {
        case .chat: "chat"
        case .plain: "plain"
        case .texts: "texts"
        case .template: "template"
        }
    }

    /// What users should know, or nil for a form that the model or its recipe has chosen.
    package var note: String? {
        switch self {
        case .chat, .texts, .template: nil
        case .plain:
            "the tokenizer has no chat symbols: questions are put as \"Question: …\", then "
                + "\"Answer:\", and replies end before an empty line or another question"
        }
    }

    /// The tokens that ask a question.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - examples: Questions with their replies that stand before it.
    ///   - tokenizer: Turns text to tokens.
    /// - Returns: The tokens, from the beginning of the sequence to where the reply begins.
    /// - Throws: `DatasetError.missingSymbol` when the tokenizer lacks a symbol of the chat form.
    package func prompt(
        _ question: String,
        examples: [Example] = [],
        tokenizer: some TokenEncoding
    ) throws -> [Int32] {
        switch self {
        case .chat(let format):
            // Each example ends as a trained reply does, and the next question begins anew.
            let shown = try examples.flatMap { example in
                try format.prompt(example.question, tokenizer: tokenizer)
                    + format.reply(example.reply, tokenizer: tokenizer)
            }
            return shown + (try format.prompt(question, tokenizer: tokenizer))
        case .plain:
            let shown = examples.map { "Question: \($0.question)\nAnswer: \($0.reply)\n\n" }
            return tokenizer.beginning
                + tokenizer.encode(shown.joined() + "Question: \(question)\nAnswer:")
        case .texts(let texts):
            return tokenizer.beginning
                + tokenizer.encode(withSymbols: texts.prompt(question, examples: examples))
        case .template(let form):
            return try form.prompt(question, examples: examples, tokenizer: tokenizer)
        }
    }

    /// A question and its reply as they are learned: the tokens of the prompt, then those of the
    /// reply with what ends it.
    ///
    /// - Throws: `DatasetError.missingSymbol`; `DatasetError.missingEnd` when the tokenizer has no
    ///   token that ends a reply, and the form none either.
    package func sequence(
        _ question: String,
        reply: String,
        tokenizer: some TokenEncoding
    ) throws -> (prompt: [Int32], reply: [Int32]) {
        let prompt = try prompt(question, tokenizer: tokenizer)
        switch self {
        case .chat(let format):
            return (prompt, try format.reply(reply, tokenizer: tokenizer))
        case .plain:
            let text = "Question: \(question)\nAnswer:"
            let whole = tokenizer.beginning + tokenizer.encode("\(text) \(reply)")
            let tokens =
                whole.continuing(prompt)
                ?? tokenizer.encode(continuing: [PromptTexts.Part(text: " \(reply)", isForm: false)]
                )
            return (prompt, tokens + (try tokenizer.ending()))
        case .texts(let texts):
            let answer = [
                PromptTexts.Part(text: reply, isForm: false),
                PromptTexts.Part(text: texts.replyEnd, isForm: true),
            ]
            let asked = texts.prompt(question, examples: [])
            let whole = tokenizer.beginning + tokenizer.encode(withSymbols: asked + answer)
            let tokens = whole.continuing(prompt) ?? tokenizer.encode(continuing: answer)
            return (prompt, tokens + (texts.replyEnd.isEmpty ? try tokenizer.ending() : []))
        case .template(let form):
            return try form.sequence(question, reply: reply, tokenizer: tokenizer)
        }
    }

    /// What ends a reply of a model that is asked in this form.
    package func ends(tokenizer: some TokenEncoding) -> Ends {
        let own = Set(tokenizer.endOfSequence.map { [$0] } ?? [])
        if case .template(let form) = self {
            return Ends(tokens: own.union(form.ends(tokenizer: tokenizer)), texts: nil)
        }
        guard case .texts(let texts) = self, !texts.replyEnd.isEmpty else {
            return Ends(tokens: own, texts: nil)
        }
        // One symbol ends a reply before it is text.
        if let token = tokenizer.symbol(spelled: texts.replyEnd) {
            return Ends(tokens: own.union([token]), texts: nil)
        }
        return Ends(tokens: own, texts: [texts.replyEnd])
    }

    /// Refuses a tokenizer that cannot write the form.
    ///
    /// - Throws: `DatasetError.missingSymbol`.
    package func check(_ tokenizer: some TokenEncoding) throws {
        if case .template(let form) = self { try form.check(tokenizer) }
        guard case .chat(let format) = self else { return }
        for symbol in format.symbols where tokenizer.identifier(ofPiece: symbol) == nil {
            throw DatasetError.missingSymbol(symbol)
        }
    }
}

extension [Int32] {
    /// What stands behind a beginning; nil when this begins otherwise, or holds no more.
    fileprivate func continuing(_ beginning: [Int32]) -> [Int32]? {
        starts(with: beginning) && count > beginning.count ? Array(self[beginning.count...]) : nil
    }
}

extension TokenEncoding {
    /// The tokens of texts that stand behind another: without the space that some tokenizers put
    /// before every text.
    fileprivate func encode(continuing parts: [PromptTexts.Part]) -> [Int32] {
        for border in ["\n", ":", "a"] {
            let before = PromptTexts.Part(text: border, isForm: false)
            let whole = encode(withSymbols: [before] + parts)
            if let tokens = whole.continuing(encode(border)) { return tokens }
        }
        return encode(withSymbols: parts)
    }
}
