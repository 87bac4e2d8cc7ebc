import Checkpointing
import Transformer

/// The training that a run still has to do.
package struct TrainingWork: Sendable {
    /// What is left of one stage.
    package struct Part: Sendable {
        /// The stage; one that several experiments share is made once.
        package let identity: ContentHash
        /// Optimizer steps that are left.
        package let steps: Int
        /// The most tokens that one of them reads.
        package let tokensPerStep: Int
        /// Parameters of the model.
        package let parameterCount: Int
    }

    /// What is left, each stage once.
    package private(set) var parts: [Part] = []

    /// Begins with nothing to do.
    package init() {}

    /// Counts what is not counted yet.
    package mutating func add(_ other: [Part]) {
        var known = Set(parts.map(\.identity))
        parts += other.filter { known.insert($0.identity).inserted }
    }

    /// Optimizer steps in all.
    package var steps: Int { parts.reduce(0) { $0 + $1.steps } }

    /// The most tokens that they read.
    package var tokens: Int { parts.reduce(0) { $0 + $1.steps * $1.tokensPerStep } }

    /// Floating-point operations in all: 6 · parameters · tokens (Kaplan et al., 2020).
    package var operations: Double {
        parts.reduce(0) { sum, part in
            sum + 6 * Double(part.parameterCount) * Double(part.steps * part.tokensPerStep)
        }
    }
}

/// How far the training of a whole run is, from the pace of its steps.
package struct TrainingTimeEstimate: Sendable {
    private let total: Double
    private var done = 0.0
    private var seconds = 0.0

    /// Begins before the first step of some work.
    package init(_ work: TrainingWork) { total = work.operations }

    /// Counts a step.
    package mutating func didStep(operations: Double, seconds: Double) {
        done += operations
        self.seconds += seconds
    }

    /// Seconds of training that are left at the pace so far; nil before the first step and when
    /// nothing is left.
    package var secondsLeft: Double? {
        guard done > 0, total - done > 0.5 else { return nil }
        return (total - done) * seconds / done
    }
}

extension PipelineRunner {
    /// The training that a plan has to do.
    func training(in plan: StagePlan) -> [TrainingWork.Part] {
        let recipe = experiment.recipe
        let shape = recipe.model.configuration(
            vocabularySize: recipe.tokenizer.vocabulary,
            beginningOfSequence: 0,
            endOfSequence: 0
        )
        let parameters = Int(MemoryEstimate(shape).parameters)
        return plan.entries.compactMap { entry in
            guard case .training(let name) = entry.stage.work,
                let settings = recipe.stage(named: name)
            else { return nil }
            guard !entry.isSettled else { return nil }
            let done = if case .resume(let step) = entry.action { step } else { 0 }
            return TrainingWork.Part(
                identity: entry.stage.identity,
                steps: max(0, settings.steps - done),
                tokensPerStep: settings.tokensPerBatch * settings.accumulation,
                parameterCount: parameters
            )
        }
    }
}

extension StudyRunner {
    /// The training that is left in all experiments; what several share is counted once.
    ///
    /// - Throws: What describing the stages of an experiment throws; `MemoryError` when the
    ///   training of one does not fit this machine.
    package func trainingLeft() throws -> TrainingWork {
        var work = TrainingWork()
        for number in cells.indices {
            let runner = try runner(of: number)
            try runner.requireMemory()
            work.add(runner.training(in: runner.plan()))
        }
        return work
    }
}
