import Checkpointing
import Foundation
import Kernels
import TestSupport
import Testing
import Training
import Transformer

@Suite("LoRA")
struct LoRATests {
    private let input = ModelInput(
        tokens: [1, 5, 9, 2, 7, 7, 1, 12, 3, 0],
        segmentOffsets: [0, 6, 10],
        targets: [5, -1, 2, 7, 7, -1, 12, 3, 0, -1]
    )

    private func adapters(
        of model: TransformerModel,
        _ settings: LoRASettings,
        threads: Int = 1
    ) -> LoRAAdapters {
        let roles = Set(settings.targets.map(\.role))
        return LoRAAdapters(
            model: model,
            settings: settings,
            parts: [model.layout.entries.filter { roles.contains($0.role) }],
            seed: 7,
            pool: WorkerPool(threadCount: threads)
        )
    }

    /// θ₀ + α/r · B A in `Double`, element by element.
    private func materialized(
        _ initial: [Double],
        _ adapters: LoRAAdapters,
        _ values: [Double]
    ) -> [Double] {
        var parameters = initial
        let rank = adapters.settings.rank
        let scale = adapters.settings.alpha / Double(rank)
        for adapter in adapters.adapters {
            let a = Array(values[adapter.down])
            let b = Array(values[adapter.up])
            let (rows, columns) = (adapter.target.shape[0], adapter.target.shape[1])
            for row in 0..<rows {
                for column in 0..<columns {
                    let sum = (0..<rank).reduce(0.0) {
                        $0 + b[row * rank + $1] * a[$1 * columns + column]
                    }
                    parameters[adapter.target.range.lowerBound + row * columns + column] +=
                        scale * sum
                }
            }
        }
        return parameters
    }

