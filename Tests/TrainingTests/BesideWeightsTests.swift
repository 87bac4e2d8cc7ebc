import Foundation
import Kernels
import TestSupport
import Testing
import Training
import Transformer

@Suite("Adapters beside the weights")
struct BesideWeightsTests {
    private let input = ModelInput(
        tokens: [1, 5, 9, 2, 7, 7, 1, 12, 3, 0],
        segmentOffsets: [0, 6, 10],
        targets: [5, -1, 2, 7, 7, -1, 12, 3, 0, -1]
    )

    /// The numbers of a buffer that lives until they are copied.
    private func values(_ buffer: SharedBuffer?) -> [Float]? {
        withExtendedLifetime(buffer) { buffer?.view.array() }
    }

    private func adapters(
        of model: TransformerModel,
        _ settings: LoRASettings,
        _ form: LoRAAdapters.Form
    ) -> LoRAAdapters {
        let roles = Set(settings.targets.map(\.role))
        let adapters = LoRAAdapters(
            model: model,
            settings: settings,
            parts: [model.layout.entries.filter { roles.contains($0.role) }],
            seed: 7,
            pool: WorkerPool(threadCount: 2),
            form: form
        )
        // With B at zero, the gradient of A would be zero and show nothing.
        adapters.parameters.copy(
            from: sampleValues(adapters.parameters.count, seed: 11, scale: 0.2)
        )
        return adapters
    }

