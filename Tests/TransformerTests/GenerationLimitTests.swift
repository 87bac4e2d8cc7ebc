import Foundation
import Kernels
import Testing
import Transformer

@Suite("Limits of generation")
struct GenerationLimitTests {
    static func model(vocabulary: Int = 50, positions: Int = 64) -> TransformerModel {
        var configuration = ModelConfiguration(
            vocabularySize: vocabulary,
            modelWidth: 40,
            layerCount: 3,
            headCount: 4,
            keyValueHeadCount: 2,
            hiddenWidth: 56
        )
        configuration.initializerRange = 0.3
        configuration.maximumPositions = positions
        return TransformerModel(configuration: configuration, seed: 9)
    }

    private let prompts: [[Int32]] = [[1, 7, 9], [1, 30, 2, 5, 11], [1]]

    @Test("the largest numbers there are mean: to the last position, with all prompts at once")
    func largestNumbers() throws {
        let generator = TextGenerator(model: Self.model(), threadCount: 2)
        var options = GenerationOptions(maximumNewTokens: .max, topK: .max, batchSize: .max)
        let found = try generator.generate(prompts: prompts, options: options)
        #expect(found.map(\.count) == prompts.map { 64 - $0.count })
        options.maximumNewTokens = 1000
        options.batchSize = 1
        #expect(try generator.generate(prompts: prompts, options: options) == found)
    }

    @Test("a cache that grows attends as one that has all of its memory")
    func growingCache() throws {
        let model = Self.model(positions: 400)
        let generator = TextGenerator(model: model, threadCount: 1)
        let found = try generator.generate(
            prompts: [prompts[0]],
            options: GenerationOptions(maximumNewTokens: 300)
        )[0]
        // The whole text at once goes through no cache.
        let tokens = prompts[0] + found
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let rows = try scorer.logits(
            of: ModelInput(sequences: [tokens]),
            at: Array(prompts[0].count - 1..<tokens.count - 1)
        )
        let best = rows.map { row in Int32(row.indices.max { row[$0] < row[$1] } ?? -1) }
        #expect(found.count == 300)
        #expect(best == found)
    }

    @Test("a prompt without tokens is refused, one without room gets nothing")
    func withoutRoom() throws {
        let generator = TextGenerator(model: Self.model(), threadCount: 1)
        #expect(throws: GenerationError.emptyPrompt(number: 2)) {
            try generator.generate(prompts: [[1], []], options: GenerationOptions())
        }
        let long = (0..<64).map { Int32($0 % 50) }
        let found = try generator.generate(
            prompts: [long, long + [1], Array(long.dropLast())],
            options: GenerationOptions()
        )
        #expect(found.map(\.count) == [0, 0, 1])
    }

    @Test(
        "rows without a piece are never chosen, however large their logits",
        arguments: [0.0, 1, 2_000 * Double.leastNonzeroMagnitude]
    )
    func surplusRows(temperature: Double) throws {
        // The rows from 40 on are 30 times as long as those of the pieces.
        let model = Self.model()
        let embedding = try #require(model.parameters(named: "model.embed_tokens.weight"))
        for index in 40 * 40..<50 * 40 { embedding[index] *= 30 }
        let generator = TextGenerator(model: model, threadCount: 1)
        var options = GenerationOptions(maximumNewTokens: 40, temperature: temperature)
        let all = try generator.generate(prompts: prompts, options: options).joined()
        #expect(all.contains { $0 >= 40 }, "the fixture must tempt")
        options.vocabularySize = 40
        let found = try generator.generate(prompts: prompts, options: options).joined()
        #expect(found.count > 100)
        #expect(found.allSatisfy { $0 < 40 })
        // A limit beyond the model's own rows is none.
        options.vocabularySize = 1000
        #expect(
            Array(try generator.generate(prompts: prompts, options: options).joined())
                == Array(all)
        )
    }

    @Test("a sequence ends where it must, with its last token")
    func endings() throws {
        let generator = TextGenerator(model: Self.model(), threadCount: 2)
        let options = GenerationOptions(maximumNewTokens: 20)
        let free = try generator.generate(prompts: prompts, options: options)
        let ended = try generator.generate(
            prompts: prompts,
            options: options,
            isFinished: { index, tokens in tokens.count == 3 + index }
        )
        #expect(ended == free.enumerated().map { Array($1.prefix(3 + $0)) })
    }
}

