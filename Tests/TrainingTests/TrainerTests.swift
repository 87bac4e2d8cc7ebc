import Foundation
import Testing
import Training
import Transformer

@Suite("Trainer")
struct TrainerTests {
    @Test("the same run twice gives the same bytes", arguments: [1, 2, 3])
    func repeatable(threads: Int) throws {
        let runs = [TrainingRun(), TrainingRun()]
        for run in runs { run.threads = threads }
        let first = try runs[0].train()
        #expect(try runs[1].train().parameters == first.parameters)
        #expect(first.summary.isComplete && first.summary.step == 12)
    }

    @Test("stopped after any step and resumed gives the bytes of never having stopped")
    func resumption() throws {
        let whole = try TrainingRun().train()
        for step in [1, 5, 11] {
            let run = TrainingRun()
            let part = try run.train(stopAfter: step)
            #expect(!part.summary.isComplete && part.summary.step == step)
            let rest = try run.train()
            #expect(rest.parameters == whole.parameters)
            #expect(rest.summary.tokens == whole.summary.tokens)
            #expect(rest.summary.best == whole.summary.best)
            #expect(run.losses.count == 12)
        }
    }

    @Test("a stop at the step of a checkpoint writes it once")
    func stopAtCheckpoint() throws {
        let run = TrainingRun()
        run.interval = 4
        _ = try run.train(stopAfter: 8)
        let saved = run.events.compactMap { event in
            if case .saved(let step, _) = event { step } else { nil }
        }
        #expect(saved == [4, 8])
    }

    @Test("validation leaves the training as it is")
    func validation() throws {
        let watched = TrainingRun()
        let unwatched = TrainingRun()
        unwatched.validation = false
        #expect(try watched.train().parameters == unwatched.train().parameters)
        #expect(watched.losses == unwatched.losses)
    }

    @Test("the loss of one batch goes to almost nothing")
    func overfits() throws {
        let run = TrainingRun()
        run.steps = 300
        run.batches[0].same = true
        _ = try run.train()
        let last = try #require(run.losses.last ?? nil)
        #expect(last < 0.01)
    }

    @Test("a step without counted tokens changes nothing and does not count as an update")
    func maskedStep() throws {
        let run = TrainingRun()
        run.steps = 1
        run.batches[0].masked = [0]
        #expect(try run.train().parameters == run.initialParameters)
        #expect(run.losses == [nil])
    }

    @Test("checkpoints without their states keep their weights and are not resumed from")
    func discardedStates() throws {
        let run = TrainingRun()
        run.interval = 4
        _ = try run.train()
        #expect(Trainer.newestStep(in: run.folder) == 8)
        try #require(run.trainer).discardStates()
        #expect(Trainer.newestStep(in: run.folder) == nil)
        let step = run.folder.appending(path: "step-00000008")
        #expect(!FileManager.default.fileExists(atPath: step.appending(path: "training").path))
        _ = try TransformerModel(at: step)
        // The next run begins again.
        run.losses = []
        _ = try run.train()
        #expect(run.losses.count == run.steps)
    }

    @Test("kept checkpoints are the newest and the best")
    func pruning() throws {
        let run = TrainingRun()
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
        let run = TrainingRun()
        _ = try run.train(stopAfter: 2)
        run.rate = 2e-2
        let faster = #expect(throws: TrainingError.self) { try run.train() }
        // What differs, and nothing else.
        #expect(faster?.description.contains("is 0.01, not 0.02") == true)
        #expect(faster?.description.contains("tokensPerBatch") == false)
        run.rate = 1e-2
        run.identity = "other data"
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("data or base") == true)
    }

    @Test("a truncated state is refused with its path")
    func truncated() throws {
        let run = TrainingRun()
        _ = try run.train(stopAfter: 2)
        let state = run.folder.appending(path: "step-00000002/training/state.json")
        try Data("{\"step\": 2".utf8).write(to: state)
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("step-00000002") == true)
    }

    @Test("a loss that is not finite ends the run with advice")
    func notFinite() throws {
        let run = TrainingRun()
        run.rate = 1e30
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains("lower the learning rate") == true)
        #expect(error?.description.contains("no checkpoint was saved before this step") == true)
    }

    @Test(
        "weights that are not finite are neither saved nor handed over, whatever the losses were",
        arguments: [6, 12]
    )
    func brokenWeights(step: Int) throws {
        let run = TrainingRun()
        run.validation = false
        run.interval = 3
        run.afterStep = { record, model in
            if record.step == step { model.parameters[0] = .nan }
        }
        let error = #expect(throws: TrainingError.self) { try run.train() }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("step \(step): the norm of the weights is nan"))
        #expect(description.contains("'model.embed_tokens.weight' holds numbers"))
        let last = step == 6 ? "step-00000003" : "step-00000009"
        #expect(description.contains("the last good checkpoint is"))
        #expect(description.contains(last), "\(description)")
    }

    @Test("a validation that is not finite ends the run and names the last good checkpoint")
    func brokenValidation() throws {
        let run = TrainingRun()
        run.interval = 2
        // Validated after steps 3, 6, … .
        run.afterStep = { record, model in
            if record.step == 3 { model.parameters.fill(.infinity) }
        }
        let error = #expect(throws: TrainingError.self) { try run.train() }
        let description = error?.description ?? ""
        #expect(description.hasPrefix("step 3: the loss on the validation sets is"))
        #expect(description.contains("step-00000002"), "\(description)")
    }

    @Test("accumulated batches count once, as one batch of their tokens")
    func accumulation() throws {
        let run = TrainingRun()
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
