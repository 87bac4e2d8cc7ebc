import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Llama 3: scaled rotary positions and the inputs of layers")
struct RotaryScalingTests {
    private let fixture = ParityFixture(name: "llama3")

    private func input() throws -> ModelInput {
        let file = try fixture.expected()
        let tokens = try file.integers("tokens")
        var sequences: [[Int32]] = []
        var start = 0
        for length in try file.integers("lengths").map(Int.init) {
            sequences.append(Array(tokens[start..<start + length]))
            start += length
        }
        return ModelInput(sequences: sequences)
    }

    @Test("logits equal those of transformers")
    func logits() throws {
        let model = try fixture.model()
        let input = try input()
        let rows = try SequenceScorer(model: model, threadCount: 1)
            .logits(of: input, at: Array(input.tokens.indices))
        let expected = try fixture.expected().floats("logits")
        #expect(relativeError(Array(rows.joined()), expected) < Tolerance.logits)
        // Without the scaling they are others, so that the test sees it.
        var plain = model.configuration
        plain.ropeScaling = nil
        let other = TransformerModel(zeros: plain)
        other.parameters.copy(from: model.parameters)
        let unscaled = try SequenceScorer(model: other, threadCount: 1)
            .logits(of: input, at: Array(input.tokens.indices))
        #expect(relativeError(Array(unscaled.joined()), expected) > 1e-2)
    }

    @Test("training sees the same positions as scoring")
    func training() throws {
        let model = try fixture.model()
        let input = try input()
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 24
        )
        let scores = try SequenceScorer(model: model, threadCount: 1).logProbabilities(of: input)
        let sum = scores.reduce(0.0) { $0 - Double($1) }
        #expect(abs(engine.loss(input).total / sum - 1) < 1e-5)
    }

    @Test("norms of the inputs of every layer equal those that PyTorch's hooks have seen")
    func norms() throws {
        let model = try fixture.model()
        let input = try input()
        let samples = zip(input.segmentOffsets, input.segmentOffsets.dropFirst()).map {
            Array(input.tokens[$0..<$1])
        }
        let norms = try InputNorms(of: model, on: samples, pool: WorkerPool(threadCount: 2))
        #expect(norms.columns.count == 14)
        for (name, found) in norms.columns {
            let expected = try fixture.expected().floats("norms/\(name)").map(Double.init)
            #expect(relativeError(found, expected) < 1e-5, "\(name)")
        }
    }

    @Test("the configuration is written as it was read, and other kinds are refused by name")
    func configuration() throws {
        let model = try fixture.model()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rotary-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try model.write(to: folder)
        #expect(try ModelConfiguration(in: folder) == model.configuration)
        let file = folder.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        for (old, new, words) in [
            ("\"llama3\"", "\"longrope\"", "'rope_type' is \"longrope\""),
            (
                "\"high_freq_factor\" : 4", "\"high_freq_factor\" : 1",
                "a number above low_freq_factor"
            ),
            ("\"factor\" : 4", "\"factor\" : -4", "'factor' is -4"),
        ] {
            #expect(text.contains(old), "\(old)")
            try Data(text.replacing(old, with: new).utf8).write(to: file)
            #expect {
                try ModelConfiguration(in: folder)
            } throws: { "\($0)".contains(words) }
        }
    }
}
