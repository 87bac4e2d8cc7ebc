import Checkpointing
import Datasets
import Foundation
import Kernels
import Testing
import Training
import Transformer

@Suite("One model over several ranks")
struct DataParallelTests {
    /// A folder that is removed when the test is over.
    final class Place {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-ranks-\(UUID().uuidString)")
        deinit { try? FileManager.default.removeItem(at: folder) }
    }

    /// What a checkpoint holds besides its state, in which the seconds are.
    private static func bytes(of folder: URL, step: String) throws -> [Data] {
        try ["model.safetensors", "training/moments.safetensors"].map {
            try Data(contentsOf: folder.appending(path: "\(step)/\($0)"))
        }
    }

    private static func agree(_ found: [Double?], _ expected: [Double?], within: Double) -> Bool {
        found.count == expected.count
            && zip(found, expected).allSatisfy { abs(($0 ?? .nan) - ($1 ?? .nan)) <= within }
    }

    private static func largest(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(
        "ranks of one thread give the bytes of as many threads in one process",
        arguments: [2, 3, 4],
        [true, false]
    )
    func sameBytes(ranks: Int, tied: Bool) throws {
        func change(_ run: TrainingRun) {
            run.tied = tied
            run.accumulation = 2
            run.interval = 4
        }
        let whole = TrainingRun()
        whole.threads = ranks
        change(whole)
        let expected = try whole.train()
        let place = Place()
        let endings = trainTogether(ranks, in: place.folder, change)
        for (run, outcome) in endings {
            let found = try outcome.get()
            #expect(found.parameters == expected.parameters)
            // Sums of losses go over batches first, and then over ranks.
            #expect(Self.agree(run.losses, whole.losses, within: 1e-13))
            #expect(found.summary.best == expected.summary.best)
            #expect(found.summary.tokens == expected.summary.tokens)
        }
        for step in ["step-00000004", "step-00000008"] {
            let found = try Self.bytes(of: place.folder, step: step)
            #expect(try found == Self.bytes(of: whole.folder, step: step))
        }
    }

    @Test("moments are divided: each rank keeps its part alone")
    func memory() throws {
        let place = Place()
        let alone = TrainingRun()
        _ = try alone.train()
        func facts(_ run: TrainingRun) -> TrainingFacts? {
            for case .prepared(let facts) in run.events { return facts }
            return nil
        }
        let all = try #require(facts(alone))
        let endings = trainTogether(3, in: place.folder)
        let bytes = try endings.map { try #require(facts($0.run)).memoryBytes }
        let own = try endings.map { try #require($0.run.trainer).ownMomentCount }
        #expect(own.reduce(0, +) == all.trainedCount)
        #expect(own.allSatisfy { $0 > 0 && $0 < all.trainedCount * 2 / 3 })
        #expect(bytes.allSatisfy { $0 < all.memoryBytes })
    }

    @Test(
        "restricted training gives the bytes of threads too",
        arguments: RestrictionTests.kinds.indices
    )
    func restricted(kind: Int) throws {
        let (name, restriction) = RestrictionTests.kinds[kind]
        func change(_ run: TrainingRun) {
            let model = restrictedRun { $0 = restriction }
            run.layers = model.layers
            run.tied = model.tied
            run.interval = model.interval
            run.restriction = model.restriction
            run.batches = model.batches
        }
        let whole = TrainingRun()
        change(whole)
        let expected = try whole.train()
        let place = Place()
        for (run, outcome) in trainTogether(2, in: place.folder, change) {
            let found = try outcome.get()
            // The gradients of adapters that are worked out from those of weights are added up
            // before that by threads, and after it by ranks.
            let isExact = restriction.lora == nil
            let worst = Self.largest(found.parameters, expected.parameters)
            #expect(worst <= (isExact ? 0 : 1e-5), "\(name): \(worst)")
            if isExact { #expect(run.losses == whole.losses) }
        }
    }

    @Test("over a hundred steps, losses and weights are those of one process")
    func hundredSteps() throws {
        func change(_ run: TrainingRun) {
            run.steps = 100
            run.rate = 1e-3
            run.validation = false
        }
        let alone = TrainingRun()
        change(alone)
        alone.threads = 1
        let expected = try alone.train()
        for ranks in [2, 3] {
            let place = Place()
            let endings = trainTogether(ranks, in: place.folder) { run in
                change(run)
                run.threads = 2
            }
            for (run, outcome) in endings {
                #expect(try Self.largest(outcome.get().parameters, expected.parameters) < 1e-5)
                #expect(run.losses.count == 100)
                #expect(Self.agree(run.losses, alone.losses, within: 1e-5))
            }
        }
    }

    @Test("stopped at one number of ranks, it goes on at another")
    func resumption() throws {
        let whole = trainTogether(2, in: Place().folder)
        let expected = try whole[0].outcome.get()
        for (first, second) in [(2, 2), (2, 3), (3, 1), (1, 2)] {
            let place = Place()
            for (_, outcome) in trainTogether(first, in: place.folder, stopAfter: 5) {
                let summary = try outcome.get().summary
                // Ranks hear of it within the step that follows.
                #expect(!summary.isComplete && summary.step == 6)
            }
            for (run, outcome) in trainTogether(second, in: place.folder) {
                let found = try outcome.get()
                let worst = Self.largest(found.parameters, expected.parameters)
                #expect(worst <= (first == 2 && second == 2 ? 0 : 1e-5))
                #expect(run.losses.count == 6 && found.summary.isComplete)
                #expect(found.summary.tokens == expected.summary.tokens)
            }
        }
        // And a process without ranks takes it over.
        let place = Place()
        _ = trainTogether(2, in: place.folder, stopAfter: 5)
        let run = TrainingRun(in: place.folder)
        run.threads = 1
        #expect(try Self.largest(run.train().parameters, expected.parameters) < 1e-5)
        #expect(run.losses.count == 6)
    }

    @Test("a trainer that was stopped goes on when it is run again")
    func runAgain() throws {
        let whole = trainTogether(2, in: Place().folder)
        let expected = try whole[0].outcome.get()
        let place = Place()
        let endings = trainTogether(2, in: place.folder) { run in
            run.shouldStop = { run.losses.count == 5 }
            run.rounds = 2
        }
        for (run, outcome) in endings {
            let found = try outcome.get()
            #expect(found.summary.isComplete && run.losses.count == 12)
            #expect(found.parameters == expected.parameters)
        }
    }

    @Test("a stop that one rank alone hears stops all after the same step")
    func stopped() throws {
        let place = Place()
        var number = 0
        let endings = trainTogether(3, in: place.folder) { run in
            let rank = number
            number += 1
            run.shouldStop = { rank == 2 && run.losses.count >= 4 }
        }
        for (_, outcome) in endings {
            let summary = try outcome.get().summary
            #expect(!summary.isComplete && summary.step == 5)
        }
        #expect(Trainer.newestStep(in: place.folder) == 5)
    }

    /// A failure that only one rank has.
    struct Trouble: Error, Equatable {}

    /// Batches of which one cannot be made.
    struct BrokenBatches: BatchProviding {
        let broken: Int
        func batch(step: Int) throws -> PackedBatch {
            guard step != broken else { throw Trouble() }
            return try MadeUpBatches().batch(step: step)
        }
    }

    @Test(
        "a rank that fails ends all, and only it says why",
        arguments: ["event", "batch", "first batch"]
    )
    func failure(kind: String) throws {
        let done = kind == "first batch" ? 0 : 5
        let place = Place()
        var number = 0
        let endings = trainTogether(3, in: place.folder) { run in
            defer { number += 1 }
            run.interval = 2
            guard number == 1 else { return }
            switch kind {
            case "event":
                run.afterStep = { record, _ in if record.step == 5 { throw Trouble() } }
            default: run.sources = [BrokenBatches(broken: done)]
            }
        }
        for (rank, ending) in endings.enumerated() {
            #expect(ending.run.losses.count == done)
            switch (rank, ending.outcome) {
            case (1, .failure(let error)): #expect(error is Trouble, "\(error)")
            case (_, .failure(let error)): #expect((error as? PeerFailure)?.rank == 1, "\(error)")
            case (_, .success): Issue.record("rank \(rank) has not failed")
            }
        }
        // What was saved before goes on.
        #expect(Trainer.newestStep(in: place.folder) == (done > 0 ? 4 : nil))
        for (_, outcome) in trainTogether(3, in: place.folder) {
            #expect(try outcome.get().summary.isComplete)
        }
    }

    @Test("a checkpoint that rank 0 cannot write ends all")
    func unwritable() throws {
        let place = Place()
        let endings = trainTogether(2, in: place.folder) { run in
            run.interval = 2
            run.afterStep = { record, _ in
                guard record.step == 1 else { return }
                // A file stands where the folder would.
                try? FileManager.default.removeItem(at: place.folder)
                try? Data().write(to: place.folder)
            }
        }
        guard case .failure(let own) = endings[0].outcome,
            case .failure(let other) = endings[1].outcome
        else {
            Issue.record("a rank has not failed")
            return
        }
        #expect(!(own is PeerFailure) && (other as? PeerFailure)?.rank == 0, "\(own) \(other)")
    }

    @Test("weights that break end all ranks at one step")
    func notFinite() throws {
        let place = Place()
        let endings = trainTogether(2, in: place.folder) { run in
            run.rate = 1e30
            run.warmup = 0
        }
        let words = endings.map { ending -> String in
            guard case .failure(let error) = ending.outcome else { return "no failure" }
            return "\(error)"
        }
        #expect(words[0].contains("step ") && words[0] == words[1], "\(words)")
    }
}
