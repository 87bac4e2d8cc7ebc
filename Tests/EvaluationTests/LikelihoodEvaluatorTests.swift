import Datasets
import Evaluation
import Foundation
import Testing
import Tokenization
import Transformer

@Suite("Held-out text")
struct LikelihoodEvaluatorTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    let documents: [Document] = [
        .text("Juma has 12 apples. He buys 3 apples."),
        .text(""),
        .text("Maji mengi: ৯ 水 é."),
        .chat(prompt: "How many days has a week?", response: "It has 7 days."),
        .text("Asha has 23 eggs. She sells 9 eggs. How many eggs has she? 23 - 9 = 14."),
    ]

    @Test("Under a uniform model every token costs log2 of the vocabulary's size")
    func uniform() throws {
        let size = tokenizer.vocabularySize
        let evaluator = LikelihoodEvaluator(task: "english_bits_per_byte", tokenizer: tokenizer)
        let evaluation = try evaluator.evaluate(
            documents,
            with: UniformScorer(vocabularySize: size)
        )
        #expect(evaluation.records.map(\.id) == ["0", "2", "3", "4"])
        // "Maji mengi: " is 12 bytes, the Bengali digit 3, the ideograph 3, é 2, and " ", " ", ".".
        #expect(evaluation.records.map(\.bytes) == [37, 23, 14, 71])
        let texts = [
            "Juma has 12 apples. He buys 3 apples.", "Maji mengi: ৯ 水 é.", "It has 7 days.",
        ]
        for (record, text) in zip(evaluation.records, texts) {
            #expect(record.tokens == tokenizer.encode(text).count)
            #expect(abs(record.bits - Double(record.tokens) * log2(Double(size))) < 1e-4)
            #expect(record.unknownTokens == 0)
        }
        let tokens = evaluation.records.reduce(0) { $0 + $1.tokens }
        let expected = Double(tokens) * log2(Double(size)) / 145
        #expect(abs(evaluation.bitsPerByte.value - expected) < 1e-6)
        #expect(abs(evaluation.lossPerToken.value - log(Double(size))) < 1e-6)
        #expect(evaluation.lossPerToken.standardError ?? 1 < 1e-6)
        #expect(evaluation.bitsPerByte.count == 4)
        #expect(evaluation.outcomes.measurement == evaluation.bitsPerByte)
    }

    @Test("The result is the same at any batch size and number of threads, bit by bit")
    func batchInvariance() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        var evaluations: [LikelihoodEvaluation] = []
        for (tokens, threads) in [(1, 1), (50, 2), (4096, 1)] {
            let evaluator = LikelihoodEvaluator(
                task: "english_bits_per_byte",
                tokenizer: tokenizer,
                tokensPerBatch: tokens
            )
            let scorer = SequenceScorer(model: model, threadCount: threads)
            evaluations.append(try evaluator.evaluate(documents, with: scorer))
        }
        #expect(evaluations[1] == evaluations[0])
        #expect(evaluations[2] == evaluations[0])
        #expect(evaluations[0].bitsPerByte.value > 0)
        let data = try evaluations[0].jsonLines()
        #expect(try LikelihoodEvaluation(jsonLines: data, path: "x") == evaluations[0])
    }

    @Test("A long text is cut and every token is counted once")
    func cutting() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let text = "Asha has 23 eggs. She sells 9 eggs."
        let whole = LikelihoodEvaluator(task: "t", tokenizer: tokenizer)
        let cut = LikelihoodEvaluator(task: "t", tokenizer: tokenizer, maximumSequenceLength: 5)
        let first = try whole.evaluate([.text(text)], with: scorer).records[0]
        let second = try cut.evaluate([.text(text)], with: scorer).records[0]
        #expect(first.tokens == second.tokens && first.bytes == second.bytes)
        #expect(first.bits != second.bits)
        // By hand: each piece of five tokens after its own beginning of sequence.
        let tokens = tokenizer.encode(text)
        var bits = 0.0
        for start in stride(from: 0, to: tokens.count, by: 5) {
            let piece = Array(tokens[start..<min(start + 5, tokens.count)])
            let input = ModelInput(sequences: [tokenizer.beginning + piece])
            bits -=
                try scorer.logProbabilities(of: input).reduce(0.0) { $0 + Double($1) } / log(2)
        }
        #expect(abs(second.bits - bits) < 1e-9)
    }

    @Test("No text is refused, and so is a likelihood that is no number")
    func refused() {
        struct Broken: TokenScorer {
            func logProbabilities(of input: ModelInput) -> [Float] {
                input.targets.map { _ in .nan }
            }
            func nextTokenLogits(of sequences: [[Int32]]) -> [[Float]] { [] }
        }
        let evaluator = LikelihoodEvaluator(task: "t", tokenizer: tokenizer)
        #expect(
            throws: EvaluationError.nothingToEvaluate(task: "t", expected: "document with text")
        ) { try evaluator.evaluate([.text("")], with: Broken()) }
        #expect(throws: EvaluationError.notFinite(task: "t", document: "2")) {
            try evaluator.evaluate([.text(""), .text(""), .text("Maji")], with: Broken())
        }
    }
}

