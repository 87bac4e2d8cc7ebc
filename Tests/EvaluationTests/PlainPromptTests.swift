import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("Prompts in plain words")
struct PlainPromptTests {
    /// A tokenizer of the Llama kind without chat symbols, beginning or end of sequence.
    static func foreign() throws -> Tokenizer {
        try Tokenizer(
            at: URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent()
                .appending(path: "TokenizationTests/Fixtures/foreign.model")
        )
    }

    @Test("the form is what the tokenizer has symbols for")
    func form() throws {
        let own = try Fixture.tokenizer()
        #expect(PromptForm.fitting(own) == .chat(.standard))
        #expect(PromptForm.fitting(own).note == nil)
        let foreign = try Self.foreign()
        #expect(PromptForm.fitting(foreign) == .plain)
        #expect(PromptForm.fitting(foreign).note?.contains("Question: …") == true)
        let tokens = try PromptForm.plain.prompt("How many?", tokenizer: foreign)
        #expect(foreign.decode(tokens) == "Question: How many?\nAnswer:")
        let begun = try PromptForm.plain.prompt("How many?", tokenizer: own)
        #expect(begun.first == own.beginningOfSequence)
    }

    @Test(
        "a reply ends before an empty line or another question, and never before its first word",
        arguments: [
            ("12 + 5 = 17\n#### 17\n\nQuestion: Tim", "12 + 5 = 17\n#### 17"),
            ("17Question: Tim", "17"), ("17\n\n", "17"), ("17\nand more", "17\nand more"),
            ("\n\n 17", "\n\n 17"), ("\n\n17\n\n18", "\n\n17"), ("", ""), ("\n\n", "\n\n"),
            ("a\n\nQuestion:", "a"), ("Quest", "Quest"),
        ]
    )
    func cutting(reply: String, expected: String) throws {
        let ending = ReplyEnding(tokenizer: try Self.foreign(), texts: ReplyEnding.paragraph)
        #expect(ending.cut(reply) == expected)
        // What is passed on while the reply grows is never taken back, and is all in the end.
        var passed = ""
        for length in 0...reply.utf8.count {
            let certain = ending.certain(String(decoding: reply.utf8.prefix(length), as: UTF8.self))
            #expect(certain.hasPrefix(passed))
            #expect(expected.hasPrefix(certain))
            passed = certain
        }
    }

    @Test("a reply is reached by the token that completes its end, bytes included")
    func reaching() throws {
        let tokenizer = try Self.foreign()
        let ending = ReplyEnding(tokenizer: tokenizer, texts: ReplyEnding.paragraph)
        let tokens = tokenizer.encode("17\n\nmore")
        let first = tokens.indices.first { ending.isReached(by: Array(tokens[...$0])) }
        #expect(first.map { tokenizer.decode(Array(tokens[...$0])) } == "17\n\n")
        #expect(!ending.isReached(by: []))
    }

    /// Writes the same text to each question, up to its end where one is asked for.
    private struct Rambling: ReplyGenerator {
        let tokenizer: Tokenizer
        let text: String
        var maximumPositions = 4096

        func replies(
            to prompts: [[Int32]],
            settings: ReplySettings,
            assistant: (@Sendable (Int, [Int32]) -> [Int32])?
        ) -> [[Int32]] {
            prompts.map { prompt in
                var reply: [Int32] = []
                let room = max(0, maximumPositions - prompt.count)
                for token in tokenizer.encode(text).prefix(min(settings.maximumNewTokens, room)) {
                    reply.append(token)
                    if settings.ending?.isReached(by: reply) == true { break }
                }
                return reply
            }
        }
    }

    @Test("word problems are asked and judged with a foreign tokenizer")
    func problems() throws {
        let tokenizer = try Self.foreign()
        let text = " 12 + 3 = 15\n#### 15\n\nQuestion: And 4? Answer: #### 4"
        let evaluation = try MathEvaluator(
            task: "m",
            questions: Questions(tokenizer: tokenizer, maximumNewTokens: 400)
        ).evaluate(Fixture.problems, with: Rambling(tokenizer: tokenizer, text: text))
        #expect(evaluation.records[0].strictCorrect && evaluation.records[0].flexibleCorrect)
        #expect(evaluation.records.allSatisfy { !$0.truncated && $0.promptTooLong == nil })
        #expect(evaluation.records[0].reply.hasSuffix("#### 15"))
        let lines = String(decoding: try evaluation.jsonLines(), as: UTF8.self)
        #expect(!lines.contains("prompt_too_long"))
    }

