import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization

@Suite("Prompts between the texts of a recipe")
struct PromptTextsTests {
    private let example = PromptForm.Example(question: "1 + 1?", reply: "#### 2")

    private func sequence(_ form: PromptForm, _ tokenizer: Tokenizer) throws -> TokenSequence {
        try #require(
            TokenSequence.sequences(
                of: .chat(prompt: "How many?", response: "12 + 3 = 15."),
                tokenizer: tokenizer,
                format: form,
                masksPrompt: true,
                maximumLength: 200
            ).first
        )
    }

    @Test("symbols that a form spells are symbols, and those of a question are text")
    func symbols() throws {
        let tokenizer = try Fixture.tokenizer()
        let form = PromptForm.texts(
            PromptTexts(prefix: "<|user|>", suffix: "<|assistant|>", replyEnd: "</s>")
        )
        let own = PromptForm.standard
        for question in ["How many?", "What is <|user|> here?"] {
            #expect(
                try form.prompt(question, tokenizer: tokenizer)
                    == own.prompt(question, tokenizer: tokenizer)
            )
        }
        #expect(try sequence(form, tokenizer) == sequence(own, tokenizer))
        let end = try #require(tokenizer.endOfSequence)
        #expect(form.ends(tokenizer: tokenizer).tokens == [end])
        #expect(form.ends(tokenizer: tokenizer).texts == nil)
    }

    @Test("the loss counts the reply and what ends it, and nothing before")
    func masks() throws {
        let tokenizer = try Fixture.tokenizer()
        let forms: [(PromptForm, prompt: String, reply: String)] = [
            (.plain, "Question: How many?\nAnswer:", " 12 + 3 = 15."),
            (
                .texts(PromptTexts(prefix: "Q: ", suffix: "\nA: ", replyEnd: "\nend")),
                "Q: How many?\nA: ", "12 + 3 = 15.\nend"
            ),
            (
                .texts(PromptTexts(system: "Solve.\n", prefix: "Q: ", suffix: " A:")),
                "Solve.\nQ: How many? A:", "12 + 3 = 15."
            ),
        ]
        for (form, prompt, reply) in forms {
            let sequence = try sequence(form, tokenizer)
            let asked = try form.prompt("How many?", tokenizer: tokenizer)
            #expect(Array(sequence.tokens[..<sequence.firstPredicted]) == asked)
            #expect(tokenizer.decode(asked) == prompt)
            #expect(tokenizer.decode(sequence.tokens) == prompt + reply)
            let hasEnd = sequence.tokens.last == tokenizer.endOfSequence
            #expect(hasEnd == !reply.hasSuffix("end"))
        }
    }

    @Test("examples stand before the question, in the same form")
    func examples() throws {
        let tokenizer = try Fixture.tokenizer()
        let forms: [(PromptForm, String)] = [
            (.plain, "Question: 1 + 1?\nAnswer: #### 2\n\nQuestion: 2 + 3?\nAnswer:"),
            (
                .texts(PromptTexts(system: "Solve. ", prefix: "Q ", suffix: " A ", replyEnd: "; ")),
                "Solve. Q 1 + 1? A #### 2; Q 2 + 3? A "
            ),
        ]
        for (form, text) in forms {
            let tokens = try form.prompt("2 + 3?", examples: [example], tokenizer: tokenizer)
            #expect(tokenizer.decode(tokens) == text)
        }
        let symbols = try PromptForm.standard.prompt(
            "2 + 3?",
            examples: [example],
            tokenizer: tokenizer
        )
        let user = try #require(tokenizer.identifier(ofPiece: "<|user|>"))
        let end = try #require(tokenizer.endOfSequence)
        #expect(symbols.count { $0 == user } == 2 && symbols.count { $0 == end } == 1)
    }

    @Test("worked examples are read without the words before them")
    func worked() throws {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-examples-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        let rows = [
            ("de", "Frage: Roger hat 5 Bälle.", "Schritt-für-Schritt-Antwort: Es sind 4 * 5 = 20."),
            ("ja", "問題：5 個？", "ステップごとの答え：20"), ("de", "Wie: 2?", "Antwort: 7."),
        ]
        let lines = rows.map { language, question, words in
            """
            {"lang": "\(language)", "question": "\(question)", "answer": 29, \
            "answer_cot": "\(words)", "equation_solution": "4 * 5 = 20. 9 + 20 = 29."}

            """
        }
        try Data(lines.joined().utf8).write(to: file)
        func read(_ language: String, _ count: Int, _ form: SolutionForm) throws
            -> [PromptForm.Example]
        {
            try WorkedExamples.read(at: file, language: language, count: count, solution: form)
        }
        #expect(
            try read("de", 1, .equations) == [
                .init(question: "Roger hat 5 Bälle.", reply: "4 * 5 = 20. 9 + 20 = 29. #### 29")
            ]
        )
        #expect(
            try read("de", 2, .worded).map(\.reply) == [
                "Es sind 4 * 5 = 20. #### 29", "7. #### 29",
            ]
        )
        #expect(try read("ja", 1, .worded).map(\.question) == ["5 個？"])
        #expect(throws: DataFileError.self) { try read("de", 3, .worded) }
    }
}
