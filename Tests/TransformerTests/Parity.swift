import Checkpointing
import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

/// A tiny model made by `transformers`, with what PyTorch computed for it.
struct ParityFixture: Sendable, CustomTestStringConvertible {
    let folder: URL
    var testDescription: String { folder.lastPathComponent }

    init(folder: URL) { self.folder = folder }

    init(name: String) { folder = Self.folder.appending(path: name) }

    static let all = ModelFixtures.all.map(ParityFixture.init(folder:))

    static let folder = ModelFixtures.folder

    /// What tolerances are multiplied by: rounding grows with depth, and most where single numbers
    /// of the residual stream are thousands of times the others, as in pretrained models.
    var slack: Double { isTiny ? 1 : 50 }

    /// Whether this is one of the models that are trained for ten steps.
    private var isTiny: Bool { (try? expected().description(of: "train.losses")) != nil }

    func model() throws -> TransformerModel { try TransformerModel(at: folder) }

    func expected() throws -> SafetensorsFile {
        try SafetensorsFile(at: folder.appending(path: "expected.safetensors"))
    }

    func input() throws -> ModelInput {
        let file = try expected()
        return ModelInput(
            tokens: try file.integers("tokens"),
            segmentOffsets: try file.integers("segment_offsets").map(Int.init),
            targets: try file.integers("targets")
        )
    }
}

extension SafetensorsFile {
    func floats(_ name: String) throws -> [Float] {
        let count = try #require(description(of: name), "no tensor \(name)").elementCount
        let matrix = OwnedMatrix(rows: 1, columns: count)
        try readFloats(of: name, into: matrix.vector)
        return matrix.values
    }

    func integers(_ name: String) throws -> [Int32] {
        try withBytes(of: name) { bytes in
            stride(from: 0, to: bytes.count, by: 4).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self)
            }
        }
    }
}

/// How far Float results may lie from PyTorch's, relative to the largest element of the tensor.
///
/// Both sum in Float32 in different orders; sums here have at most a few hundred terms, so
/// a few hundred times 6e-8 bounds them. AdamW divides by the root of tiny second moments, which
/// enlarges rounding over ten steps.
enum Tolerance {
    static let logits = 2e-5
    static let gradient = 5e-5
    static let loss = 2e-5
    static let trainedLoss = 1e-3
}

@Suite("Parity with PyTorch")
struct ParityTests {
    @Test("logits", arguments: ParityFixture.all)
    func logits(_ fixture: ParityFixture) throws {
        let scorer = SequenceScorer(model: try fixture.model(), threadCount: 2)
        let input = try fixture.input()
        let found = try scorer.logits(of: input, at: Array(input.tokens.indices)).flatMap { $0 }
        let error = relativeError(found, try fixture.expected().floats("logits"))
        #expect(error < Tolerance.logits * fixture.slack, "\(error)")
    }

    @Test("loss and the gradient of every parameter", arguments: ParityFixture.all, [1, 2, 3])
    func gradients(_ fixture: ParityFixture, threads: Int) throws {
        let model = try fixture.model()
        let input = try fixture.input()
        let expected = try fixture.expected()
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: threads),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 11
        )
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        #expect(loss.count == Int(try expected.integers("loss_count")[0]))
        #expect(
            relativeError([Float(loss.total)], try expected.floats("loss_sum")) < Tolerance.loss
        )
        for entry in model.layout.entries {
            let found = engine.gradients[entry.range].array()
            let error = relativeError(found, try expected.floats("grad.\(entry.name)"))
            #expect(error < Tolerance.gradient * fixture.slack, "\(entry.name): \(error)")
        }
        // The loss alone is the same number, bit by bit.
        #expect(engine.loss(input) == loss)
    }

    @Test("greedy generation with a cache", arguments: ParityFixture.all, [1, 2, 32])
    func generation(_ fixture: ParityFixture, batchSize: Int) throws {
        struct Generation: Decodable {
            struct Case: Decodable {
                let prompt: [Int32]
                let continuation: [Int32]
            }
            let maximum_new_tokens: Int
            let cases: [Case]
        }
        let data = try Data(contentsOf: fixture.folder.appending(path: "generation.json"))
        let expected = try JSONDecoder().decode(Generation.self, from: data)
        let generator = TextGenerator(model: try fixture.model(), threadCount: 2)
        let found = try generator.generate(
            prompts: expected.cases.map(\.prompt),
            options: GenerationOptions(
                maximumNewTokens: expected.maximum_new_tokens,
                batchSize: batchSize
            )
        )
        #expect(found == expected.cases.map(\.continuation))
    }
}
