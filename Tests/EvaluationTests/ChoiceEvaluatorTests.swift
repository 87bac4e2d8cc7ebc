import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("Choices by likelihood")
struct ChoiceEvaluatorTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    private func problem(
        _ context: String,
        _ choices: [String],
        _ label: Int = 0
    ) -> ChoiceProblem {
        ChoiceProblem(id: context, language: "en", context: context, choices: choices, label: label)
    }

    @Test("XCOPA is asked in the harness's words, in each of its languages")
    func xcopa() throws {
        let fixture = try HarnessFixture.read()
        #expect(fixture.xcopa.count == 22)
        let file = try TemporaryFile(fixture.xcopa.map(\.row).joined(separator: "\n"))
        defer { file.remove() }
        let problems = try ChoiceReader.problems(at: file.url, format: .xcopa, language: "en")
        for (problem, expected) in zip(problems, fixture.xcopa) {
            #expect(problem.context == expected.context)
            #expect(problem.choices == expected.choices)
            #expect(problem.label == 1 && problem.id == "xcopa-4")
        }
    }

    @Test("a uniform model takes the shortest choice, and the longest for its length")
    func uniform() throws {
        let size = tokenizer.vocabularySize
        let evaluator = ChoiceEvaluator(task: "target_choice", tokenizer: tokenizer)
        let evaluation = try evaluator.evaluate(
            [problem("Juma has", ["12 apples. He buys 3 apples.", "eggs"], 1)],
            with: UniformScorer(vocabularySize: size)
        )
        let record = try #require(evaluation.records.first)
        let tokens = ["12 apples. He buys 3 apples.", "eggs"].map {
            tokenizer.encode("Juma has \($0)").count - tokenizer.encode("Juma has").count
        }
        #expect(record.tokens == tokens)
        for (value, count) in zip(record.logLikelihoods, tokens) {
            #expect(abs(value + Double(count) * log(Double(size))) < 1e-4)
        }
        #expect(record.choice == 1 && evaluation.accuracy.value == 1)
        let perCharacter = zip(tokens, [28.0, 4.0]).map { Double($0) / $1 }
        #expect(record.normalizedChoice == (perCharacter[0] <= perCharacter[1] ? 0 : 1))
        let metrics = evaluation.outcomes(in: .target).map(\.metric)
        #expect(metrics == ["target_choice", "target_choice_normalized"])
    }

    @Test("scores are those of the whole text less those of its context, at any batch size")
    func byHand() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let problems = [
            problem("Juma has", ["12 apples.", "3 eggs. He buys"]),
            // White space at the end of the context is the choice's.
            problem("Asha has 23  ", ["eggs.", "apples"]),
            problem("", ["Juma", "Asha"]),
        ]
        var evaluations: [ChoiceEvaluation] = []
        for tokens in [1, 4096] {
            evaluations.append(
                try ChoiceEvaluator(task: "t", tokenizer: tokenizer, tokensPerBatch: tokens)
                    .evaluate(problems, with: scorer)
            )
        }
        #expect(evaluations[0] == evaluations[1])
        func likelihood(_ tokens: [Int32], last count: Int) throws -> Double {
            let input = ModelInput(
                tokens: Array(tokens.dropLast()),
                segmentOffsets: [0, tokens.count - 1],
                targets: Array(tokens.dropFirst())
            )
            return try scorer.logProbabilities(of: input).suffix(count)
                .reduce(0) { $0 + Double($1) }
        }
        for (record, read) in zip(
            evaluations[0].records,
            ["Juma has", "Asha has 23", ""]
        ) {
            for (choice, value) in zip(record.choices, record.logLikelihoods) {
                let whole = tokenizer.encode("\(record.context) \(choice)")
                let count = whole.count - (read.isEmpty ? 0 : tokenizer.encode(read).count)
                let expected = try likelihood(tokenizer.beginning + whole, last: count)
                #expect(abs(value - expected) < 1e-5, "\(record.context) \(choice)")
            }
        }
        let data = try evaluations[0].jsonLines()
        #expect(try ChoiceEvaluation(jsonLines: data, path: "x") == evaluations[0])
    }

    @Test("a context that is too long loses its beginning; of equal choices the first is taken")
    func cutting() throws {
        struct Small: TokenScorer {
            var maximumPositions: Int { 8 }
            func logProbabilities(of input: ModelInput) -> [Float] {
                #expect(
                    zip(input.segmentOffsets, input.segmentOffsets.dropFirst()).allSatisfy {
                        $1 - $0 <= 8
                    }
                )
                return input.targets.map { _ in 0 }
            }
            func nextTokenLogits(of sequences: [[Int32]]) -> [[Float]] { [] }
        }
        let long = "Juma has 12 apples. He buys 3 apples. How many apples has he?"
        let evaluation = try ChoiceEvaluator(task: "t", tokenizer: tokenizer)
            .evaluate([problem(long, ["15", "16"], 1), problem("a", ["b", "c"])], with: Small())
        #expect(evaluation.cutCount == 1 && evaluation.records[0].contextCut == true)
        #expect(evaluation.records.map(\.choice) == [0, 0] && evaluation.accuracy.value == 0.5)
    }

    @Test("rows that cannot be used are refused with their line")
    func badRows() throws {
        let good = #"{"context": "a", "choices": ["b", "c"], "label": 0}"#
        for (row, expected) in [
            (#"{"context": "a", "choices": ["b"], "label": 0}"#, "two or more texts"),
            (#"{"context": "a", "choices": ["b", 3], "label": 0}"#, "two or more texts"),
            (#"{"context": "a", "choices": ["b", "c"], "label": 2}"#, "from 0 to 1"),
            (#"{"context": "a", "choices": ["b", "c"]}"#, "no field 'label'"),
            (#"{"choices": ["b", "c"], "label": 0}"#, "no field 'context'"),
        ] {
            let file = try TemporaryFile(good + "\n" + row)
            defer { file.remove() }
            #expect {
                try ChoiceReader.problems(at: file.url, format: .choices, language: "en")
            } throws: {
                "\($0)".contains("rows.jsonl:2: ") && "\($0)".contains(expected)
            }
        }
        let file = try TemporaryFile(
            #"{"premise": "A.", "choice1": "B.", "choice2": "C.", "question": "why", "label": 0}"#
        )
        defer { file.remove() }
        for (language, expected) in [("sw", "cause or effect"), ("en", "one of XCOPA's: et, ht")] {
            #expect {
                try ChoiceReader.problems(at: file.url, format: .xcopa, language: language)
            } throws: {
                "\($0)".contains(expected)
            }
        }
    }

    @Test("worked examples are those of one language, and as many as are wanted")
    func exemplars() throws {
        let rows = ["en", "sw", "en"].enumerated().map {
            #"{"lang": "\#($1)", "question": "Q\#($0)", "answer_cot": "A", "answer": \#($0)}"#
        }
        let file = try TemporaryFile(rows.joined(separator: "\n"))
        defer { file.remove() }
        let found = try ExemplarReader.exemplars(at: file.url, language: "en", count: 2)
        #expect(found.map(\.question) == ["Q0", "Q2"] && found.map(\.answer) == ["0", "2"])
        #expect {
            try ExemplarReader.exemplars(at: file.url, language: "sw", count: 2)
        } throws: {
            "\($0)".contains("found 1 examples in 'sw' (the file has 2 en, 1 sw); expected 2")
        }
    }
}
