import Datasets
import Evaluation
import Foundation
import Tokenization
import Transformer

/// A tokenizer trained on the spot, and problems in its words.
enum Fixture {
    static let problems = [
        MathProblem(
            id: "gain-1",
            language: "en",
            kind: "gain",
            question: "Juma has 12 apples. He buys 3 apples. How many apples has he?",
            solution: "12 + 3 = 15.",
            answer: "15",
            equations: ["12 + 3"]
        ),
        MathProblem(
            id: "loss-1",
            language: "en",
            kind: "loss",
            question: "Asha has 23 eggs. She sells 9 eggs. How many eggs has she?",
            solution: "23 - 9 = 14.",
            answer: "14",
            equations: ["23 - 9"]
        ),
        MathProblem(
            id: "two-1",
            language: "en",
            kind: "two",
            question: "Neema has 48 cups, sells half of them and buys 48 cups. How many has she?",
            solution: "48/2=24. 24+48=72.",
            answer: "72",
            equations: ["48/2", "24+48"]
        ),
        MathProblem(
            id: "bare-1",
            language: "en",
            question: "How many days has a week?",
            answer: "7"
        ),
    ]

    static func tokenizer() throws -> Tokenizer {
        let sentences = (0..<40).flatMap { round in
            problems.flatMap { [$0.question, $0.response] }
                + [
                    "\(round) + \(round + 3) = \(2 * round + 3).",
                    "<<48/2=24>>24 Maji mengi: \(round)",
                ]
        }
        let options = TokenizerTrainingOptions(vocabularySize: 360, characterCoverage: 1)
        return try Tokenizer(model: TokenizerTrainer.train(sentences: sentences, options: options))
    }

    static func model(vocabularySize: Int) -> TransformerModel {
        let configuration = ModelConfiguration(
            vocabularySize: vocabularySize,
            modelWidth: 32,
            layerCount: 2,
            headCount: 4,
            keyValueHeadCount: 2,
            hiddenWidth: 48
        )
        let model = TransformerModel(configuration: configuration, seed: 7)
        // Fresh weights are so small that every reply would repeat one token.
        for name in model.layout.entries.map(\.name) where !name.contains("norm") {
            guard let parameters = model.parameters(named: name) else { continue }
            for index in 0..<parameters.count { parameters[index] *= 12 }
        }
        return model
    }
}

/// A model that writes given texts, result by result, so that a calculator can step in.
///
/// A script is the parts of a reply; every second part is a result that the assistant may replace.
struct ScriptedGenerator: ReplyGenerator {
    var tokenizer: Tokenizer
    var scripts: [[String]]

    func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) -> [[Int32]] {
        scripts.enumerated().map { index, script in
            var tokens: [Int32] = []
            var forced: [Int32] = []
            for (place, part) in script.enumerated() {
                let isResult = place % 2 == 1
                if isResult, !forced.isEmpty {
                    tokens += forced
                    forced = []
                    continue
                }
                for token in continuation(part, after: place == 0) {
                    tokens.append(token)
                    forced = assistant?(index, tokens) ?? []
                }
            }
            return Array(tokens.prefix(settings.maximumNewTokens))
        }
    }

    /// The tokens of a part, without the space that encoding puts before a text.
    private func continuation(_ part: String, after isFirst: Bool) -> ArraySlice<Int32> {
        let marker = tokenizer.encode("=")
        return isFirst
            ? tokenizer.encode(part)[...] : tokenizer.encode("=" + part).dropFirst(marker.count)
    }
}

/// A model for which every token is equally likely, and whose logits prefer low identifiers.
struct UniformScorer: TokenScorer {
    var vocabularySize: Int
    var logits: [Float] = []

    func logProbabilities(of input: ModelInput) -> [Float] {
        input.targets.map { $0 == ModelInput.ignoredTarget ? 0 : -log(Float(vocabularySize)) }
    }

    func nextTokenLogits(of sequences: [[Int32]]) -> [[Float]] {
        sequences.map { _ in logits }
    }
}
