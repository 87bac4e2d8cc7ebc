import Datasets
import Evaluation
import Testing
import Tokenization

@Suite("Prompts by chat template")
struct TemplateFormTests {
    /// A tokenizer with the symbols of ChatML.
    private func tokenizer(_ symbols: [String]) throws -> Tokenizer {
        var options = TokenizerTrainingOptions(vocabularySize: 330, characterCoverage: 1)
        options.userDefinedSymbols = symbols
        let sentences = (0..<60).map { "user system assistant How many? \($0) + 3 = \($0 + 3)." }
        return try Tokenizer(model: TokenizerTrainer.train(sentences: sentences, options: options))
    }

    @Test(
        "known templates write what their authors published",
        arguments: [
            (
                KnownTemplate.chatml, nil,
                "<|im_start|>user\nHow?<|im_end|>\n<|im_start|>assistant\n"
            ),
            (
                .qwen, nil,
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                    + "<|im_start|>user\nHow?<|im_end|>\n<|im_start|>assistant\n"
            ),
            (
                .qwen, "Add.",
                "<|im_start|>system\nAdd.<|im_end|>\n"
                    + "<|im_start|>user\nHow?<|im_end|>\n<|im_start|>assistant\n"
            ),
            (.zephyr, nil, "<|user|>\nHow?</s>\n<|assistant|>\n"),
            (.llama2, "Add.", "<s>[INST] <<SYS>>\nAdd.\n<</SYS>>\n\nHow? [/INST]"),
            (
                .llama3, nil,
                "<s><|start_header_id|>user<|end_header_id|>\n\nHow?<|eot_id|>"
                    + "<|start_header_id|>assistant<|end_header_id|>\n\n"
            ),
        ] as [(KnownTemplate, String?, String)]
    )
    func known(_ template: KnownTemplate, _ system: String?, _ expected: String) throws {
        let tokenizer = try Fixture.tokenizer()
        let form = try TemplateForm(template, system: system, tokenizer: tokenizer)
        let first = system.map { [ChatMessage(role: .system, content: $0)] } ?? []
        let text = try form.template.text(
            first + [ChatMessage(role: .user, content: "How?")],
            addsGenerationPrompt: true
        )
        #expect(text == expected)
    }

    @Test("the reply and the symbol that ends it are learned, and asking agrees with learning")
    func learning() throws {
        let tokenizer = try tokenizer(["<|im_start|>", "<|im_end|>"])
        let form = PromptForm.template(
            try TemplateForm(.chatml, system: nil, tokenizer: tokenizer)
        )
        let end = try #require(tokenizer.identifier(ofPiece: "<|im_end|>"))
        let sequence = try #require(
            TokenSequence.sequences(
                of: .chat(prompt: "How <|im_end|> many?", response: "12 + 3 = 15."),
                tokenizer: tokenizer,
                format: form,
                masksPrompt: true,
                maximumLength: 200
            ).first
        )
        let prompt = try form.prompt("How <|im_end|> many?", tokenizer: tokenizer)
        #expect(Array(sequence.tokens[..<sequence.firstPredicted]) == prompt)
        #expect(sequence.tokens.last == end)
        #expect(tokenizer.decode(sequence.tokens).hasSuffix("12 + 3 = 15.<|im_end|>"))
        // One end is the template's; the one that the question spells is text.
        #expect(prompt.count { $0 == end } == 1)
        #expect(form.ends(tokenizer: tokenizer).tokens.contains(end))
        let example = PromptForm.Example(question: "1?", reply: "1")
        let shown = try form.prompt("2?", examples: [example], tokenizer: tokenizer)
        #expect(shown.count { $0 == end } == 3)
    }

    @Test("the template of this project's folders writes the tokens of its symbols")
    func own() throws {
        let tokenizer = try tokenizer(ChatSymbols.all)
        let template = try ChatTemplate(
            ChatSymbols.template,
            origin: "own",
            specialTokens: ["bos_token": "<s>", "eos_token": "</s>"]
        )
        let form = PromptForm.template(TemplateForm(template))
        let examples = [PromptForm.Example(question: "1 + 1?", reply: " 2\n")]
        for question in ["How many? 4 + 3", "  two  spaces\n", "<|user|> and </s>", ""] {
            for examples in [[], examples] {
                #expect(
                    try form.prompt(question, examples: examples, tokenizer: tokenizer)
                        == PromptForm.standard.prompt(
                            question,
                            examples: examples,
                            tokenizer: tokenizer
                        )
                )
            }
            let (prompt, reply) = try form.sequence(question, reply: "7.", tokenizer: tokenizer)
            let own = try PromptForm.standard.sequence(question, reply: "7.", tokenizer: tokenizer)
            #expect(prompt == own.prompt && reply == own.reply)
        }
        let ends = form.ends(tokenizer: tokenizer)
        #expect(ends == PromptForm.standard.ends(tokenizer: tokenizer))
        #expect(throws: TokenizerError.self) {
            try template.text(
                [ChatMessage(role: .system, content: "Add.")],
                addsGenerationPrompt: true
            )
        }
    }

    @Test("a known template needs its symbols")
    func symbols() throws {
        let form = PromptForm.template(
            try TemplateForm(.chatml, system: nil, tokenizer: Fixture.tokenizer())
        )
        #expect(throws: DatasetError.missingSymbol("<|im_start|>")) {
            try form.check(Fixture.tokenizer())
        }
    }
}
