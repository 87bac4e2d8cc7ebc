import Foundation
import Kernels
import Testing
import Training
import Transformer

/// A crash in the middle of a run.
struct Crash: Error {}

/// A run of four layers whose ends or whose middle can be restricted.
func restrictedRun(_ change: (inout TrainingRestriction) -> Void = { _ in }) -> TrainingRun {
    let run = TrainingRun()
    run.layers = 4
    run.tied = false
    run.interval = 3
    var restriction = TrainingRestriction()
    change(&restriction)
    run.restriction = restriction
    if let partitions = restriction.partitions {
        run.batches = partitions.indices.map { MadeUpBatches(shift: 100 * $0) }
    }
    return run
}

let middle = ParameterSelection([.layers(1...2)])
let outer = ParameterSelection([
    .embeddings, .layers(0...0), .layers(3...3), .finalNorm, .head,
])
let partitions = [
    TrainingPartition(name: "math", trained: middle),
    TrainingPartition(name: "language", trained: outer),
]

@Suite("Restricted training")
struct RestrictionTests {
    /// Every kind of restriction that a stage can have, and those that go together.
    static let kinds: [(String, TrainingRestriction)] = {
        var frozen = TrainingRestriction()
        frozen.frozen = middle
        var taking = TrainingRestriction()
        taking.partitions = partitions
        var lora = TrainingRestriction()
        lora.lora = LoRASettings(rank: 2, alpha: 4)
        var both = lora
        both.frozen = outer
        var turns = taking
        turns.lora = LoRASettings(rank: 3, alpha: 3, targets: [.query, .value, .down])
        return [
            ("freezing", frozen), ("partitions", taking), ("lora", lora),
            ("lora and freezing", both), ("lora and partitions", turns),
        ]
    }()

    @Test(
        "stopped or crashed after any step, and resumed, gives the bytes of never having stopped",
        arguments: kinds.indices
    )
    func resumption(kind: Int) throws {
        let run = { restrictedRun { $0 = Self.kinds[kind].1 } }
        let whole = try run().train()
        #expect(whole.parameters != run().initialParameters)
        for step in [1, 4, 11] {
            let stopped = run()
            #expect(try !stopped.train(stopAfter: step).summary.isComplete)
            let rest = try stopped.train()
            #expect(rest.parameters == whole.parameters, "\(Self.kinds[kind].0) after \(step)")
            #expect(rest.summary.best == whole.summary.best)
        }
        let crashed = run()
        crashed.afterStep = { record, _ in if record.step == 8 { throw Crash() } }
        #expect(throws: Crash.self) { try crashed.train() }
        crashed.afterStep = { _, _ in }
        #expect(try crashed.train().parameters == whole.parameters)
        #expect(try run().train().parameters == whole.parameters)
    }

    @Test("frozen tensors keep their bytes and all others change", arguments: [middle, outer])
    func freezing(_ frozen: ParameterSelection) throws {
        let run = restrictedRun { $0.frozen = frozen }
        let before = run.initialParameters
        let model = run.initialModel
        let after = try run.train().parameters
        for entry in model.layout.entries {
            let same = before[entry.range] == after[entry.range]
            #expect(same == frozen.contains(entry), "\(entry.name)")
        }
        // Frozen parameters have no moments either.
        let trained = model.layout.entries.filter { !frozen.contains($0) }
            .reduce(0) { $0 + $1.range.count }
        let facts = run.events.compactMap { event -> TrainingFacts? in
            if case .prepared(let facts) = event { facts } else { nil }
        }
        #expect(facts.map(\.trainedCount) == [trained])
        #expect(facts.map(\.parameterCount) == [model.parameterCount])
    }

    @Test("an empty restriction gives the bytes of none")
    func noRestriction() throws {
        let none = restrictedRun()
        none.restriction = nil
        #expect(try restrictedRun().train().parameters == none.train().parameters)
    }

