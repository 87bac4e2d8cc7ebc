import Foundation
import Foundations
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Averages by what the models' data say")
struct DataWeightedAverageTests {
    private static let shape = MergeFolders.shape(layers: 2, tied: false)
    private let workspace = MergeWorkspace(threadCount: 2)
    private let names = ["math", "language"]

    private func model(_ seed: UInt64) -> TransformerModel {
        let model = TransformerModel(zeros: Self.shape)
        var chance = SeededGenerator(seed: seed, stream: "data-weighted")
        model.parameters.copy(
            from: (0..<model.parameterCount).map { _ in Float(chance.normal()) * 0.5 }
        )
        return model
    }

    /// Each model has words of its own.
    private func sequences(_ seed: UInt64, count: Int = 12) -> [ModelInput] {
        var chance = SeededGenerator(seed: seed, stream: "sequences")
        let all = (0..<count).map { _ in
            (0..<7).map { _ in Int32(chance.next() % 5) + Int32(5 * (seed % 2)) }
        }
        return [
            ModelInput(sequences: Array(all.prefix(5))),
            ModelInput(sequences: Array(all.dropFirst(5))),
        ]
    }

    private func merged(
        _ method: DataWeightedAverage,
        _ models: [TransformerModel],
        _ statistics: [ModelStatistics]
    ) throws -> [Float] {
        let output = TransformerModel(zeros: Self.shape)
        try MergePlan(
            .dataWeighted(method),
            architecture: CheckpointArchitecture(Self.shape)
        ).merge(
            Dictionary(uniqueKeysWithValues: zip(names, models.map(\.parameters))),
            into: output.parameters,
            layout: output.layout,
            statistics: Dictionary(uniqueKeysWithValues: zip(names, statistics)),
            workspace: workspace
        )
        defer { withExtendedLifetime((output, models)) {} }
        return output.parameters.array()
    }

    private func terms(_ weights: [Double]) -> [MergeTerm] {
        zip(names, weights).map { MergeTerm($0, $1) }
    }

