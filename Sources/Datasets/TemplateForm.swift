import Tokenization

/// A chat template as a way of asking: that of a model's folder, or one of the known ones.
package struct TemplateForm: Hashable, Sendable {
    /// The template.
    package let template: ChatTemplate
    /// What stands before everything; nil for what the template writes by itself.
    package let system: String?
    /// The symbols that its tokenizer must have.
    private let symbols: [String]

    /// Takes the template of a folder.
    package init(_ template: ChatTemplate, system: String? = nil) {
        self.template = template
        self.system = system
        symbols = []
    }

    /// Takes a known template.
    ///
    /// - Parameters:
    ///   - known: The template.
    ///   - system: What stands before everything.
    ///   - tokenizer: Its pieces stand for the beginning and the end.
    /// - Throws: `TokenizerError` for a template that cannot be read, which none of these is.
    package init(_ known: KnownTemplate, system: String?, tokenizer: Tokenizer) throws {
        var special: [String: String] = [:]
        special["bos_token"] = tokenizer.beginningOfSequence.map(tokenizer.piece(of:)) ?? ""
        special["eos_token"] = tokenizer.endOfSequence.map(tokenizer.piece(of:)) ?? ""
        template = try ChatTemplate(known.source, origin: known.rawValue, specialTokens: special)
        self.system = system
        symbols = known.symbols
    }

    /// Two forms of one origin and system text ask alike.
    package static func == (first: TemplateForm, second: TemplateForm) -> Bool {
        first.template.origin == second.template.origin && first.system == second.system
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(template.origin)
        hasher.combine(system)
    }

    /// The messages of a question behind examples.
    private func messages(_ question: String, _ examples: [PromptForm.Example]) -> [ChatMessage] {
        let shown = examples.flatMap {
            [
                ChatMessage(role: .user, content: $0.question),
                ChatMessage(role: .assistant, content: $0.reply),
            ]
        }
        let first = system.map { [ChatMessage(role: .system, content: $0)] } ?? []
        return first + shown + [ChatMessage(role: .user, content: question)]
    }

    /// The tokens that ask a question.
    func prompt(
        _ question: String,
        examples: [PromptForm.Example],
        tokenizer: some TokenEncoding
    ) throws -> [Int32] {
        try template.tokens(
            messages(question, examples),
            addsGenerationPrompt: true,
            tokenizer: try Self.ofFiles(tokenizer)
        )
    }

    /// The tokens of a question, and those of its reply with what ends it.
    func sequence(
        _ question: String,
        reply: String,
        tokenizer: some TokenEncoding
    ) throws -> (prompt: [Int32], reply: [Int32]) {
        let turn = try template.turn(
            messages(question, []) + [ChatMessage(role: .assistant, content: reply)],
            tokenizer: try Self.ofFiles(tokenizer)
        )
        let ending = turn.ending.isEmpty ? try tokenizer.ending() : turn.ending
        return (turn.prompt, turn.reply + ending)
    }

    /// The tokens with which the template ends a reply.
    func ends(tokenizer: some TokenEncoding) -> [Int32] {
        let turn = try? template.turn(
            messages("?", []) + [ChatMessage(role: .assistant, content: "!")],
            tokenizer: Self.ofFiles(tokenizer)
        )
        return turn?.ending ?? []
    }

    /// Refuses a tokenizer without the symbols of a known template.
    ///
    /// - Throws: `DatasetError.missingSymbol`.
    func check(_ tokenizer: some TokenEncoding) throws {
        for symbol in symbols where tokenizer.identifier(ofPiece: symbol) == nil {
            throw DatasetError.missingSymbol(symbol)
        }
    }

    /// Templates are rendered with the tokenizer of a model; stand-ins of tests have none.
    private static func ofFiles(_ tokenizer: some TokenEncoding) throws -> Tokenizer {
        guard let tokenizer = tokenizer as? Tokenizer else {
            throw DatasetError.setting(
                name: "tokenizer",
                found: "one without files",
                expected: "that of a model, whose chat template is asked for"
            )
        }
        return tokenizer
    }
}

/// Chat templates that many models have, as their authors published them.
package enum KnownTemplate: String, CaseIterable, Sendable {
    /// `<|im_start|>user`.
    case chatml
    /// `[INST]` and `[/INST]`.
    case llama2
    /// `<|start_header_id|>user<|end_header_id|>`.
    case llama3
    /// `<|user|>` on a line of its own.
    case zephyr
    /// As `chatml`, with a system text of its own.
    case qwen

    /// The symbols without which a tokenizer cannot write it.
    var symbols: [String] {
        switch self {
        case .chatml, .qwen: ["<|im_start|>", "<|im_end|>"]
        case .llama3: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
        case .llama2, .zephyr: []
        }
    }

    /// The template in Jinja.
    var source: String {
        switch self {
        case .chatml: "{% for message in messages %}" + Self.imTurn
        case .qwen:
            "{% for message in messages %}"
                + "{% if loop.first and messages[0]['role'] != 'system' %}"
                + "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}"
                + Self.imTurn
        case .zephyr:
            "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' "
                + "+ message['content'] + eos_token + '\\n' }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"
        case .llama2:
            "{% if messages[0]['role'] == 'system' %}{% set turns = messages[1:] %}"
                + "{% set system = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n' %}"
                + "{% else %}{% set turns = messages %}{% set system = '' %}{% endif %}"
                + "{% for message in turns %}{% if message['role'] == 'user' %}"
                + "{% if loop.first %}{% set content = system + message['content'] %}"
                + "{% else %}{% set content = message['content'] %}{% endif %}"
                + "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% else %}"
                + "{{ ' ' + message['content'].strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
        case .llama3:
            "{% for message in messages %}{% if loop.first %}{{ bos_token }}{% endif %}"
                + "{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' "
                + "+ message['content'].strip() + '<|eot_id|>' }}{% endfor %}"
                + "{% if add_generation_prompt %}"
                + "{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"
        }
    }

    private static let imTurn =
        "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
}