    @Test("the norm counts what is trained, and clipping goes by it")
    func norm() throws {
        let run = restrictedRun { $0.frozen = outer }
        run.steps = 1
        run.rate = 1
        run.shape = .constant
        run.warmup = 0
        // An ε this large makes the first update g / (|g| + 1), from which g can be had back.
        run.optimizer.epsilon = 1
        run.optimizer.weightDecay = 0
        run.optimizer.gradientClip = 0.02
        let model = run.initialModel
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 64,
            maximumSegmentLength: 16
        )
        let loss = engine.accumulateGradients(ModelInput(try MadeUpBatches().batch(step: 0)))
        engine.reduceGradients()
        func norm(_ isCounted: (ParameterLayout.Entry) -> Bool) -> Double {
            let squares = model.layout.entries.filter(isCounted).flatMap { entry in
                engine.gradients[entry.range].array().map { Double($0) * Double($0) }
            }
            return squares.reduce(0, +).squareRoot() / Double(loss.count)
        }
        let trained = norm { middle.contains($0) }
        try #require(trained > 0.02 && norm { _ in true } > 1.2 * trained)
        let before = run.initialParameters
        let after = try run.train().parameters
        let step = try #require(
            run.events.lazy.compactMap { event -> StepRecord? in
                if case .step(let record) = event { record } else { nil }
            }.first
        )
        #expect(abs(step.gradientNorm / trained - 1) < 1e-5)
        let squares = zip(before, after).map { before, after in
            let change = Double(before) - Double(after)
            let gradient = change / (1 - abs(change))
            return gradient * gradient
        }
        #expect(abs(squares.reduce(0, +).squareRoot() / 0.02 - 1) < 1e-2)
        withExtendedLifetime(engine) {}
    }

    @Test("each step changes its own partition and nothing else")
    func turns() throws {
        let run = restrictedRun { $0.partitions = partitions }
        let layout = run.initialModel.layout
        var before = run.initialParameters
        var names: [String?] = []
        run.afterStep = { record, model in
            names.append(record.partition)
            let after = model.parameters.array()
            let turn = record.step % 2 == 1 ? middle : outer
            for entry in layout.entries {
                let same = before[entry.range] == after[entry.range]
                #expect(same != turn.contains(entry), "step \(record.step): \(entry.name)")
            }
            before = after
        }
        _ = try run.train()
        #expect(names == (0..<6).flatMap { _ in ["math", "language"] })
    }

    @Test("tensors that are in no partition keep their bytes")
    func leftOut() throws {
        let run = restrictedRun {
            $0.partitions = [
                TrainingPartition(name: "one", trained: ParameterSelection([.layers(0...0)])),
                TrainingPartition(name: "two", trained: ParameterSelection([.head])),
            ]
        }
        let before = run.initialParameters
        let after = try run.train().parameters
        for entry in run.initialModel.layout.entries {
            let same = before[entry.range] == after[entry.range]
            #expect(same == !(entry.layer == 0 || entry.role == .head), "\(entry.name)")
        }
    }

    @Test("a partition's first update is corrected as a first one")
    func biasCorrection() throws {
        let run = restrictedRun { $0.partitions = partitions }
        run.steps = 2
        run.shape = .constant
        run.warmup = 0
        run.optimizer.weightDecay = 0
        var before: [Float] = []
        run.afterStep = { _, model in
            let after = model.parameters.array()
            // At t = 1 every parameter with a gradient moves by the learning rate, at t = 2 with
            // empty moments by 0.73 of it.
            if !before.isEmpty {
                let largest = zip(before, after).map { abs($0 - $1) }.max() ?? 0
                #expect(abs(largest / 1e-2 - 1) < 1e-3)
            }
            before = after
        }
        _ = try run.train()
        #expect(run.losses.count == 2)
    }

    @Test("a partition reads what it would read alone", arguments: [1, 2])
    func ownBatches(accumulation: Int) throws {
        // The second partition's batches count no token, so that only the first one learns.
        let turns = restrictedRun { $0.partitions = partitions }
        turns.batches[1].masked = Set(0..<100)
        let alone = restrictedRun { $0.frozen = outer }
        alone.steps = 6
        for run in [turns, alone] {
            run.accumulation = accumulation
            run.shape = .constant
            run.warmup = 0
        }
        #expect(try turns.train().parameters == alone.train().parameters)
        let losses = turns.losses
        #expect(losses.indices.allSatisfy { (losses[$0] == nil) == ($0 % 2 == 1) })
    }

    @Test(
        "what cannot be trained is refused in words",
        arguments: [
            ("everything frozen", "left to train"), ("a layer too many", "layers from 0 to 3"),
            ("shared", "layer 2 in both"), ("one partition", "two or more"),
            ("same names", "a name of its own"), ("frozen and partitions", "beside partitions"),
            ("no target", "a target of adapters"), ("rank", "a rank from 1 to 24"),
            ("alpha", "a number above 0"), ("no targets", "one linear layer or more"),
            ("tied head", "this model's head is its embedding matrix"),
        ]
    )
    func refusals(_ name: String, _ expected: String) {
        let run = restrictedRun { restriction in
            switch name {
            case "everything frozen":
                restriction.frozen = ParameterSelection(middle.parts + outer.parts)
            case "a layer too many": restriction.frozen = ParameterSelection([.layers(2...4)])
            case "shared":
                let both = ParameterSelection([.layers(2...3)])
                restriction.partitions = [
                    partitions[0], TrainingPartition(name: "language", trained: both),
                ]
            case "one partition": restriction.partitions = [partitions[0]]
            case "same names":
                restriction.partitions = [
                    partitions[0], TrainingPartition(name: "math", trained: outer),
                ]
            case "frozen and partitions":
                restriction.partitions = partitions
                restriction.frozen = ParameterSelection([.finalNorm])
            case "no target":
                restriction.lora = LoRASettings(rank: 2, alpha: 2)
                restriction.frozen = ParameterSelection([.layers(0...3)])
            case "rank": restriction.lora = LoRASettings(rank: 25, alpha: 2)
            case "alpha": restriction.lora = LoRASettings(rank: 2, alpha: -1)
            case "no targets": restriction.lora = LoRASettings(rank: 2, alpha: 1, targets: [])
            default: restriction.frozen = ParameterSelection([.head])
            }
        }
        if name == "tied head" { run.tied = true }
        let error = #expect(throws: TrainingError.self) { try run.train() }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }
}
