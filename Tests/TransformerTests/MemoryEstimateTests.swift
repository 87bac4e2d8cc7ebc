import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Memory estimates")
struct MemoryEstimateTests {
    private static let shapes =
        [
            ModelConfiguration(
                vocabularySize: 480,
                modelWidth: 32,
                layerCount: 4,
                headCount: 2,
                keyValueHeadCount: 1,
                hiddenWidth: 64
            ),
            ModelConfiguration(
                vocabularySize: 1_000,
                modelWidth: 64,
                layerCount: 2,
                headCount: 4,
                headWidth: 32,
                hiddenWidth: 96,
                tiedEmbeddings: false
            ),
        ] + DecoderFamily.allCases.map(ReferenceModel.shape(of:))

    @Test("parameters are those of the layout", arguments: shapes)
    func parameters(_ shape: ModelConfiguration) {
        #expect(MemoryEstimate(shape).parameters == Double(ParameterLayout(shape).elementCount))
    }

    @Test("the estimate of training is what an engine takes", arguments: shapes, [1, 3])
    func training(_ shape: ModelConfiguration, _ threads: Int) throws {
        let model = TransformerModel(configuration: shape, seed: 0)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: threads),
            maximumTokens: 2_048,
            maximumSegmentLength: 128
        )
        let estimate = MemoryEstimate(shape).trainingBytes(
            .init(tokens: 2_048, sequenceLength: 128, threads: Double(threads))
        )
        let known = Double(engine.byteCount + 3 * 4 * model.parameterCount)
        #expect(estimate >= known)
        // Attention's scratch, rotary tables and the batch, which the engine does not count.
        #expect(estimate < 1.25 * known)
    }

    @Test("sizes beyond every whole number have an estimate")
    func huge() {
        let shape = ModelConfiguration(
            vocabularySize: 1 << 40,
            modelWidth: 1 << 40,
            layerCount: 1 << 40,
            headCount: 1,
            hiddenWidth: 1 << 40
        )
        let bytes = MemoryEstimate(shape).trainingBytes(
            .init(tokens: 1e18, sequenceLength: 1e18, threads: 64)
        )
        #expect(bytes > 1e30 && bytes.isFinite)
    }
}