@Suite("Choice of the first operator")
struct OperatorChoiceTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    private func scorer(preferring text: String) -> UniformScorer {
        var logits = [Float](repeating: 0, count: tokenizer.vocabularySize)
        let tokens = tokenizer.encode("1 \(text) 1")
        let other = tokenizer.encode("1 \(text == "+" ? "-" : "+") 1")
        let place = zip(tokens, other).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
        logits[Int(tokens[place])] = 2
        return UniformScorer(vocabularySize: tokenizer.vocabularySize, logits: logits)
    }

    @Test("A model that always adds is right where addition is")
    func alwaysPlus() throws {
        let evaluator = OperatorChoiceEvaluator(
            task: "operator",
            tokenizer: tokenizer,
            batchSize: 1
        )
        let evaluation = try evaluator.evaluate(Fixture.problems, with: scorer(preferring: "+"))
        // The division and the problem without equations are left out.
        #expect(evaluation.records.map(\.id) == ["gain-1", "loss-1"])
        #expect(evaluation.records.map(\.gold) == ["+", "-"])
        #expect(evaluation.records.map(\.margin) == [2, -2])
        #expect(evaluation.accuracy.value == 0.5 && evaluation.accuracy.count == 2)
        #expect(evaluation.records.map(\.correct) == [true, false])
        let minus = try evaluator.evaluate(Fixture.problems, with: scorer(preferring: "-"))
        #expect(minus.records.map(\.correct) == [false, true])
        let data = try minus.jsonLines()
        #expect(try OperatorChoiceEvaluation(jsonLines: data, path: "x") == minus)
    }

    @Test("No preference is wrong, and nothing to ask is refused")
    func ties() throws {
        let evaluator = OperatorChoiceEvaluator(task: "operator", tokenizer: tokenizer)
        let flat = UniformScorer(
            vocabularySize: tokenizer.vocabularySize,
            logits: Array(repeating: 1, count: tokenizer.vocabularySize)
        )
        #expect(try evaluator.evaluate(Fixture.problems, with: flat).accuracy.value == 0)
        #expect(throws: EvaluationError.self) {
            try evaluator.evaluate([Fixture.problems[2]], with: flat)
        }
    }

    @Test("A real model is asked after the first number")
    func realModel() throws {
        let model = Fixture.model(vocabularySize: tokenizer.vocabularySize)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let evaluator = OperatorChoiceEvaluator(task: "operator", tokenizer: tokenizer)
        let record = try evaluator.evaluate([Fixture.problems[0]], with: scorer).records[0]
        let prompt = try ChatFormat.standard.prompt(
            Fixture.problems[0].question,
            tokenizer: tokenizer
        )
        let plus = tokenizer.encode("12 + 3")
        let minus = tokenizer.encode("12 - 3")
        let shared = zip(plus, minus).prefix { $0 == $1 }.count
        #expect(
            tokenizer.decode(Array(plus[..<shared])).trimmingCharacters(in: .whitespaces) == "12"
        )
        let logits = try scorer.nextTokenLogits(of: [prompt + plus[..<shared]])[0]
        let margin = Double(logits[Int(plus[shared])]) - Double(logits[Int(minus[shared])])
        #expect(record.margin == margin && margin != 0)
    }
}
