import Checkpointing
import Datasets
import Foundation
import Kernels
import TestSupport
import Testing
import Training
import Transformer

/// Batches of made-up tokens, each a function of its number.
private struct MadeUpBatches: BatchProviding {
    var vocabulary: Int32 = 29
    var masked: Set<Int> = []
    var same = false

    func batch(step: Int) throws -> PackedBatch {
        var batch = PackedBatch(tokens: [], segmentOffsets: [0], targets: [])
        let number = same ? 0 : step
        for segment in 0..<3 {
            let length = 4 + (number * 5 + segment * 3) % 7
            let tokens = (0...length).map { place in
                // Each segment begins with a token of its own, so that all can be learned by heart.
                Int32((place * (segment + 2) + number * 3 + segment * 10) % Int(vocabulary))
            }
            batch.tokens += tokens.dropLast()
            batch.targets +=
                masked.contains(step)
                ? Array(repeating: PackedBatch.ignoredTarget, count: length)
                : Array(tokens.dropFirst())
            batch.segmentOffsets.append(batch.tokens.count)
        }
        return batch
    }
}

/// A run in a temporary folder.
private final class Run {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "layerswap-training-\(UUID().uuidString)")
    var steps = 12
    var accumulation = 1
    var threads = 2
    var interval = 0
    var rate = 1e-2
    var identity = "data and base"
    var batches = MadeUpBatches()
    var validation = true
    var losses: [Double?] = []
    var events: [TrainingEvent] = []

    deinit { try? FileManager.default.removeItem(at: folder) }

    func train(
        stopAfter: Int? = nil
    ) throws -> (parameters: [Float], summary: TrainingSummary) {
        let model = TransformerModel(
            configuration: ModelConfiguration(
                vocabularySize: 29,
                modelWidth: 24,
                layerCount: 2,
                headCount: 3,
                hiddenWidth: 32
            ),
            seed: 3
        )
        var settings = TrainingSettings(
            steps: steps,
            schedule: LearningRateSchedule(
                shape: .cosine,
                peak: rate,
                warmupSteps: 2,
                totalSteps: steps
            ),
            tokensPerBatch: 64,
            maximumSequenceLength: 16,
            threadCount: threads
        )
        settings.accumulation = accumulation
        var cadence = TrainingCadence()
        cadence.validationInterval = validation ? 3 : 0
        cadence.checkpointInterval = interval
        let sets = [
            ValidationSet(name: "made up", batches: [try MadeUpBatches().batch(step: 1_000)])
        ]
        let trainer = try Trainer(
            model: model,
            settings: settings,
            cadence: cadence,
            batches: batches,
            validation: validation ? sets : [],
            identity: identity,
            checkpointFolder: folder
        )
        var done = 0
        let summary = try trainer.run(
            observer: { event in
                self.events.append(event)
                if case .step(let record) = event {
                    self.losses.append(record.loss)
                    done = record.step
                }
            },
            shouldStop: { stopAfter.map { done >= $0 } ?? false }
        )
        return withExtendedLifetime(model) { (model.parameters.array(), summary) }
    }
}

@Suite("Trainer")
struct TrainerTests {
    @Test("the same run twice gives the same bytes", arguments: [1, 2, 3])
    func repeatable(threads: Int) throws {
        let runs = [Run(), Run()]
        for run in runs { run.threads = threads }
        let first = try runs[0].train()
        #expect(try runs[1].train().parameters == first.parameters)
        #expect(first.summary.isComplete && first.summary.step == 12)
    }

    @Test("stopped after any step and resumed gives the bytes of never having stopped")
    func resumption() throws {
        let whole = try Run().train()
        for step in [1, 5, 11] {
            let run = Run()
            let part = try run.train(stopAfter: step)
            #expect(!part.summary.isComplete && part.summary.step == step)
            let rest = try run.train()
            #expect(rest.parameters == whole.parameters)
            #expect(rest.summary.tokens == whole.summary.tokens)
            #expect(rest.summary.best == whole.summary.best)
            #expect(run.losses.count == 12)
        }
    }

    @Test("validation leaves the training as it is")
    func validation() throws {
        let watched = Run()
        let unwatched = Run()
        unwatched.validation = false
        #expect(try watched.train().parameters == unwatched.train().parameters)
        #expect(watched.losses == unwatched.losses)
    }

    @Test("the loss of one batch goes to almost nothing")
    func overfits() throws {
        let run = Run()
        run.steps = 300
        run.batches.same = true
        _ = try run.train()
        let last = try #require(run.losses.last ?? nil)
        #expect(last < 0.01)
    }

    @Test("a step without counted tokens changes nothing and does not count as an update")
    func maskedStep() throws {
        let run = Run()
        run.steps = 1
        run.batches.masked = [0]
        let initial = TransformerModel(
            configuration: ModelConfiguration(
                vocabularySize: 29,
                modelWidth: 24,
                layerCount: 2,
                headCount: 3,
                hiddenWidth: 32
            ),
            seed: 3
        )
        let trained = try run.train().parameters
        withExtendedLifetime(initial) { #expect(trained == initial.parameters.array()) }
        #expect(run.losses == [nil])
    }

    @Test("kept checkpoints are the newest and the best")
    func pruning() throws {
        let run = Run()
        run.interval = 1
        _ = try run.train()
        let kept = try FileManager.default.contentsOfDirectory(atPath: run.folder.path).sorted()
        #expect(kept.suffix(2) == ["step-00000010", "step-00000011"])
        #expect(kept.count <= 3)
        // Each is a checkpoint that loads.
        _ = try TransformerModel(at: run.folder.appending(path: kept[0]))
    }

    @Test("a checkpoint of another run is refused")
    func foreign() throws {
        let run = Run()
        _ = try run.train(stopAfter: 2)
        run.rate = 2e-2
        #expect(throws: TrainingError.self) { try run.train() }
        run.rate = 1e-2
        run.identity = "other data"
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("data or base") == true)
    }

    @Test("a truncated state is refused with its path")
    func truncated() throws {
        let run = Run()
        _ = try run.train(stopAfter: 2)
        let state = run.folder.appending(path: "step-00000002/training/state.json")
        try Data("{\"step\": 2".utf8).write(to: state)
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("step-00000002") == true)
    }

    @Test("a loss that is not finite ends the run with advice")
    func notFinite() throws {
        let run = Run()
        run.rate = 1e30
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("lower the learning rate") == true)
    }

    @Test("accumulated batches count once, as one batch of their tokens")
    func accumulation() throws {
        let run = Run()
        run.accumulation = 3
        run.steps = 4
        _ = try run.train()
        let read = run.events.compactMap { event -> Int? in
            if case .step(let record) = event { record.tokens } else { nil }
        }
        let expected = try (0..<4).map { step in
            try (0..<3).reduce(0) {
                try $0 + MadeUpBatches().batch(step: step * 3 + $1).tokens.count
            }
        }
        #expect(read == expected)
    }
}

@Suite("Metrics log")
struct MetricsLogTests {
    @Test("lines of steps that are done again are dropped")
    func resumption() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-metrics-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: url) }
        func record(_ step: Int) -> TrainingEvent {
            .validated(ValidationRecord(step: step, loss: 1, lossBySet: [:], isBest: false))
        }
        var log = MetricsLog(at: url)
        for step in 1...5 { try log.record(record(step)) }
        log = MetricsLog(at: url)
        try log.record(.resumed(step: 3, from: url))
        try log.record(record(4))
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.map { $0.contains("\"step\":4") } == [false, false, false, true])
    }
}
