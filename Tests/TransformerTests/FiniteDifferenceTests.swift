import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Gradients of the whole model")
struct FiniteDifferenceTests {
    private let input = ModelInput(
        tokens: [1, 5, 9, 2, 7, 7, 1, 12, 3, 0],
        segmentOffsets: [0, 6, 10],
        targets: [5, -1, 2, 7, 7, -1, 12, 3, 0, -1]
    )

    @Test("every parameter matches finite differences in Double", arguments: [true, false])
    func parameters(tied: Bool) throws { try compare(ReferenceModel.tiny(tied: tied)) }

    @Test("every parameter of every family", arguments: DecoderFamily.allCases)
    func families(_ family: DecoderFamily) throws { try compare(ReferenceModel.tiny(family)) }

    private func compare(_ model: TransformerModel) throws {
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 10,
            maximumSegmentLength: 6
        )
        let reference = ReferenceModel(of: model, input: input)
        let parameters = engine.model.parameters.array().map(Double.init)
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        #expect(abs(loss.total - reference.loss(parameters)) / loss.total < 1e-6)
        let expected = finiteDifferences(at: parameters, of: reference.loss)
        for entry in model.layout.entries {
            let found = engine.gradients[entry.range].array().map(Double.init)
            let error = relativeError(found, Array(expected[entry.range]))
            #expect(error < 1e-5, "\(entry.name): \(error)")
        }
        withExtendedLifetime(engine) {}
    }

    @Test("one batch of two parts has the gradient of both parts accumulated")
    func accumulation() throws {
        let model = ReferenceModel.tiny(tied: true)
        func gradients(of inputs: [ModelInput]) throws -> (LossSum, [Float]) {
            let engine = try GradientEngine(
                model: model,
                pool: WorkerPool(threadCount: 1),
                maximumTokens: 10,
                maximumSegmentLength: 6
            )
            var loss = LossSum()
            for input in inputs { loss += engine.accumulateGradients(input) }
            engine.reduceGradients()
            return withExtendedLifetime(engine) { (loss, engine.gradients.array()) }
        }
        // Parts of unequal length: a mean of means would differ.
        let parts = [0, 1].map { part in
            let range = input.segmentOffsets[part]..<input.segmentOffsets[part + 1]
            return ModelInput(
                tokens: Array(input.tokens[range]),
                segmentOffsets: [0, range.count],
                targets: Array(input.targets[range])
            )
        }
        let whole = try gradients(of: [input])
        let accumulated = try gradients(of: parts)
        #expect(whole.0.count == accumulated.0.count)
        #expect(abs(whole.0.total - accumulated.0.total) < 1e-5)
        #expect(relativeError(accumulated.1, whole.1) < 1e-5)
    }

    @Test("a batch without targets has no loss and exactly zero gradients")
    func fullyMasked() throws {
        var masked = input
        masked.targets = masked.targets.map { _ in ModelInput.ignoredTarget }
        let engine = try GradientEngine(
            model: ReferenceModel.tiny(tied: false),
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 10,
            maximumSegmentLength: 6
        )
        #expect(engine.accumulateGradients(masked) == LossSum())
        engine.reduceGradients()
        #expect(engine.gradients.array().allSatisfy { $0 == 0 })
        withExtendedLifetime(engine) {}
    }

    @Test("a masked token has exactly zero gradient")
    func maskedToken() throws {
        // Token 11 stands only at the end of a segment, where nothing is predicted from it.
        let input = ModelInput(
            tokens: [1, 5, 11, 2, 3],
            segmentOffsets: [0, 3, 5],
            targets: [5, -1, -1, 3, -1]
        )
        let model = ReferenceModel.tiny(tied: false)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: 5,
            maximumSegmentLength: 3
        )
        _ = engine.accumulateGradients(input)
        let entry = try #require(model.layout.entry(named: "model.embed_tokens.weight"))
        let row = entry.range.lowerBound + 11 * 12
        #expect(engine.gradients[row..<(row + 12)].array().allSatisfy { $0 == 0 })
        let other = entry.range.lowerBound + 1 * 12
        #expect(engine.gradients[other..<(other + 12)].array().contains { $0 != 0 })
        withExtendedLifetime(engine) {}
    }
}