    private func engine(
        _ model: TransformerModel,
        threads: Int,
        _ change: (inout GradientEngine.Options) -> Void = { _ in }
    ) throws -> GradientEngine {
        var options = GradientEngine.Options()
        change(&options)
        return try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: threads),
            maximumTokens: 10,
            maximumSegmentLength: 6,
            options: options
        )
    }

    @Test(
        "loss and gradients are those of materialised adapters",
        arguments: [
            LoRASettings(rank: 2, alpha: 3),
            LoRASettings(rank: 3, alpha: 1, targets: [.value, .up]),
            LoRASettings(rank: 2, alpha: 2, targets: [.key, .output, .down]),
        ],
        DecoderFamily.allCases
    )
    func gradients(settings: LoRASettings, family: DecoderFamily) throws {
        let model = ReferenceModel.tiny(family)
        let beside = adapters(of: model, settings, .beside)
        let engine = try engine(model, threads: 2) { $0.adapters = beside.besideWeights }
        let loss = engine.accumulateGradients(input)
        engine.reduceGradients()
        let changed = beside.adapters.map { values(beside.changed($0.target)) ?? [] }
        let materialized = adapters(of: model, settings, .materialized)
        materialized.materialize()
        for (adapter, weight) in zip(beside.adapters, changed) {
            #expect(weight == model.parameters[adapter.target.range].array())
        }
        let whole = try self.engine(model, threads: 2)
        let expectedLoss = whole.accumulateGradients(input)
        whole.reduceGradients()
        materialized.computeGradients(from: whole.gradients)
        #expect(abs(loss.total - expectedLoss.total) < 1e-5 * expectedLoss.total)
        let found = try #require(engine.adapterGradients)
        for adapter in beside.adapters {
            for range in [adapter.down, adapter.up] {
                let error = relativeError(
                    found[range].array(),
                    materialized.gradients[range].array()
                )
                #expect(error < 2e-5, "\(adapter.target.name): \(error)")
            }
        }
        withExtendedLifetime((engine, whole, beside, materialized)) {}
    }

    @Test("adding up the gradients of all threads once more changes nothing")
    func reducedTwice() throws {
        let model = ReferenceModel.tiny(tied: true)
        let beside = adapters(of: model, LoRASettings(rank: 2, alpha: 3), .beside)
        let engine = try engine(model, threads: 2) { $0.adapters = beside.besideWeights }
        _ = engine.accumulateGradients(input)
        engine.reduceGradients()
        let once = engine.adapterGradients?.array()
        engine.reduceGradients()
        #expect(engine.adapterGradients?.array() == once)
        #expect(once?.contains { $0 != 0 } == true)
        withExtendedLifetime((engine, beside)) {}
    }

    @Test("gradients match finite differences of the loss in Double")
    func finiteDifference() throws {
        let model = ReferenceModel.tiny(tied: true)
        let settings = LoRASettings(rank: 2, alpha: 3)
        let beside = adapters(of: model, settings, .beside)
        let engine = try engine(model, threads: 1) { $0.adapters = beside.besideWeights }
        _ = engine.accumulateGradients(input)
        engine.reduceGradients()
        let found = try #require(engine.adapterGradients)
        let initial = model.parameters.array().map(Double.init)
        let reference = ReferenceModel(of: model, input: input)
        let expected = finiteDifferences(at: beside.parameters.array().map(Double.init)) { values in
            var parameters = initial
            for adapter in beside.adapters {
                let (rows, columns) = (adapter.target.shape[0], adapter.target.shape[1])
                for row in 0..<rows {
                    for column in 0..<columns {
                        let sum = (0..<2).reduce(0.0) {
                            $0 + values[adapter.up.lowerBound + row * 2 + $1]
                                * values[adapter.down.lowerBound + $1 * columns + column]
                        }
                        let place = adapter.target.range.lowerBound + row * columns + column
                        parameters[place] += 1.5 * sum
                    }
                }
            }
            return reference.loss(parameters)
        }
        #expect(relativeError(found.array().map(Double.init), expected) < 2e-5)
        withExtendedLifetime((engine, beside)) {}
    }

    /// A run over frozen weights in bfloat16.
    private func train(
        in folder: URL,
        stopAfter: Int? = nil,
        recomputes: Bool = false
    ) throws -> Trainer {
        let run = restrictedRun { _ in }
        let source = run.initialModel
        let model = TransformerModel(zeros: source.configuration, precision: .bfloat16)
        for entry in source.layout.entries {
            model.setValues(of: entry, from: source.parameters[entry.range])
        }
        var settings = TrainingSettings(
            steps: 6,
            schedule: LearningRateSchedule(
                shape: .constant,
                peak: 1e-2,
                warmupSteps: 0,
                totalSteps: 6
            ),
            tokensPerBatch: 64,
            maximumSequenceLength: 16,
            threadCount: 2
        )
        var restriction = TrainingRestriction()
        restriction.lora = LoRASettings(rank: 2, alpha: 4)
        settings.restriction = restriction
        let trainer = try Trainer(
            model: model,
            settings: settings,
            cadence: TrainingCadence(),
            batches: [MadeUpBatches()],
            validation: [],
            identity: "frozen",
            checkpointFolder: folder,
            recomputes: recomputes
        )
        var done = 0
        _ = try trainer.run(
            observer: { if case .step(let record) = $0 { done = record.step } },
            shouldStop: { stopAfter.map { done >= $0 } ?? false }
        )
        withExtendedLifetime(source) {}
        return trainer
    }

    @Test("a run beside weights in bfloat16 resumes to the same bytes and writes a whole model")
    func frozenRun() throws {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-beside-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let whole = try train(in: root.appending(path: "whole"))
        let again = try train(in: root.appending(path: "again"), recomputes: true)
        let parts = root.appending(path: "parts")
        _ = try train(in: parts, stopAfter: 3)
        let resumed = try train(in: parts)
        let expected = try #require(whole.adapters).parameters.array()
        #expect(Set(expected.map(abs)).count > 10)
        #expect(resumed.adapters?.parameters.array() == expected)
        #expect(again.adapters?.parameters.array() == expected)
        let folder = root.appending(path: "written")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try whole.write(to: folder)
        let written = try TransformerModel(at: folder)
        let adapters = try #require(whole.adapters)
        for entry in written.layout.entries {
            let found = written.parameters[entry.range].array()
            let own = whole.model.withFloats(of: entry) { $0.array() }
            if let changed = values(adapters.changed(entry)) {
                #expect(found == changed)
                #expect(found != own, "\(entry.name) has not changed")
            } else {
                #expect(found == own)
            }
        }
        withExtendedLifetime((whole, written)) {}
    }

    @Test("weights in bfloat16 are not trained themselves")
    func refusal() throws {
        let source = restrictedRun { _ in }.initialModel
        let model = TransformerModel(zeros: source.configuration, precision: .bfloat16)
        #expect(throws: TrainingError.self) {
            try Trainer(
                model: model,
                settings: TrainingSettings(
                    steps: 1,
                    schedule: LearningRateSchedule(
                        shape: .constant,
                        peak: 1e-2,
                        warmupSteps: 0,
                        totalSteps: 1
                    ),
                    tokensPerBatch: 64,
                    maximumSequenceLength: 16,
                    threadCount: 1
                ),
                cadence: TrainingCadence(),
                batches: [MadeUpBatches()],
                validation: [],
                identity: "",
                checkpointFolder: nil
            )
        }
    }
}
