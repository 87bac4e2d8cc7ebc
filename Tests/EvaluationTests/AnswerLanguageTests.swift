import Datasets
import Evaluation
import Foundation
import Testing

@Suite("Language of the answer")
struct AnswerLanguageTests {
    static let english = [
        "The farmer has seven goats and sells three of them at the market.",
        "How many books are left on the table when the children go home?",
        "She buys bread and milk every morning before she goes to school.",
        "There are twelve cups in the house, and half of them are new.",
    ]
    static let swahili = [
        "Mkulima ana mbuzi saba na anauza watatu kati yao sokoni.",
        "Ni vitabu vingapi vimebaki mezani watoto wanapoenda nyumbani?",
        "Ananunua mkate na maziwa kila asubuhi kabla ya kwenda shuleni.",
        "Kuna vikombe kumi na viwili nyumbani, na nusu yake ni vipya.",
    ]
    static let japanese = [
        "農家はヤギを七頭飼っていて、市場で三頭を売ります。", "子どもたちが帰るとき、机の上に本は何冊残っていますか。",
        "彼女は毎朝学校に行く前にパンと牛乳を買います。", "家にはコップが十二個あり、その半分は新しいです。",
    ]

    @Test("English and Swahili are distinguished")
    func englishAndSwahili() throws {
        let classifier = try AnswerLanguage(samples: ["en": Self.english, "sw": Self.swahili])
        #expect(classifier.languages == ["en", "sw"])
        for text in [
            "The children have five books.", "He sells the milk at the market.",
            "HOW MANY CUPS ARE THERE?",
        ] {
            #expect(classifier.language(of: text) == "en", "\(text)")
        }
        for text in [
            "Watoto wana vitabu vitano.", "Anauza maziwa sokoni.", "Juma ana mbuzi 12 nyumbani!",
        ] {
            #expect(classifier.language(of: text) == "sw", "\(text)")
        }
    }

    @Test("English and Japanese are distinguished")
    func englishAndJapanese() throws {
        let classifier = try AnswerLanguage(samples: ["ja": Self.japanese, "en": Self.english])
        #expect(classifier.language(of: "本は五冊あります。") == "ja")
        #expect(classifier.language(of: "彼女は牛乳を売ります。") == "ja")
        #expect(classifier.language(of: "She sells milk.") == "en")
    }

    @Test("Without letters or with a tie no language is named")
    func undecided() throws {
        let classifier = try AnswerLanguage(samples: ["en": Self.english, "sw": Self.swahili])
        for text in ["", "12 + 3 = 15", "?! ..."] {
            #expect(classifier.language(of: text) == nil)
        }
        let same = try AnswerLanguage(samples: ["en": Self.english, "xx": Self.english])
        #expect(same.language(of: "The farmer") == nil)
    }

    // Samples ab and cd: trigrams " ab", "ab " and " cd", "cd "; V = 4 + 1, N = 2. For the text
    // "ab cde" en has ln(2/7) twice and ln(1/7) for " cd", "cde", "de "; cd has ln(2/7) once.
    @Test(
        "Case and form of writing do not matter, unseen trigrams count the same for equal samples"
    )
    func workedByHand() throws {
        let classifier = try AnswerLanguage(samples: ["one": ["ab"], "two": ["cd"]])
        #expect(classifier.language(of: "ab cde") == "one")
        #expect(classifier.language(of: "AB") == "one")
        #expect(classifier.language(of: "ab cd") == nil)
        #expect(classifier.language(of: "xyz") == nil)
        let accents = try AnswerLanguage(samples: ["one": ["é"], "two": ["e"]])
        #expect(accents.language(of: "E\u{301}") == "one")
    }

    @Test("Samples without letters are refused")
    func noSamples() {
        #expect(throws: EvaluationError.noSampleText(language: "sw")) {
            try AnswerLanguage(samples: ["en": Self.english, "sw": ["12, 13", ""]])
        }
    }
}

@Suite("Answers in the target language")
struct AnswerLanguageEvaluatorTests {
    static let documents = [
        Document.chat(prompt: "Maji?", response: "Maji mengi"),
        Document.chat(prompt: "Maji mengi?", response: "Maji"),
        Document.chat(prompt: "12?", response: "Maji mengi"),
        Document.chat(prompt: "3?", response: "15"),
    ]

    func evaluator(target: String = "sw") throws -> (AnswerLanguageEvaluator, ScriptedGenerator) {
        let tokenizer = try Fixture.tokenizer()
        let evaluator = AnswerLanguageEvaluator(
            task: "target_answers",
            target: target,
            classifier: try AnswerLanguage(
                samples: [
                    "en": AnswerLanguageTests.english,
                    "sw": AnswerLanguageTests.swahili + ["maji mengi", "maji"],
                ]
            ),
            questions: Questions(tokenizer: tokenizer)
        )
        let generator = ScriptedGenerator(
            tokenizer: tokenizer,
            scripts: [["Maji mengi"], ["Maji mengi"], ["How many apples has she?"], ["15"]]
        )
        return (evaluator, generator)
    }

    @Test("Right replies and replies in the language are counted apart")
    func judged() throws {
        let (evaluator, generator) = try evaluator()
        let evaluation = try evaluator.evaluate(Self.documents, with: generator)
        #expect(evaluation.records.map(\.exact) == [true, false, false, true])
        #expect(evaluation.records.map(\.language) == ["sw", "sw", "en", nil])
        #expect(evaluation.records.map(\.goldLanguage) == ["sw", "sw", "sw", nil])
        #expect(evaluation.exact.value == 0.5)
        #expect(evaluation.inTarget.value == 0.5)
        #expect(evaluation.goldInTarget.value == 0.75)
        #expect(evaluation.outcomes(of: .exact).amounts == [1, 0, 0, 1])
        #expect(evaluation.outcomes(of: .inTarget).amounts == [1, 1, 0, 0])
        #expect(evaluation.outcomes(of: .inTarget).identifiers == ["0", "1", "2", "3"])
    }

    @Test("Records survive as JSON lines with every key")
    func jsonLines() throws {
        let (evaluator, generator) = try evaluator()
        let evaluation = try evaluator.evaluate(Self.documents, with: generator)
        let data = try evaluation.jsonLines()
        let last = String(decoding: data, as: UTF8.self).split(separator: "\n")[3]
        #expect(
            last == """
                {"exact":true,"gold":"15","gold_language":null,"id":"3","language":null,\
                "prompt":"3?","reply":"15","target":"sw","task":"target_answers",\
                "truncated":false,"version":1}
                """
        )
        #expect(try AnswerLanguageEvaluation(jsonLines: data, path: "x") == evaluation)
    }

    @Test("A language that the classifier does not know is refused")
    func refused() throws {
        let (evaluator, generator) = try evaluator(target: "ja")
        #expect(
            throws: EvaluationError.unknownLanguage(
                task: "target_answers",
                found: "ja",
                expected: ["en", "sw"]
            )
        ) { try evaluator.evaluate(Self.documents, with: generator) }
    }
}
