import Checkpointing
import Foundation
import Foundations
import Recipes
import RunRecords
import Tokenization

/// Makes the stages of an experiment that are not there yet.
package final class PipelineRunner {
    /// What is asked of a run besides the recipe.
    package struct Options: Sendable {
        /// Threads that compute.
        package var threads: Int
        /// Stages that are wanted; the whole recipe when nil.
        package var goals: [String]?
        /// Whether wanted stages are made again although they are finished.
        package var force = false
        /// Folders of other experiments, whose results are taken over where they are the same.
        package var siblings: [URL] = []
        /// The run that the experiment is a part of; nil when it is a run by itself.
        package var session: RunSession?
        /// The name of the experiment in its sweep; "" without one.
        package var cell = ""
        /// Where the ranks meet that make the wanted stage together; nil for one process.
        package var meeting: ModelMeeting?

        /// Describes a run.
        package init(threads: Int, goals: [String]? = nil, force: Bool = false) {
            self.threads = threads
            self.goals = goals
            self.force = force
        }
    }

    let experiment: Experiment
    package let options: Options
    package let store: RunStore
    package let stages: [Stage]
    /// The fingerprint of what models are measured on.
    let heldOut: String
    /// The fingerprint of the problems that settings and experts are chosen by.
    let development: String
    /// The models that exist, by their stages.
    let checkpoints: [String: CheckpointReference]
    var observer: (PipelineEvent) throws -> Void = { _ in }
    var shouldStop: () -> Bool = { false }
    /// What the sources of each training stage give; known before the first is trained.
    var measures: [String: [SourceMeasure]] = [:]
    /// The ranks that measure a model together with this one; there while they do.
    var team: EvaluationTeam?
    /// The zones that sentence retrieval has found so far.
    var outerZones: [RetrievalKey: OuterZones] = [:]
    /// What a run writes down; there while it works.
    var recorder: RunRecorder?

    /// Works out the stages; nothing is written.
    package init(experiment: Experiment, options: Options) throws {
        self.experiment = experiment
        self.options = options
        try experiment.requireSentences()
        let store = RunStore(folder: experiment.loaded.output)
        self.store = store
        checkpoints = try experiment.checkpoints(knownIn: store)
        let graph = try StageGraph(experiment, checkpoints: checkpoints)
        heldOut = graph.heldOut
        development = graph.development
        stages = options.goals.map { graph.closure(of: $0) } ?? graph.stages
    }

    /// What would be done now.
    package func plan() -> StagePlan {
        let forced = options.force ? Set(options.goals ?? stages.map(\.name)) : []
        return StagePlan(
            stages: stages,
            store: store,
            siblings: options.siblings.map { RunStore(folder: $0) },
            goals: Set(options.goals ?? []),
            force: forced
        )
    }

    /// Does what is left to do.
    ///
    /// - Parameters:
    ///   - observer: Gets every event; what it throws ends the run.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Returns: How it ended.
    /// - Throws: `RunLock.Taken`, `RunStore.Failure`, `RunDatabaseError`, and the errors of the
    ///   stages; what is finished stays.
    package func run(
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> RunOutcome {
        if options.session == nil { try RunStore.check(experiment.loaded) }
        try Folder.make(at: store.folder)
        let lock = try RunLock(folder: store.folder)
        defer { withExtendedLifetime(lock) {} }
        try store.open(recipe: experiment.recipe.name)
        try store.recover()
        let text = try experiment.recipe.yaml()
        try AtomicFile.write(Data(text.utf8), to: store.folder.appending(path: RunFolder.recipe))
        let log = try EventLog(at: store.folder.appending(path: RunFolder.events))
        self.observer = { event in
            try log.record(event)
            try observer(event)
        }
        self.shouldStop = shouldStop
        let own =
            options.session == nil
            ? try RunSession(experiment.loaded, in: store, threads: options.threads) : nil
        defer { recorder = nil }
        if let session = options.session ?? own {
            recorder = RunRecorder(session, cell: options.cell, store: store)
        }
        guard let own else { return try work(recipe: text) }
        return try own.recording {
            if case .stopped(let stage) = $0 { stage } else { nil }
        } _: {
            try work(recipe: text)
        }
    }

    /// Does what the plan of the moment says.
    private func work(recipe text: String) throws -> RunOutcome {
        let plan = plan()
        if !options.force { try requireSameCheckpoints() }
        try observer(.planned(header(of: plan, recipe: text), plan))
        if plan.changesTable {
            // The old table stays in the folder of its comparison; here it would be a wrong answer.
            try? FileManager.default.removeItem(at: store.resultsFile)
        }
        let untrained = plan.untrainedStages(of: experiment.recipe)
        if !untrained.isEmpty {
            // Parts of files without a row are found before even the tokenizer is trained.
            try measure(untrained, with: nil)
        }
        for entry in plan.entries {
            if case .training = entry.stage.work, !untrained.isEmpty, measures.isEmpty {
                try observer(.data(measure(untrained, with: tokenizer())))
            }
            if shouldStop(), entry.hasWork {
                return .stopped(stage: entry.stage.name)
            }
            guard try perform(entry) else { return .stopped(stage: entry.stage.name) }
        }
        return .complete(try table())
    }

    private func perform(_ entry: StagePlan.Entry) throws -> Bool {
        switch entry.action {
        case .leaveOut: return true
        case .reuse:
            try noteReuse(of: entry.stage)
            return true
        case .bringBack:
            try store.bringBack(entry.stage)
            try noteReuse(of: entry.stage)
            try observer(.started(entry.stage, entry.action))
            return true
        case .share(let folder):
            try observer(.started(entry.stage, entry.action))
            try store.share(folder, as: entry.stage.name)
            try noteReuse(of: entry.stage)
            return true
        case .run: try store.putAside(entry.stage.name)
        case .resume: break
        }
        try observer(.started(entry.stage, entry.action))
        let started = Timestamp()
        let start = ContinuousClock.now
        let seconds: Double?
        switch entry.stage.work {
        case .tokenizer:
            try makeTokenizer(entry.stage)
            seconds = start.duration(to: .now).inSeconds
        case .checkpoint(let name):
            try take(name, entry.stage)
            seconds = start.duration(to: .now).inSeconds
        case .training(let name):
            seconds = try train(name, entry)
        case .merge(let name):
            try merge(name, entry.stage)
            seconds = start.duration(to: .now).inSeconds
        case .evaluation(let model):
            seconds =
                try evaluate(model, entry.stage)
                ? start.duration(to: .now).inSeconds : nil
        case .comparison:
            try compare(entry.stage)
            seconds = start.duration(to: .now).inSeconds
        }
        guard let seconds else {
            try recorder?.stopped(entry.stage, since: started)
            return false
        }
        try recorder?.finished(entry.stage, since: started)
        try observer(.finished(entry.stage, seconds: seconds))
        return true
    }

    private func noteReuse(of stage: Stage) throws {
        try recorder?.reused(stage)
        if case .evaluation(let model) = stage.work { try noteEvaluations(of: model) }
    }

    private func header(of plan: StagePlan, recipe text: String) -> RunHeader {
        var left = TrainingWork()
        left.add(training(in: plan))
        return RunHeader(
            recipe: experiment.loaded.url.shownPath,
            recipeHash: ContentHash.of(text: text).hexadecimal,
            overrides: experiment.loaded.overrides,
            seed: experiment.recipe.seed,
            threads: options.threads,
            output: store.folder,
            remainingSteps: left.steps,
            remainingTokens: left.tokens
        )
    }

    /// Builds the folder of a stage, which appears when it is complete, with its record.
    func finish(
        _ stage: Stage,
        since start: ContinuousClock.Instant,
        earlier seconds: Double = 0,
        threads: Int? = nil,
        ranks: Int? = nil,
        data: [SourceMeasure]? = nil,
        _ build: (URL) throws -> Void
    ) throws {
        // What a resumed stage finds in its place is a result of other settings.
        try store.putResultAside(stage.name)
        try AtomicFolder.create(at: store.folder(of: stage.name)) { partial in
            try build(partial)
            let record = StageRecord(
                stage: stage.name,
                identity: stage.identity,
                facts: stage.facts,
                seconds: seconds + start.duration(to: .now).inSeconds,
                outputs: try RunStore.outputs(in: partial),
                threads: threads,
                ranks: ranks,
                data: data
            )
            try RunStore.write(record, in: partial)
        }
    }
}
