import Foundation
import Kernels
import Testing
import Transformer

@Suite("Scoring and generation")
struct InferenceTests {
    private let model = TransformerModel(
        configuration: {
            var configuration = ModelConfiguration(
                vocabularySize: 50,
                modelWidth: 40,
                layerCount: 3,
                headCount: 4,
                keyValueHeadCount: 2,
                hiddenWidth: 56
            )
            configuration.initializerRange = 0.3
            configuration.maximumPositions = 64
            return configuration
        }(),
        seed: 9
    )

    private let sequences: [[Int32]] = (1...9).map { (length: Int) -> [Int32] in
        (0..<(3 * length)).map { (place: Int) -> Int32 in Int32((place * 7 + length * 11) % 50) }
    }

    @Test("log probabilities do not depend on batch or threads, bit by bit", arguments: [1, 2, 3])
    func scoring(threads: Int) throws {
        let scorer = SequenceScorer(model: model, threadCount: threads)
        let together = try scorer.logProbabilities(of: ModelInput(sequences: sequences))
        let alone = try sequences.flatMap {
            try scorer.logProbabilities(of: ModelInput(sequences: [$0]))
        }
        #expect(together == alone)
        #expect(together.contains { $0 != 0 })
    }

    @Test("scores agree with the training pass")
    func agreement() throws {
        let input = ModelInput(sequences: sequences)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 27
        )
        let scores = try SequenceScorer(model: model, threadCount: 1).logProbabilities(of: input)
        let sum = -scores.reduce(0.0) { $0 + Double($1) }
        #expect(abs(engine.loss(input).total - sum) / sum < 1e-5)
    }

    @Test("cached generation is generation without a cache")
    func cache() throws {
        let prompts = Array(sequences.prefix(4))
        let generator = TextGenerator(model: model, threadCount: 1)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let found = try generator.generate(
            prompts: prompts,
            options: GenerationOptions(maximumNewTokens: 9)
        )
        for (prompt, continuation) in zip(prompts, found) {
            var tokens = prompt
            for expected in continuation {
                let logits = try scorer.nextTokenLogits(of: [tokens])[0]
                let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
                #expect(Int32(best) == expected)
                tokens.append(expected)
            }
        }
    }

    @Test(
        "replies do not depend on batch size or threads",
        arguments: [GenerationOptions(), GenerationOptions(temperature: 0.8, topK: 20, topP: 0.9)]
    )
    func batches(_ base: GenerationOptions) throws {
        func replies(batchSize: Int, threads: Int) throws -> [[Int32]] {
            var options = base
            options.maximumNewTokens = 12
            options.batchSize = batchSize
            options.seed = 4
            return try TextGenerator(model: model, threadCount: threads)
                .generate(prompts: sequences, options: options)
        }
        let expected = try replies(batchSize: 1, threads: 1)
        #expect(try replies(batchSize: 4, threads: 1) == expected)
        #expect(try replies(batchSize: 32, threads: 2) == expected)
        #expect(Set(expected).count > 1)
    }

    @Test("sampling: temperature 0, top-k 1 and a tiny top-p are greedy; seeds differ")
    func sampling() throws {
        let generator = TextGenerator(model: model, threadCount: 1)
        func replies(_ change: (inout GenerationOptions) -> Void) throws -> [[Int32]] {
            var options = GenerationOptions(maximumNewTokens: 16, temperature: 1)
            change(&options)
            return try generator.generate(prompts: sequences, options: options)
        }
        let greedy = try replies { $0.temperature = 0 }
        #expect(try replies { $0.topK = 1 } == greedy)
        #expect(try replies { $0.topP = 1e-9 } == greedy)
        #expect(try replies { $0.seed = 1 } == replies { $0.seed = 1 })
        #expect(try replies { $0.seed = 1 } != replies { $0.seed = 2 })
    }

    @Test("stop tokens, room and forced tokens are kept")
    func limits() throws {
        let generator = TextGenerator(model: model, threadCount: 1)
        let prompt = sequences[3]
        let free = try generator.generate(
            prompts: [prompt],
            options: GenerationOptions(maximumNewTokens: 8)
        )[0]
        let stopped = try generator.generate(
            prompts: [prompt],
            options: GenerationOptions(maximumNewTokens: 8, stopTokens: [free[3]])
        )[0]
        #expect(stopped == Array(free.prefix { $0 != free[3] }))
        let none = try generator.generate(
            prompts: [prompt],
            options: GenerationOptions(maximumNewTokens: 0)
        )
        #expect(none == [[]])
        // 64 positions leave room for 4 tokens after 60.
        let long = [[Int32]](repeating: (0..<60).map { Int32($0 % 50) }, count: 1)
        let rest = try generator.generate(
            prompts: long,
            options: GenerationOptions(maximumNewTokens: 9)
        )
        #expect(rest[0].count == 4)
        let forced = try generator.generate(
            prompts: [prompt],
            options: GenerationOptions(maximumNewTokens: 6),
            assistant: { _, tokens in tokens.count == 2 ? [41, 42] : [] }
        )[0]
        #expect(Array(forced[2...3]) == [41, 42] && Array(forced[..<2]) == Array(free[..<2]))
    }
}