    @Test("a translation ends with its line")
    func translations() throws {
        let tokenizer = try Self.foreign()
        let evaluation = try TranslationEvaluator(
            task: "t",
            direction: "en-sw",
            questions: Questions(tokenizer: tokenizer, maximumNewTokens: 100)
        ).evaluate(
            [.chat(prompt: "Water", response: "Maji")],
            with: Rambling(tokenizer: tokenizer, text: " Maji\nQuestion: Fire")
        )
        #expect(evaluation.records[0].exact)
    }

    @Test("prompts without room for a reply count as wrong and are counted")
    func promptsTooLong() throws {
        let tokenizer = try Fixture.tokenizer()
        let lengths = try Fixture.problems.map {
            try ChatFormat.standard.prompt($0.question, tokenizer: tokenizer).count
        }
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        var shorter = model.configuration
        // The longest question fills all positions exactly.
        shorter.maximumPositions = try #require(lengths.max())
        let short = TransformerModel(zeros: shorter)
        short.parameters.copy(from: model.parameters)
        let generator = TextGenerator(model: short, threadCount: 1)
        let evaluation = try MathEvaluator(
            task: "m",
            questions: Questions(tokenizer: tokenizer, maximumNewTokens: 1000)
        ).evaluate(Fixture.problems, with: generator)
        #expect(evaluation.promptTooLongCount == lengths.count { $0 == lengths.max() })
        for (record, length) in zip(evaluation.records, lengths) {
            #expect((record.promptTooLong == true) == (length == lengths.max()))
            if record.promptTooLong == true { #expect(record.reply == "" && !record.truncated) }
        }
        // A reply that the last position cuts is marked as cut.
        #expect(evaluation.records.contains { $0.truncated })
        let data = try evaluation.jsonLines()
        #expect(String(decoding: data, as: UTF8.self).contains("\"prompt_too_long\":true"))
        #expect(try MathEvaluation(jsonLines: data, path: "x") == evaluation)
    }

    /// Every token equally likely, with few positions.
    private struct Short: TokenScorer {
        var maximumPositions: Int
        func logProbabilities(of input: ModelInput) -> [Float] {
            input.targets.map { $0 == ModelInput.ignoredTarget ? 0 : -1 }
        }
        func nextTokenLogits(of sequences: [[Int32]]) -> [[Float]] {
            sequences.map { _ in (0..<2000).map { Float($0) } }
        }
    }

    @Test("operators are asked where the prompt fits, and wrong where it does not")
    func operators() throws {
        let tokenizer = try Fixture.tokenizer()
        let evaluator = OperatorChoiceEvaluator(task: "o", tokenizer: tokenizer, batchSize: 2)
        let all = try evaluator.evaluate(Fixture.problems, with: Short(maximumPositions: 4096))
        #expect(all.promptTooLongCount == 0)
        let none = try evaluator.evaluate(Fixture.problems, with: Short(maximumPositions: 4))
        #expect(none.promptTooLongCount == none.records.count && none.records.count == 2)
        #expect(none.records.allSatisfy { !$0.correct && $0.margin == 0 })
    }

    @Test("texts are cut to the model's positions, and questions that do not fit are left out")
    func likelihood() throws {
        let tokenizer = try Fixture.tokenizer()
        let evaluator = LikelihoodEvaluator(task: "l", tokenizer: tokenizer)
        let text = "Asha has 23 eggs. She sells 9 eggs."
        let found = try evaluator.evaluate(
            [.text(text), .chat(prompt: text, response: "14"), .chat(prompt: "a", response: "b")],
            with: Short(maximumPositions: 8)
        )
        #expect(found.records.map(\.id) == ["0", "2"])
        #expect(found.leftOut == 1)
        #expect(found.records[0].tokens == tokenizer.encode(text).count)
        #expect(throws: EvaluationError.nothingFits(task: "l", documents: 1, positions: 8)) {
            try evaluator.evaluate(
                [.chat(prompt: text, response: "14")],
                with: Short(maximumPositions: 8)
            )
        }
    }

    @Test("without a beginning of sequence all tokens but the first are asked, once")
    func withoutBeginning() throws {
        let tokenizer = try Self.foreign()
        let text = "Question: Tim has 12 apples"
        let count = tokenizer.encode(text).count
        for length in [3, 5, 100] {
            let evaluator = LikelihoodEvaluator(
                task: "l",
                tokenizer: tokenizer,
                maximumSequenceLength: length
            )
            let found = try evaluator.evaluate([.text(text)], with: Short(maximumPositions: 64))
            #expect(found.records[0].tokens == count - 1)
        }
    }
}