    @Test("Fisher information is the mean square of each sequence's own gradient")
    func information() throws {
        let model = model(1)
        let inputs = sequences(1)
        let statistics = try ModelStatistics.fisher(of: model, on: inputs)
        let fisher = try #require(statistics.fisher).array()
        let single = inputs.flatMap { input in
            zip(input.segmentOffsets, input.segmentOffsets.dropFirst()).map {
                ModelInput(sequences: [Array(input.tokens[$0..<$1])])
            }
        }
        #expect(single.count == 12)
        var expected = [Double](repeating: 0, count: model.parameterCount)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: 16,
            maximumSegmentLength: 16
        )
        for sequence in single {
            engine.clearGradients()
            _ = engine.accumulateGradients(sequence)
            for (index, value) in engine.gradients.array().enumerated() {
                expected[index] += Double(value) * Double(value) / 12
            }
        }
        for (found, wanted) in zip(fisher, expected) {
            #expect(abs(Double(found) - wanted) <= 1e-5 * wanted + 1e-12)
        }
        #expect(expected.max() ?? 0 > 1e-3)
        withExtendedLifetime((statistics, engine)) {}
    }

    @Test("Input products are those of the rows that come into a layer")
    func products() throws {
        let model = model(2)
        let inputs = sequences(1)
        let statistics = try ModelStatistics.inputProducts(of: model, on: inputs)
        // What comes into the first layer's query is the normalised embedding.
        let width = Self.shape.modelWidth
        let table = try #require(model.parameters(named: "model.embed_tokens.weight")).array()
        let gain = try #require(
            model.parameters(named: "model.layers.0.input_layernorm.weight")
        ).array()
        var expected = [Double](repeating: 0, count: width * width)
        let tokens = inputs.flatMap(\.tokens)
        for token in tokens {
            let row = table[Int(token) * width..<(Int(token) + 1) * width].map(Double.init)
            let square = row.reduce(0) { $0 + $1 * $1 } / Double(width)
            let scale = 1 / (square + Self.shape.normEpsilon).squareRoot()
            let x = zip(row, gain).map { $0 * scale * Double($1) }
            for i in 0..<width {
                for j in 0..<width { expected[i * width + j] += x[i] * x[j] / Double(tokens.count) }
            }
        }
        for name in ["q_proj", "k_proj", "v_proj"] {
            let found = try #require(
                statistics.inputProduct(of: "model.layers.0.self_attn.\(name).weight")
            )
            for (value, wanted) in zip(found.array(), expected) {
                #expect(abs(Double(value) - wanted) < 1e-4)
            }
        }
        for name in ["self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"] {
            let shape = try #require(
                model.layout.entry(named: "model.layers.1.\(name).weight")?.shape
            )
            let found = try #require(statistics.inputProduct(of: "model.layers.1.\(name).weight"))
            #expect(found.count == shape[1] * shape[1])
            #expect((0..<shape[1]).allSatisfy { found[$0 * shape[1] + $0] > 0 })
        }
        #expect(statistics.inputProduct(of: "model.embed_tokens.weight") == nil)
    }

    @Test("Fisher merging divides by information, and averages where there is none")
    func fisher() throws {
        let models = [model(1), model(2)]
        let statistics = try zip(models, [1, 2] as [UInt64]).map {
            try ModelStatistics.fisher(of: $0, on: sequences($1))
        }
        let weights = [0.75, 0.25]
        let found = try merged(
            DataWeightedAverage(.fisher, terms(weights), sequences: 12),
            models,
            statistics
        )
        let information = statistics.compactMap { $0.fisher?.array() }
        let values = models.map { $0.parameters.array() }
        var averaged = 0
        for index in found.indices {
            let f = information.map { max(Double($0[index]), 1e-12) }
            let factors = zip(weights, f).map { $0 * $1 }
            let expected =
                zip(factors, values).reduce(0) { $0 + $1.0 * Double($1.1[index]) }
                / factors.reduce(0, +)
            #expect(abs(Double(found[index]) - expected) < 1e-5)
            if information.allSatisfy({ $0[index] == 0 }) { averaged += 1 }
        }
        // The embedding of a word that neither model has met.
        #expect(averaged > 0)
        withExtendedLifetime((models, statistics)) {}
    }

    @Test("The regression mean solves its normal equations", arguments: [1.0, 0.9, 0])
    func regressionMean(offDiagonal: Double) throws {
        let models = [model(1), model(2)]
        let statistics = try zip(models, [1, 2] as [UInt64]).map {
            try ModelStatistics.inputProducts(of: $0, on: sequences($1, count: 60))
        }
        let weights = [0.75, 0.25]
        let output = try merged(
            DataWeightedAverage(
                .regressionMean,
                terms(weights),
                sequences: 60,
                offDiagonal: offDiagonal
            ),
            models,
            statistics
        )
        for entry in ParameterLayout(Self.shape).entries {
            let parts = models.map { $0.parameters[entry.range].array().map(Double.init) }
            let found = output[entry.range].map(Double.init)
            let products = statistics.compactMap { $0.inputProduct(of: entry.name)?.array() }
            guard products.count == 2 else {
                for index in found.indices {
                    let mean = zip(weights, parts).reduce(0) { $0 + $1.0 * $1.1[index] }
                    #expect(abs(found[index] - mean) < 1e-6, "\(entry.name)")
                }
                continue
            }
            let width = entry.shape[1]
            for row in 0..<entry.shape[0] {
                // (Σ w (W − W_i) G_i) must vanish, but for the ridge.
                for column in 0..<width {
                    var rest = 0.0
                    var size = 0.0
                    for k in 0..<width {
                        let share = k == column ? 1 : offDiagonal
                        for model in 0..<2 {
                            let product = Double(products[model][k * width + column]) * share
                            let index = row * width + k
                            rest += weights[model] * (found[index] - parts[model][index]) * product
                            size += abs(product)
                        }
                    }
                    #expect(abs(rest) < 1e-4 * size + 1e-6, "\(entry.name) \(row) \(column)")
                }
            }
        }
        withExtendedLifetime((models, statistics)) {}
    }

    @Test("Products that are no positive definite matrix are refused, with the tensor")
    func notPositiveDefinite() throws {
        let values = SharedBuffer(count: 4)
        values.view.fill(1)
        let products = SharedBuffer(count: 4)
        products.view.copy(from: [-1, 0, 0, -1])
        let pass = TensorPass(
            of: "model.layers.0.mlp.up_proj.weight",
            shape: [2, 2],
            sources: [.floats(values.view), .floats(values.view)],
            workspace: workspace
        )
        let method = DataWeightedAverage(.regressionMean, terms([1, 1]), sequences: 1)
        let error = #expect(throws: TensorwiseError.self) {
            try TensorCombination.dataWeighted(method)
                .prepare(pass, products: [products.view, products.view])
        }
        #expect(error == .notPositiveDefinite(tensor: "model.layers.0.mlp.up_proj.weight"))
        products.view.copy(from: [1, 0, 0, 0])
        _ = try TensorCombination.dataWeighted(method)
            .prepare(pass, products: [products.view, products.view])
        withExtendedLifetime((values, products)) {}
    }

    @Test("Equal models stay as they are, and checkpoint folders are refused")
    func limits() throws {
        let both = [model(3), model(3)]
        let statistics = try zip(both, [1, 2] as [UInt64]).map {
            try ModelStatistics.inputProducts(of: $0, on: sequences($1))
        }
        let method = DataWeightedAverage(.regressionMean, terms([1, 1]), sequences: 12)
        let found = try merged(method, both, statistics)
        for (value, expected) in zip(found, both[0].parameters.array()) {
            #expect(abs(value - expected) < 1e-4)
        }
        withExtendedLifetime((both, statistics)) {}
        let folders = try MergeFolders()
        let inputs = try names.map { try folders.make($0, Self.shape, seed: 1) }
        let error = #expect(throws: MergeError.self) {
            try MergeExecutor(.dataWeighted(method), of: inputs, workspace: workspace)
        }
        #expect(error?.description.contains("gathered by running them") == true)
    }
}
