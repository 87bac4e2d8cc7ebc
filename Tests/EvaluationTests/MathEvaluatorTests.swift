import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("Word problems")
struct MathEvaluatorTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    /// Right; a slip of arithmetic; a slip in the first of two steps; no answer.
    var generator: ScriptedGenerator {
        ScriptedGenerator(
            tokenizer: tokenizer,
            scripts: [
                ["12 + 3 =", " 15", ". #### 15"],
                ["23 - 9 =", " 13", ". #### 14"],
                ["48/2=", "25", ". 25+48=", "73", ". #### 73"],
                ["It has 7 days."],
            ]
        )
    }

    @Test("Replies are judged by answer and by equation")
    func judged() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer)
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        let records = evaluation.records
        #expect(records.map(\.reply)[0] == "12 + 3 = 15. #### 15")
        #expect(records.map(\.strictCorrect) == [true, true, false, false])
        #expect(records.map(\.flexibleCorrect) == [true, true, false, true])
        #expect(records.map(\.equationCorrect) == [true, true, true, nil])
        #expect(records.map(\.strict) == ["15", "14", "73", nil])
        #expect(records[2].equations == ["48 / 2", "25 + 48"])
        #expect(records.allSatisfy { !$0.truncated && !$0.calculator && $0.version == 1 })
        #expect(evaluation.exact.value == 0.5 && evaluation.exact.count == 4)
        #expect(evaluation.flexible.value == 0.75)
        #expect(evaluation.equation == Estimate.proportion(of: [true, true, true]))
        #expect(evaluation.outcomes(of: .equation).identifiers == ["gain-1", "loss-1", "two-1"])
        #expect(evaluation.outcomes(of: .flexible).measurement == evaluation.flexible)
    }

    @Test("The calculator corrects the results and nothing else")
    func assisted() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer),
            usesCalculator: true
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        #expect(
            evaluation.records.map(\.reply) == [
                "12 + 3 = 15. #### 15", "23 - 9 = 14. #### 14", "48/2=24. 25+48=73. #### 73",
                "It has 7 days.",
            ]
        )
        #expect(evaluation.records.allSatisfy { $0.calculator })
        // The second step now takes a number that is nowhere in the reply.
        #expect(evaluation.records[2].equationCorrect == false)
    }

    @Test("A reply that is cut is marked")
    func truncated() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer, maximumNewTokens: 6)
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        #expect(evaluation.records[0].truncated)
        #expect(evaluation.truncatedCount >= 3)
        #expect(evaluation.exact.value == 0)
    }

    @Test("Records survive as JSON lines with sorted keys")
    func jsonLines() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer)
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        let data = try evaluation.jsonLines()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        #expect(
            lines[3] == """
                {"calculator":false,"equation_correct":null,"equations":[],"flexible":"7",\
                "flexible_correct":true,"gold":"7","gold_equations":[],"id":"bare-1","kind":"",\
                "language":"en","prompt":"How many days has a week?","reply":"It has 7 days.",\
                "strict":null,"strict_correct":false,"task":"target_math","truncated":false,\
                "unknown_words":null,"version":1}
                """
        )
        #expect(try MathEvaluation(jsonLines: data, path: "records.jsonl") == evaluation)
    }

    @Test("A damaged file of records is named with its line")
    func damaged() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer)
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: generator)
        let data = try evaluation.jsonLines().dropLast(20)
        let error = #expect(throws: EvaluationError.self) {
            try MathEvaluation(jsonLines: Data(data), path: "records.jsonl")
        }
        #expect(try #require(error).description.hasPrefix("records.jsonl:4: "))
    }

    @Test("What cannot be evaluated is refused before a model is asked")
    func refused() throws {
        let evaluator = MathEvaluator(
            task: "target_math",
            questions: Questions(tokenizer: tokenizer)
        )
        #expect(
            throws: EvaluationError.nothingToEvaluate(task: "target_math", expected: "word problem")
        ) { try evaluator.evaluate([], with: generator) }
        var problem = Fixture.problems[0]
        problem.answer = "many"
        #expect(
            throws: EvaluationError.unreadableAnswer(
                task: "target_math",
                problem: "gain-1",
                found: "many"
            )
        ) { try evaluator.evaluate([problem], with: generator) }
        #expect(throws: EvaluationError.wrongCount(task: "target_math", found: 4, expected: 1)) {
            try evaluator.evaluate([Fixture.problems[0]], with: generator)
        }
    }

    @Test("A real model gives the same records at any batch size and number of threads")
    func batchInvariance() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        let problems = Fixture.problems + Fixture.problems.reversed()
        var evaluations: [MathEvaluation] = []
        for (batchSize, threads) in [(1, 1), (3, 2), (32, 1)] {
            let evaluator = MathEvaluator(
                task: "target_math",
                questions: Questions(
                    tokenizer: tokenizer,
                    maximumNewTokens: 24,
                    batchSize: batchSize
                ),
                usesCalculator: true
            )
            let generator = TextGenerator(model: model, threadCount: threads)
            evaluations.append(try evaluator.evaluate(problems, with: generator))
        }
        #expect(evaluations[1] == evaluations[0])
        #expect(evaluations[2] == evaluations[0])
        #expect(Set(evaluations[0].records.map(\.reply)).count > 1)
    }
}