    @Test(
        "gradients of A and B match finite differences of the loss in Double",
        arguments: [
            LoRASettings(rank: 2, alpha: 3),
            LoRASettings(rank: 3, alpha: 1, targets: [.value, .up]),
        ],
        [1, 2]
    )
    func gradients(settings: LoRASettings, threads: Int) throws {
        let model = ReferenceModel.tiny(tied: false)
        let initial = model.parameters.array().map(Double.init)
        let adapters = adapters(of: model, settings, threads: threads)
        // With B at zero, the gradient of A would be zero and show nothing.
        let values = sampleValues(adapters.parameters.count, seed: 11, scale: 0.2)
        adapters.parameters.copy(from: values)
        adapters.materialize()
        let doubles = values.map(Double.init)
        let expectedWeights = materialized(initial, adapters, doubles)
        #expect(relativeError(model.parameters.array().map(Double.init), expectedWeights) < 1e-6)
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: threads),
            maximumTokens: 10,
            maximumSegmentLength: 6
        )
        let demand = GradientDemand(adapters.adapters.map(\.target), of: model.configuration)
        _ = engine.accumulateGradients(input, demand: demand)
        engine.reduceGradients()
        // What an earlier step left behind does not count.
        adapters.gradients.fill(9)
        adapters.computeGradients(from: engine.gradients)
        let reference = ReferenceModel(of: model, input: input)
        let expected = finiteDifferences(at: doubles) {
            reference.loss(materialized(initial, adapters, $0))
        }
        for adapter in adapters.adapters {
            for range in [adapter.down, adapter.up] {
                let found = adapters.gradients[range].array().map(Double.init)
                let error = relativeError(found, Array(expected[range]))
                #expect(error < 2e-5, "\(adapter.target.name): \(error)")
            }
        }
        withExtendedLifetime((engine, adapters)) {}
    }

    @Test("before the first update the model is what it was, and A is spread as PEFT spreads it")
    func beginning() {
        let model = ReferenceModel.tiny(tied: true)
        let before = model.parameters.array()
        let first = adapters(of: model, LoRASettings(rank: 4, alpha: 8))
        first.materialize()
        #expect(model.parameters.array() == before)
        for adapter in first.adapters {
            let bound = 1 / Float(adapter.target.shape[1]).squareRoot()
            let values = first.parameters[adapter.down].array()
            #expect(values.allSatisfy { abs($0) <= bound })
            #expect((values.max() ?? 0) > 0.7 * bound && (values.min() ?? 0) < -0.7 * bound)
            #expect(first.parameters[adapter.up].array().allSatisfy { $0 == 0 })
        }
        let again = adapters(of: model, LoRASettings(rank: 4, alpha: 8))
        #expect(again.parameters.array() == first.parameters.array())
    }

    @Test("the change is proportional to α / r")
    func scaling() {
        func change(_ settings: LoRASettings) -> [Double] {
            let model = ReferenceModel.tiny(tied: true)
            let before = model.parameters.array()
            let adapters = adapters(of: model, settings)
            adapters.parameters.copy(from: sampleValues(adapters.parameters.count, seed: 12))
            adapters.materialize()
            return zip(model.parameters.array(), before).map { Double($0) - Double($1) }
        }
        let one = change(LoRASettings(rank: 2, alpha: 2))
        let three = change(LoRASettings(rank: 2, alpha: 6))
        #expect(relativeError(three, one.map { 3 * $0 }) < 1e-5)
        #expect((one.map(abs).max() ?? 0) > 0.5)
    }

    /// The rank of a matrix by elimination with full pivoting, small pivots counted as none.
    private func rank(_ matrix: [Double], columns: Int) -> Int {
        var rows = stride(from: 0, to: matrix.count, by: columns).map {
            Array(matrix[$0..<($0 + columns)])
        }
        let largest = matrix.map(abs).max() ?? 0
        var rank = 0
        while rank < min(rows.count, columns) {
            var pivot = (row: rank, column: 0)
            for row in rank..<rows.count {
                for column in 0..<columns
                where abs(rows[row][column]) > abs(rows[pivot.row][pivot.column]) {
                    pivot = (row, column)
                }
            }
            guard abs(rows[pivot.row][pivot.column]) > 1e-4 * largest else { break }
            rows.swapAt(rank, pivot.row)
            for row in (rank + 1)..<max(rows.count, rank + 1) {
                let factor = rows[row][pivot.column] / rows[rank][pivot.column]
                for column in 0..<columns { rows[row][column] -= factor * rows[rank][column] }
            }
            rank += 1
        }
        return rank
    }

    @Test("what is learned has the rank of the adapters, and lies in the targets alone")
    func learnedRank() throws {
        let targets: [LoRASettings.Target] = [.query, .value, .output, .up, .down]
        let run = restrictedRun {
            $0.lora = LoRASettings(rank: 3, alpha: 6, targets: targets)
            $0.frozen = ParameterSelection([.layers(0...1)])
        }
        let roles = Set(targets.map(\.role))
        let before = run.initialParameters
        let after = try run.train().parameters
        for entry in run.initialModel.layout.entries {
            let isTarget = roles.contains(entry.role) && [2, 3].contains(entry.layer)
            #expect((before[entry.range] != after[entry.range]) == isTarget, "\(entry.name)")
            guard isTarget else { continue }
            let change = zip(after[entry.range], before[entry.range]).map {
                Double($0) - Double($1)
            }
            #expect(rank(change, columns: entry.shape[1]) == 3, "\(entry.name)")
        }
    }

    @Test("a run of adapters learns")
    func learns() throws {
        let run = restrictedRun { $0.lora = LoRASettings(rank: 8, alpha: 16) }
        run.batches[0].same = true
        run.steps = 150
        // The head stays as it is: with the usual small one no logit could become large.
        run.initializerRange = 0.3
        run.interval = 0
        run.validation = false
        _ = try run.train()
        let first = try #require(run.losses.first ?? nil)
        let last = try #require(run.losses.last ?? nil)
        #expect(last < 0.5 * first, "\(first) to \(last)")
    }

    @Test("A decays as matrices do")
    func decay() throws {
        let run = restrictedRun { $0.lora = LoRASettings(rank: 2, alpha: 4) }
        run.steps = 1
        run.shape = .constant
        run.warmup = 0
        run.optimizer.weightDecay = 10
        let model = run.initialModel
        run.restriction?.seed = 7
        let before = adapters(of: model, LoRASettings(rank: 2, alpha: 4))
        _ = try run.train()
        // The gradient of A is zero while B is, so that A does nothing but decay.
        let after = try #require(run.trainer?.adapters)
        #expect(before.parameters.count == after.parameters.count)
        for adapter in after.adapters {
            let expected = before.parameters[adapter.down].array().map { $0 * 0.9 }
            #expect(relativeError(after.parameters[adapter.down].array(), expected) < 1e-5)
        }
    }

    @Test("the files of a checkpoint add up: first weights and adapters give the model")
    func files() throws {
        let settings = LoRASettings(rank: 2, alpha: 5, targets: [.query, .gate, .down])
        let run = restrictedRun {
            $0.lora = settings
            $0.frozen = ParameterSelection([.layers(1...1)])
        }
        let initial = run.initialModel
        _ = try run.train(stopAfter: 4)
        let folder = run.folder.appending(path: "step-00000004")
        let model = try TransformerModel(at: folder)
        let own = folder.appending(path: "adapter")
        let file = try SafetensorsFile(at: own.appending(path: "adapter_model.safetensors"))
        let entry = try #require(
            initial.layout.entry(named: "model.layers.2.mlp.gate_proj.weight")
        )
        func tensor(_ side: String, _ shape: [Int]) throws -> [Double] {
            let name = "base_model.model.model.layers.2.mlp.gate_proj.lora_\(side).weight"
            #expect(file.description(of: name)?.shape == shape)
            let matrix = OwnedMatrix(rows: shape[0], columns: shape[1])
            try file.readFloats(of: name, into: matrix.vector)
            return matrix.doubles
        }
        let a = try tensor("A", [2, 24])
        let b = try tensor("B", [32, 2])
        let weights = initial.parameters[entry.range].array().map(Double.init)
        let expected = weights.indices.map { index in
            let (row, column) = (index / 24, index % 24)
            return weights[index] + 2.5
                * (b[2 * row] * a[column] + b[2 * row + 1] * a[24 + column])
        }
        let found = model.parameters[entry.range].array().map(Double.init)
        #expect(relativeError(found, expected) < 1e-6)
        #expect(relativeError(found, weights) > 1e-2)
        #expect(file.tensors.count == 2 * 3 * 3)
        let data = try Data(contentsOf: own.appending(path: "adapter_config.json"))
        let object = try JSONSerialization.jsonObject(with: data)
        let configuration = try #require(object as? [String: Any])
        #expect(configuration["r"] as? Int == 2)
        #expect(configuration["lora_alpha"] as? Double == 5)
        #expect(
            configuration["target_modules"] as? [String] == ["q_proj", "gate_proj", "down_proj"]
        )
        #expect(configuration["layers_to_transform"] as? [Int] == [0, 2, 3])
        withExtendedLifetime(initial) {}
    }

    @Test("adapters that are there are not overwritten, and nothing is written beside them")
    func existing() throws {
        let model = ReferenceModel.tiny(tied: true)
        let adapters = adapters(of: model, LoRASettings(rank: 2, alpha: 4))
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-adapters-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let own = folder.appending(path: LoRAAdapters.folderName)
        for name in ["adapter_config.json", "adapter_model.safetensors"] {
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            let file = own.appending(path: name)
            try Data("mine".utf8).write(to: file)
            #expect(throws: FolderError.exists(path: file.path)) {
                try adapters.write(besideModelIn: folder)
            }
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: own.path) == [name])
            try FileManager.default.removeItem(at: own)
        }
    }

    @Test("adapters of another rank are refused on resumption")
    func foreign() throws {
        let run = restrictedRun { $0.lora = LoRASettings(rank: 2, alpha: 4) }
        _ = try run.train(stopAfter: 2)
        run.restriction?.lora = LoRASettings(rank: 3, alpha: 4)
        #expect(throws: TrainingError.self) { try run.train() }
    }
}
