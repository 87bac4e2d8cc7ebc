import Checkpointing
import Datasets
import Foundation
import Kernels
import TestSupport
import Testing
import Training
import Transformer

/// What PyTorch computed, in the fixtures of the transformer's tests.
private let fixtures = ModelFixtures.folder

private func floats(_ file: SafetensorsFile, _ name: String) throws -> [Float] {
    let count = try #require(file.description(of: name), "no tensor \(name)").elementCount
    let matrix = OwnedMatrix(rows: 1, columns: count)
    try file.readFloats(of: name, into: matrix.vector)
    return matrix.values
}

private func integers(_ file: SafetensorsFile, _ name: String) throws -> [Int32] {
    try file.withBytes(of: name) { bytes in
        stride(from: 0, to: bytes.count, by: 4).map {
            bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self)
        }
    }
}

@Suite("AdamW")
struct OptimizerTests {
    @Test("ten updates are those of torch.optim.AdamW", arguments: [("decay", 0.1), ("plain", 0)])
    func torch(name: String, decay: Double) throws {
        let file = try SafetensorsFile(at: fixtures.appending(path: "adamw.safetensors"))
        let gradients = try floats(file, "gradients")
        let expected = try floats(file, "\(name).parameters")
        let count = gradients.count / 10
        let parameters = OwnedMatrix(try floats(file, "initial"), rows: 1, columns: count)
        let first = OwnedMatrix(rows: 1, columns: count)
        let second = OwnedMatrix(rows: 1, columns: count)
        for step in 1...10 {
            let range = ((step - 1) * count)..<(step * count)
            let gradient = OwnedMatrix(Array(gradients[range]), rows: 1, columns: count)
            AdamW(learningRate: 1e-2, step: step).update(
                parameters: parameters.vector,
                gradients: gradient.vector,
                firstMoment: first.vector,
                secondMoment: second.vector,
                gradientScale: 1,
                weightDecay: decay
            )
            withExtendedLifetime((gradient, parameters, first, second)) {
                #expect(relativeError(parameters.values, Array(expected[range])) < 1e-6)
            }
        }
        #expect(relativeError(first.values, try floats(file, "\(name).first_moment")) < 1e-6)
        #expect(relativeError(second.values, try floats(file, "\(name).second_moment")) < 1e-6)
    }

    @Test("ten losses and gradient norms are those of PyTorch", arguments: ModelFixtures.all)
    func tenSteps(folder: URL) throws {
        let file = try SafetensorsFile(at: folder.appending(path: "expected.safetensors"))
        let batch = FixedBatch(
            tokens: try integers(file, "tokens"),
            offsets: try integers(file, "segment_offsets").map(Int.init),
            targets: try integers(file, "targets")
        )
        let model = try TransformerModel(at: folder)
        let checkpoints = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-parity-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: checkpoints) }
        let trainer = try Trainer(
            model: model,
            settings: TrainingSettings(
                steps: 10,
                schedule: LearningRateSchedule(
                    shape: .constant,
                    peak: 1e-2,
                    warmupSteps: 0,
                    totalSteps: 10
                ),
                tokensPerBatch: 19,
                maximumSequenceLength: 11,
                threadCount: 2
            ),
            cadence: TrainingCadence(),
            batches: batch,
            validation: [],
            identity: folder.lastPathComponent,
            checkpointFolder: checkpoints
        )
        var losses: [Double] = []
        var norms: [Double] = []
        _ = try trainer.run(observer: { event in
            guard case .step(let record) = event else { return }
            losses.append(record.loss ?? .nan)
            norms.append(record.gradientNorm)
        })
        // AdamW makes a full step of the rounding of gradients that are almost zero, so differences
        // grow from 1e-6 at the first step.
        let expected = try floats(file, "train.losses").map(Double.init)
        #expect(relativeError(losses, expected) < 1e-3)
        #expect(relativeError([losses[0]], [expected[0]]) < 1e-6)
        let expectedNorms = try floats(file, "train.gradient_norms").map(Double.init)
        #expect(relativeError(norms, expectedNorms) < 5e-3)
        #expect(relativeError([norms[0]], [expectedNorms[0]]) < 1e-5)
    }
}

/// The same batch every step.
struct FixedBatch: BatchProviding {
    let tokens: [Int32]
    let offsets: [Int]
    let targets: [Int32]

    func batch(step: Int) -> PackedBatch {
        PackedBatch(tokens: tokens, segmentOffsets: offsets, targets: targets)
    }
}
