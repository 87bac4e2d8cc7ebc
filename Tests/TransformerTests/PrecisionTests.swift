import Kernels
import TestSupport
import Testing
import Transformer

@Suite(
    "Training in bfloat16",
    .enabled(if: LinearPrecision.bfloat16.orFallback.reason == nil)
)
struct PrecisionTests {
    /// Sequences of many lengths, so that threads and passes get uneven shares.
    private let input = ModelInput(
        sequences: (0..<40).map { (sequence: Int) -> [Int32] in
            let length = 3 + sequence % 29
            return (0..<length).map { place in Int32((place * 7 + sequence * 5) % 60) }
        }
    )
    private let configuration = ModelConfiguration(
        vocabularySize: 60,
        modelWidth: 48,
        layerCount: 3,
        headCount: 4,
        hiddenWidth: 80
    )

    private func gradients(_ precision: LinearPrecision) throws -> (LossSum, [Float]) {
        let engine = try GradientEngine(
            model: TransformerModel(configuration: configuration, seed: 3),
            pool: WorkerPool(threadCount: 2),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 32,
            passTokens: 128,
            precision: precision
        )
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        return withExtendedLifetime(engine) { (loss, engine.gradients.array()) }
    }

    @Test("gradients are those of single precision, to the precision of the operands")
    func closeness() throws {
        let half = try gradients(.bfloat16)
        let single = try gradients(.float32)
        #expect(half.0.count == single.0.count)
        // Eight bits of significand: 2⁻⁸ for one rounding, several in a row in each layer.
        #expect(abs(half.0.total - single.0.total) / single.0.total < 2e-3)
        let error = relativeError(half.1, single.1)
        #expect(error < 3e-2)
        #expect(error > 1e-5, "these are gradients of single precision")
    }

    @Test("the same bytes every time, and rounding follows the parameters")
    func determinism() throws {
        let first = try gradients(.bfloat16)
        let second = try gradients(.bfloat16)
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
        let model = TransformerModel(configuration: configuration, seed: 3)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 32,
            precision: .bfloat16
        )
        let before = engine.loss(input)
        model.copyParameters(from: TransformerModel(configuration: configuration, seed: 4))
        #expect(engine.loss(input) != before)
        withExtendedLifetime((engine, model)) {}
    }
}
