import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("Translation")
struct TranslationEvaluatorTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    static let documents = [
        Document.chat(prompt: "Maji mengi", response: "Juma has 12 apples."),
        Document.chat(prompt: "Maji", response: "Asha has\n 23  eggs. "),
        Document.chat(prompt: "mengi", response: "She sells 9 eggs."),
    ]

    func evaluator(_ limit: Int = 64, batchSize: Int = 32) -> TranslationEvaluator {
        TranslationEvaluator(
            task: "translation",
            direction: "sw-en",
            questions: Questions(
                tokenizer: tokenizer,
                maximumNewTokens: limit,
                batchSize: batchSize
            )
        )
    }

    var generator: ScriptedGenerator {
        ScriptedGenerator(
            tokenizer: tokenizer,
            scripts: [["Juma has 12 apples."], ["Asha has 23 eggs."], ["She buys 9 eggs."]]
        )
    }

    @Test("Whole replies are compared after their spaces")
    func judged() throws {
        let evaluation = try evaluator().evaluate(Self.documents, with: generator)
        #expect(evaluation.records.map(\.exact) == [true, true, false])
        #expect(evaluation.records.map(\.id) == ["0", "1", "2"])
        #expect(evaluation.records[1].gold == "Asha has 23 eggs.")
        #expect(evaluation.records[2].reply == "She buys 9 eggs.")
        #expect(evaluation.records[0].chrF == 1)
        #expect((0.3..<0.9).contains(evaluation.records[2].chrF))
        #expect(evaluation.exact.value == 2.0 / 3 && evaluation.exact.count == 3)
        #expect(evaluation.outcomes(of: .exact).measurement == evaluation.exact)
        #expect(evaluation.outcomes(of: .exact).kind == .binary)
        #expect(evaluation.outcomes(of: .chrF).measurement == evaluation.chrF)
        #expect(evaluation.truncatedCount == 0)
        let cut = try evaluator(3).evaluate(Self.documents, with: generator)
        #expect(cut.truncatedCount == 3 && cut.exact.value == 0)
    }

    @Test("Records survive as JSON lines with sorted keys")
    func jsonLines() throws {
        let evaluation = try evaluator().evaluate(Self.documents, with: generator)
        let data = try evaluation.jsonLines()
        let first = String(decoding: data, as: UTF8.self).split(separator: "\n")[0]
        #expect(
            first == """
                {"chrf":1,"direction":"sw-en","exact":true,"gold":"Juma has 12 apples.","id":"0",\
                "prompt":"Maji mengi","reply":"Juma has 12 apples.","task":"translation",\
                "truncated":false,"version":1}
                """
        )
        #expect(try TranslationEvaluation(jsonLines: data, path: "x") == evaluation)
    }

    @Test("What is no question is refused")
    func refused() throws {
        #expect(throws: EvaluationError.notAQuestion(task: "translation", document: "1")) {
            try evaluator().evaluate([Self.documents[0], .text("Maji")], with: generator)
        }
        #expect(
            throws: EvaluationError.nothingToEvaluate(
                task: "translation",
                expected: "question with a reply"
            )
        ) { try evaluator().evaluate([], with: generator) }
        #expect(throws: EvaluationError.wrongCount(task: "translation", found: 3, expected: 1)) {
            try evaluator().evaluate([Self.documents[0]], with: generator)
        }
    }

    @Test("A real model gives the same records at any batch size")
    func batchInvariance() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        let generator = TextGenerator(model: model, threadCount: 1)
        let documents = Self.documents + Self.documents.reversed()
        let one = try evaluator(16, batchSize: 1).evaluate(documents, with: generator)
        let many = try evaluator(16, batchSize: 4).evaluate(documents, with: generator)
        #expect(one == many)
        #expect(Set(one.records.map(\.reply)).count > 1)
    }

    /// sacrebleu 2.6.0: `sentence_chrf(reply, [gold]).score / 100`.
    static let scored: [(reply: String, gold: String, score: Double)] = [
        ("Juma ana vitabu vitano.", "Juma ana vitabu vitatu.", 0.8352446680426556),
        ("The cat sat", "The cat sat on the mat.", 0.4670665499899428),
        ("abc", "xyz", 0), ("", "abc", 0), ("aaaa", "aa", 0.7812499999999999),
        ("猫は魚を食べる。", "猫が魚を食べた。", 0.2853174603174603),
        ("Asha has 12 eggs", "Asha has 12 eggs", 1),
    ]

    @Test("The character F-score is sacreBLEU's")
    func sacreBLEU() {
        for (reply, gold, score) in Self.scored {
            #expect(
                abs(CharacterFScore(reply: reply, gold: gold).value - score) < 1e-12,
                "\(reply)"
            )
        }
    }

    // sacrebleu.corpus_chrf over the same sentences, and the jackknife over it with NumPy.
    @Test("The score of a corpus is sacreBLEU's, with the error of the jackknife")
    func corpus() throws {
        let lines = try Self.scored.enumerated().map { index, item in
            let record: [String: Any] = [
                "task": "t", "version": 1, "id": String(index), "direction": "en-sw", "prompt": "",
                "gold": item.gold, "reply": item.reply, "exact": item.reply == item.gold,
                "chrf": item.score, "truncated": false,
            ]
            return try JSONSerialization.data(withJSONObject: record) + Data("\n".utf8)
        }
        let all = Data(lines.joined())
        let corpus = try TranslationEvaluation(jsonLines: all, path: "t").corpusChrF
        #expect(abs(corpus.value - 0.6831865694944216) < 1e-12)
        #expect(abs(try #require(corpus.standardError) - 0.14404349344607148) < 1e-12)
        let lone = try TranslationEvaluation(jsonLines: lines[0], path: "t").corpusChrF
        #expect(lone.standardError == nil && lone.count == 1)
    }

    @Test("Replies are compared composed and with single spaces")
    func normalized() {
        #expect(ReplyText.normalized(" a\t b\u{3000}c\n") == "a b c")
        let composed = ReplyText.normalized("e\u{301}t")
        #expect(composed.unicodeScalars.map(\.value) == [0xE9, 0x74])
        #expect(ReplyText.normalized("\n ") == "")
    }
}
