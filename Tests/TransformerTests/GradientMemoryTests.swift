import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Gradients in little memory")
struct GradientMemoryTests {
    /// Sequences of many lengths, some without targets, so that threads and passes get uneven
    /// shares.
    let input: ModelInput = {
        var input = ModelInput(
            sequences: (0..<23).map { (sequence: Int) -> [Int32] in
                let length = 2 + sequence % 19
                return (0..<length).map { place in Int32((place * 7 + sequence * 5) % 13) }
            }
        )
        for place in input.targets.indices where place < 60 {
            input.targets[place] = ModelInput.ignoredTarget
        }
        return input
    }()

    func engine(
        _ model: TransformerModel,
        threads: Int,
        _ change: (inout GradientEngine.Options) -> Void = { _ in }
    ) throws -> GradientEngine {
        var options = GradientEngine.Options()
        options.passTokens = 48
        change(&options)
        return try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: threads),
            maximumTokens: input.tokens.count,
            maximumSegmentLength: 32,
            options: options
        )
    }

    func gradients(of engine: GradientEngine) -> (loss: LossSum, values: [Float]) {
        engine.clearGradients()
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        return withExtendedLifetime(engine) {
            (loss, (engine.adapterGradients ?? engine.gradients).array())
        }
    }

    @Test(
        "threads that fill one buffer together have the sum of the gradients of each",
        arguments: DecoderFamily.allCases,
        [2, 3, 5]
    )
    func shared(_ family: DecoderFamily, threads: Int) throws {
        let model = ReferenceModel.tiny(family)
        let own = gradients(of: try engine(model, threads: threads))
        let together = try engine(model, threads: threads) { $0.sharesGradients = true }
        let first = gradients(of: together)
        #expect(first.loss == own.loss)
        for entry in model.layout.entries {
            let error = relativeError(
                Array(first.values[entry.range]),
                Array(own.values[entry.range])
            )
            #expect(error < 1e-5, "\(entry.name): \(error)")
        }
        let second = gradients(of: together)
        #expect(second.values == first.values)
        #expect(try together.byteCount < engine(model, threads: threads).byteCount)
    }

    @Test(
        "activations that are made again give the same bits",
        arguments: DecoderFamily.allCases,
        [true, false]
    )
    func recomputed(_ family: DecoderFamily, shares: Bool) throws {
        let model = ReferenceModel.tiny(family)
        let kept = try engine(model, threads: 2) { $0.sharesGradients = shares }
        let again = try engine(model, threads: 2) {
            $0.sharesGradients = shares
            $0.recomputes = true
        }
        let expected = gradients(of: kept)
        let found = gradients(of: again)
        #expect(found.loss == expected.loss)
        #expect(found.values == expected.values)
        #expect(again.byteCount < kept.byteCount)
    }

    @Test("gradients that are asked for do not depend on those that are not")
    func trained() throws {
        let model = ReferenceModel.tiny(tied: false)
        let expected = gradients(of: try engine(model, threads: 2))
        let entries = model.layout.entries.filter { $0.layer == 1 && $0.role == .key }
        let some = try engine(model, threads: 2) { $0.trained = entries }
        let found = gradients(of: some)
        #expect(found.loss == expected.loss)
        for entry in entries {
            #expect(found.values[entry.range] == expected.values[entry.range])
        }
        #expect(some.byteCount < (try engine(model, threads: 2)).byteCount)
    }

    /// The same numbers in bfloat16 and, rounded to it, as floats.
    private func halved(_ model: TransformerModel) -> (
        half: TransformerModel, single: TransformerModel
    ) {
        let half = TransformerModel(zeros: model.configuration, precision: .bfloat16)
        let single = TransformerModel(zeros: model.configuration)
        for entry in model.layout.entries {
            half.setValues(of: entry, from: model.parameters[entry.range])
            half.withFloats(of: entry) { single.setValues(of: entry, from: $0) }
        }
        return (half, single)
    }

    @Test("frozen weights in bfloat16 compute what the same numbers do as floats")
    func frozen() throws {
        let model = ReferenceModel.tiny(tied: true)
        let (half, single) = halved(model)
        #expect(half.byteCount < 6 * half.parameterCount / 2)
        let loss = try engine(half, threads: 2) { $0.adapters = noAdapters }.loss(input)
        let expected = try engine(single, threads: 2).loss(input)
        // OpenBLAS adds in another order than the tiles, which alone read bfloat16.
        if ProductMethod.preferred == .tiles { #expect(loss == expected) }
        #expect(loss.count == expected.count)
        #expect(abs(loss.total - expected.total) < 1e-5 * expected.total)
        #expect(loss != (try engine(model, threads: 2)).loss(input))
        let prompts: [[Int32]] = [[1, 5, 9], [2, 2]]
        let options = GenerationOptions(maximumNewTokens: 12)
        func written(_ model: TransformerModel) throws -> [[Int32]] {
            try TextGenerator(model: model, threadCount: 2)
                .generate(prompts: prompts, options: options)
        }
        #expect(try written(half) == written(single))
    }

    private var noAdapters: LowRankAdapters {
        LowRankAdapters(rank: 1, scale: 1, adapters: [], values: SharedBuffer(count: 0).view)
    }

    @Test("with a large vocabulary, losses and gradients come from chunks of many rows")
    func largeVocabulary() throws {
        let configuration = ModelConfiguration(
            vocabularySize: 40_000,
            modelWidth: 8,
            layerCount: 1,
            headCount: 1,
            hiddenWidth: 8
        )
        let model = TransformerModel(configuration: configuration, seed: 1)
        let input = ModelInput(
            sequences: (0..<5).map { (sequence: Int) -> [Int32] in
                (0..<101).map { Int32(($0 * 397 + sequence * 7_919) % 40_000) }
            }
        )
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 505,
            maximumSegmentLength: 101
        )
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        let scores = try SequenceScorer(model: model, threadCount: 1).logProbabilities(of: input)
        let expected = -scores.reduce(0.0) { $0 + Double($1) }
        #expect(loss.count == 500)
        #expect(abs(loss.total - expected) < 1e-4 * expected)
        // The rows of logits that the two threads hold are far from all: 2 · 500 · 40,000 floats.
        #expect(engine.byteCount < 4 * (2 * 209 * 40_000 + 3 * model.parameterCount + 500_000))
        withExtendedLifetime(engine) {}
    }

    @Test(
        "the estimate of memory is what an engine takes",
        arguments: [false, true],
        [LinearPrecision.float32, .bfloat16]
    )
    func estimate(recomputes: Bool, frozen: LinearPrecision) throws {
        let configuration = ModelConfiguration(
            vocabularySize: 20_000,
            modelWidth: 128,
            layerCount: 6,
            headCount: 4,
            keyValueHeadCount: 2,
            hiddenWidth: 320
        )
        let model = TransformerModel(zeros: configuration, precision: frozen)
        let rank = 4
        var adapters: [LowRankAdapter] = []
        var next = 0
        for entry in model.layout.entries where entry.role.isMatrix && entry.layer != nil {
            let middle = next + rank * entry.shape[1]
            let end = middle + rank * entry.shape[0]
            adapters.append(LowRankAdapter(target: entry, down: next..<middle, up: middle..<end))
            next = end
        }
        let values = SharedBuffer(count: next)
        var options = GradientEngine.Options()
        options.recomputes = recomputes
        options.adapters = LowRankAdapters(
            rank: rank,
            scale: 2,
            adapters: adapters,
            values: values.view
        )
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 1_024,
            maximumSegmentLength: 256,
            options: options
        )
        let estimate = MemoryEstimate(configuration)
        #expect(estimate.adapterElements(rank: Double(rank)) == Double(next))
        #expect(estimate.modelBytes(frozen) >= Double(model.byteCount) * 0.99)
        var training = MemoryEstimate.Training(tokens: 1_024, sequenceLength: 256, threads: 2)
        training.adapterElements = Double(next)
        training.frozen = frozen
        training.recomputes = recomputes
        let known = Double(engine.byteCount + model.byteCount + 3 * 4 * next)
        let bytes = estimate.trainingBytes(training)
        // A small model whose weights may change has the change of its adapters in them.
        if frozen == .bfloat16 {
            #expect(bytes >= known * 0.99)
            #expect(bytes < 1.25 * known)
        } else {
            #expect(bytes > known)
        }
        withExtendedLifetime(values) {}
    }

    @Test("the two models of the targets fit their memory by the estimate")
    func targets() {
        var smol = ModelConfiguration(
            vocabularySize: 49_152,
            modelWidth: 576,
            layerCount: 30,
            headCount: 9,
            keyValueHeadCount: 3,
            hiddenWidth: 1_536
        )
        smol.maximumPositions = 8_192
        let llama = ModelConfiguration(
            vocabularySize: 32_000,
            modelWidth: 2_048,
            layerCount: 22,
            headCount: 32,
            keyValueHeadCount: 4,
            hiddenWidth: 5_632,
            tiedEmbeddings: false
        )
        func bytes(
            _ shape: ModelConfiguration,
            rank: Double?,
            _ precision: LinearPrecision
        ) -> Double {
            var training = MemoryEstimate.Training(tokens: 1_024, sequenceLength: 256, threads: 2)
            training.precision = precision
            training.adapterElements = rank.map { MemoryEstimate(shape).adapterElements(rank: $0) }
            training.frozen = rank == nil ? .float32 : .bfloat16
            return MemoryEstimate(shape).trainingBytes(training)
        }
        for precision in LinearPrecision.allCases {
            #expect(bytes(smol, rank: nil, precision) < 3.4e9)
            #expect(bytes(smol, rank: 16, precision) < 1.4e9)
            #expect(bytes(llama, rank: 16, precision) < 7.5e9)
        }
    }
}