@Suite("Numbers that are not finite")
struct NotFiniteTests {
    private static let tensor = "model.layers.1.mlp.up_proj.weight"

    /// A model of which one number is not finite.
    private func broken(_ value: Float = .nan) throws -> TransformerModel {
        let model = GenerationLimitTests.model()
        let view = try #require(model.parameters(named: Self.tensor))
        view[5] = value
        return model
    }

    private func expectBlame(_ what: String, _ body: () throws -> Void) {
        let error = #expect(throws: ModelNumberError.self) { try body() }
        #expect(
            error?.description.contains("'\(Self.tensor)' holds NaN or an infinity") == true
        )
        #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
    }

    @Test("generation stops at the first logit, with the tensor", arguments: [0.0, 0.7], [1, 2])
    func generation(temperature: Double, threads: Int) throws {
        let generator = TextGenerator(model: try broken(), threadCount: threads)
        expectBlame("the logits after token 3 of prompt 1") {
            _ = try generator.generate(
                prompts: [[1, 4, 5]],
                options: GenerationOptions(temperature: temperature)
            )
        }
    }

    @Test("infinities are found too, also those that only come up on the way")
    func overflow() throws {
        let generator = TextGenerator(model: try broken(.infinity), threadCount: 1)
        expectBlame("are not finite numbers") {
            _ = try generator.generate(prompts: [[1]], options: GenerationOptions())
        }
        let model = GenerationLimitTests.model()
        try #require(model.parameters(named: "model.norm.weight")).fill(3e38)
        let error = #expect(throws: ModelNumberError.self) {
            try TextGenerator(model: model, threadCount: 1)
                .generate(prompts: [[1]], options: GenerationOptions())
        }
        #expect(error?.description.contains("its weights are finite and too large") == true)
    }

    @Test("so do scoring, the lens, states, norms and statistics")
    func everyUse() throws {
        let model = try broken()
        let scorer = SequenceScorer(model: model, threadCount: 2)
        let input = ModelInput(sequences: [[1, 2], [1, 4, 5]])
        expectBlame("after token 1 of sequence 1") { _ = try scorer.logProbabilities(of: input) }
        expectBlame("after token 3 of sequence 2") { _ = try scorer.logits(of: input, at: [4]) }
        expectBlame("after token 2 of sequence 1") {
            _ = try scorer.nextTokenLogits(of: [[1, 2]])
        }
        let reader = LayerReader(model, threadCount: 1)
        expectBlame("place 2") { _ = try reader.topTokens(of: [[1, 4, 5]]) }
        expectBlame("place 2, row 3 of its batch") {
            _ = try reader.nextTokens(after: [1, 4, 5], count: 1)
        }
        expectBlame("the states at place 2") { _ = try reader.meanDirections(of: [[1, 4, 5]]) }
        expectBlame("the inputs of") {
            _ = try InputNorms(of: model, on: [[1, 4]], pool: WorkerPool(threadCount: 1))
        }
        expectBlame("the inputs of") {
            _ = try ModelStatistics.inputProducts(of: model, on: [input])
        }
        expectBlame("gradients") { _ = try ModelStatistics.fisher(of: model, on: [input]) }
    }

    @Test(
        "a checkpoint with such a number is refused when it is opened",
        arguments: [
            Float.nan, .infinity, -.infinity,
        ]
    )
    func loading(value: Float) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-not-finite-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try broken(value).write(to: folder)
        let error = #expect(throws: ModelNumberError.self) { try TransformerModel(at: folder) }
        let description = error?.description ?? ""
        #expect(description.contains("'\(Self.tensor)' holds \(value) at element 5"))
        #expect(description.contains(folder.lastPathComponent))
    }
}