@Suite("Generation by all threads together")
struct SharedGenerationTests {
    @Test("tokens are the same at any number of threads, and in bfloat16 those of rounded weights")
    func threads() throws {
        // So many weights that threads work on one sequence together.
        let configuration = ModelConfiguration(
            vocabularySize: 18_000,
            modelWidth: 1_024,
            layerCount: 1,
            headCount: 8,
            keyValueHeadCount: 2,
            hiddenWidth: 512
        )
        let model = TransformerModel(zeros: configuration)
        for (number, entry) in model.layout.entries.enumerated() {
            let view = model.parameters[entry.range]
            guard entry.role.isMatrix else {
                view.fill(1)
                continue
            }
            var state = UInt32(number + 1) &* 2_654_435_761
            for place in 0..<view.count {
                state = state &* 1_664_525 &+ 1_013_904_223
                let signed = Float(Int32(bitPattern: state))
                view[place] = signed * (0.05 / 2_147_483_648)
            }
        }
        let prompts: [[Int32]] = (0..<3).map { (sequence: Int) -> [Int32] in
            let count = 4 + sequence
            return (0..<count).map { place in Int32((place * 997 + sequence * 131) % 18_000) }
        }
        func written(_ threads: Int, _ precision: LinearPrecision, _ count: Int) throws -> [[Int32]]
        {
            try TextGenerator(model: model, threadCount: threads, precision: precision).generate(
                prompts: Array(prompts[..<count]),
                options: GenerationOptions(maximumNewTokens: 6)
            )
        }
        for precision in LinearPrecision.allCases {
            let expected = try written(1, precision, 3)
            #expect(Set(expected.joined()).count > 3)
            for threads in [2, 3] {
                #expect(try written(threads, precision, 3) == expected)
                #expect(try written(threads, precision, 1) == [expected[0]])
            }
        }
    }
}
