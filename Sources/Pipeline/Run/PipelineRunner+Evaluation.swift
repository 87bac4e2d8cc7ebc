import Checkpointing
import Datasets
import Evaluation
import Foundation
import Foundations
import Recipes
import RunRecords

extension PipelineRunner {
    /// Measures a model: with every choice of experts, and with the best of its settings.
    ///
    /// The best setting has the highest mean score on the development problems over all choices of
    /// experts; only that one is measured on the split of the recipe.
    ///
    /// - Returns: False when it was asked to stop before the end.
    func evaluate(_ model: String, _ stage: Stage) throws -> Bool {
        let start = ContinuousClock.now
        let measured: (scores: ModelScores, records: [Evaluator.Result])?
        if experiment.recipe.evaluation.dataParallel == true, let meeting = options.meeting {
            try meeting.open(ModelMeeting.Terms(threads: options.threads, precision: .float32))
            // The others look at the recipe first.
            try meeting.agreed {}
            measured = try inTeam(of: meeting) { try measure(model) }
        } else {
            measured = try measure(model)
        }
        guard let (scores, records) = measured else { return false }
        for metric in scores.metrics {
            guard !metric.isPart else { continue }
            let outcomes = try ReplicatedOutcomes(
                metric: metric,
                replicates: [scores.outcomes(of: metric)]
            )
            guard let mean = outcomes.measurement else { continue }
            try observer(.measured(model: model, metric: metric, mean))
        }
        try finish(stage, since: start) { folder in
            try AtomicFile.write(scores.json(), to: folder.appending(path: ModelScores.fileName))
            for result in records {
                let file = folder.appending(path: result.fileName)
                try AtomicFile.write(result.records, to: file)
            }
        }
        return true
    }

    /// Measures a model together with rank 0, which alone writes down what was found.
    ///
    /// - Throws: What keeps this rank from measuring, `PeerFailure` when it is another.
    func joinEvaluation(of model: String, at meeting: ModelMeeting) throws {
        _ = try inTeam(of: meeting) { try measure(model) }
    }

    private func inTeam<Result>(
        of meeting: ModelMeeting,
        _ work: () throws -> Result
    ) throws -> Result {
        let team = EvaluationTeam(meeting.peers)
        self.team = team
        defer { self.team = nil }
        return try team.finish(work)
    }

    /// What a model scores; nil when it was asked to stop before the end.
    private func measure(
        _ model: String
    ) throws -> (scores: ModelScores, records: [Evaluator.Result])? {
        let models = cache()
        guard let choice = try choose(model, models) else { return nil }
        let chosen = choice.specifications
        var scores = ModelScores(
            model: model,
            settings: choice.settings,
            point: choice.point,
            searched: choice.searched,
            method: choice.found
        )
        var records: [Evaluator.Result] = []
        for (place, specification) in chosen.enumerated() {
            guard
                let evaluated = try evaluate(
                    specification,
                    models,
                    keepsRecords: chosen.count == 1
                )
            else { return nil }
            scores.add(
                replicate: specification.replicate,
                development: choice.development.isEmpty ? nil : choice.development[place],
                outcomes: evaluated.outcomes
            )
            if chosen.count == 1 { records = evaluated.results }
        }
        return (scores, records)
    }

    /// The models of the run, to be opened when they are asked for.
    package func cache() -> ModelCache {
        ModelCache(store: store, threads: options.threads, sequences: trainingSequences)
    }

    /// By which settings are chosen on the development problems.
    static let choosingMetric = Metric(.math, .target)

    func developmentScore(
        of specification: ModelSpecification,
        _ models: ModelCache
    ) throws -> (score: Double, seconds: Double?) {
        let identity = try identity(of: specification, isDevelopment: true)
        let score = try sameEverywhere {
            try reusable(identity, of: specification)?[Self.choosingMetric]?.value
        }
        if let score { return (score, nil) }
        let start = ContinuousClock.now
        let outcomes = try evaluator(for: specification, models).development()
        try attempt {
            try record(
                specification,
                identity,
                split: EvaluationRow.choice,
                outcomes: [(Self.choosingMetric, outcomes)],
                seconds: start.duration(to: .now).inSeconds,
                replacing: true
            )
        }
        return (outcomes.measurement?.value ?? 0, start.duration(to: .now).inSeconds)
    }

    /// The outcomes of all tasks, and every answer when the model is the only one of its row; nil
    /// when it was asked to stop.
    ///
    /// What an earlier run has measured is read from the database, unless this one is to redo it.
    private func evaluate(
        _ specification: ModelSpecification,
        _ models: ModelCache,
        keepsRecords: Bool
    ) throws -> (outcomes: [(metric: Metric, Outcomes)], results: [Evaluator.Result])? {
        let identity = try identity(of: specification, isDevelopment: false)
        if !keepsRecords {
            var stored: [(metric: Metric, Outcomes)]?
            let isKnown = try sameEverywhere {
                stored = try storedOutcomes(identity, of: specification)
                return stored == nil ? nil : 1
            }
            if isKnown != nil { return (stored ?? [], []) }
        }
        let start = ContinuousClock.now
        let evaluator = try evaluator(for: specification, models)
        var results: [Evaluator.Result] = []
        for task in evaluator.tasks {
            if try isStopping() { return nil }
            let result = try evaluator.perform(task)
            for note in result.notes {
                try attempt {
                    try observer(.noted(model: specification.model, task: task.metric, note: note))
                }
            }
            results.append(result)
        }
        let outcomes = results.flatMap(\.outcomes)
        try attempt {
            try record(
                specification,
                identity,
                split: experiment.recipe.evaluation.split.rawValue,
                outcomes: outcomes,
                seconds: start.duration(to: .now).inSeconds,
                replacing: true
            )
        }
        return (outcomes, results)
    }

    /// The outcomes that were measured before; nil when some are missing.
    private func storedOutcomes(
        _ identity: ContentHash,
        of specification: ModelSpecification
    ) throws -> [(metric: Metric, Outcomes)]? {
        guard let recorder, let row = try reusable(identity, of: specification) else { return nil }
        let outcomes = try row.metrics.compactMap { metric in
            try recorder.database.outcomes(of: metric.metric, in: identity).map {
                (metric.metric, $0)
            }
        }
        return outcomes.count == row.metrics.count ? outcomes : nil
    }

    private func evaluator(
        for specification: ModelSpecification,
        _ models: ModelCache
    ) throws -> Evaluator {
        func make() throws -> Evaluator {
            let tokenizer = try tokenizer()
            return Evaluator(
                experiment: experiment,
                model: try models.model(of: specification),
                tokenizer: tokenizer,
                form: try form(for: tokenizer),
                threads: options.threads,
                team: team
            )
        }
        return try team?.agreed(make) ?? make()
    }
}

// MARK: - With other ranks

extension PipelineRunner {
    /// Does what can fail at one rank alone.
    func attempt(_ work: () throws -> Void) throws {
        guard let team else { return try work() }
        team.attempt(work)
    }

    /// Whether the work ends here, at all ranks.
    func isStopping() throws -> Bool {
        guard let team else { return shouldStop() }
        return try team.isStopping(shouldStop())
    }

    /// What is known, by rank 0 where there are several.
    private func sameEverywhere(_ ask: () throws -> Double?) throws -> Double? {
        guard let team else { return try ask() }
        return try team.known(ask)
    }
}

// MARK: - In the database

extension PipelineRunner {
    /// Writes down that the run used the evaluations of a finished evaluation, and stores those
    /// that the database does not have: it may be younger than the run, or another experiment's.
    func noteEvaluations(of model: String) throws {
        guard recorder != nil else { return }
        let folder = store.evaluationFolder(of: model)
        let scores = try ModelScores(in: folder)
        // Only the whole evaluation was timed; each choice of experts has an equal part of that.
        let seconds = RunStore.record(in: folder)?.seconds ?? 0
        let specifications = experiment.recipe.specifications(
            of: model,
            point: scores.point,
            found: scores.method
        )
        for (place, specification) in specifications.enumerated() {
            let identity = try identity(of: specification, isDevelopment: false)
            guard try known(identity, of: specification) == nil,
                scores.replicates.indices.contains(place)
            else { continue }
            try record(
                specification,
                identity,
                split: experiment.recipe.evaluation.split.rawValue,
                outcomes: scores.outcomes(ofReplicate: place),
                seconds: seconds / Double(scores.replicates.count),
                replacing: false
            )
        }
    }

    /// An evaluation that was made before, which the run uses from now on; nil when none was.
    private func known(
        _ identity: ContentHash,
        of specification: ModelSpecification
    ) throws -> EvaluationRow? {
        guard let recorder else { return nil }
        return try recorder.database.reuse(
            identity: identity,
            in: options.cell,
            as: specification.model,
            replicate: specification.replicate,
            by: recorder.run
        )
    }

    /// An evaluation that need not be made again; nil when it must.
    ///
    /// With `--force` that is only one that this run has made itself: an identity is that of the
    /// settings, and stays the same when a model is trained anew.
    private func reusable(
        _ identity: ContentHash,
        of specification: ModelSpecification
    ) throws -> EvaluationRow? {
        let row = try known(identity, of: specification)
        return options.force && row?.run != recorder?.run ? nil : row
    }

    /// What decides the outcomes: the stages that a model is made from, how, and what it is asked.
    private func identity(
        of specification: ModelSpecification,
        isDevelopment: Bool
    ) throws -> ContentHash {
        let folders: [String: String]
        switch specification.source {
        case .checkpoint(let folder): folders = ["model": folder]
        case .merge(_, let parts): folders = parts
        }
        let settings = experiment.recipe.evaluation
        // What else the table asks has no part in a choice, which stays known when that changes.
        let task =
            isDevelopment
            ? try JSONValue(encoding: DevelopmentTask(of: settings))
            : try JSONValue(encoding: settings.ofScores)
        return try EvaluationKey(
            inputs: try (folders.merging(["tokenizer": "tokenizer"]) { own, _ in own })
                .mapValues(stageIdentity),
            method: method(of: specification),
            task: task,
            split: isDevelopment ? EvaluationRow.choice : settings.split.rawValue,
            data: isDevelopment ? development : heldOut
        ).identity()
    }

    /// What a score on the development problems depends on besides the model and the problems.
    private struct DevelopmentTask: Encodable {
        var maximumNewTokens: Int
        var hasCalculator: Bool

        init(of settings: EvaluationSettings) {
            maximumNewTokens = settings.maximumNewTokens
            hasCalculator = settings.calculator == .on
        }
    }

    private func stageIdentity(_ name: String) throws -> ContentHash {
        guard let stage = stages.first(where: { $0.name == name }) else {
            throw FolderError.incomplete(path: name, expected: StageRecord.fileName)
        }
        return stage.identity
    }

    private func method(of specification: ModelSpecification) throws -> JSONValue {
        guard case .merge(let method, _) = specification.source else { return .object([:]) }
        return try JSONValue(encoding: method)
    }

    private func record(
        _ specification: ModelSpecification,
        _ identity: ContentHash,
        split: String,
        outcomes: [(metric: Metric, Outcomes)],
        seconds: Double,
        replacing: Bool
    ) throws {
        guard let recorder else { return }
        let evaluation = EvaluationRow(
            identity: identity,
            cell: options.cell,
            model: specification.model,
            replicate: specification.replicate,
            method: try method(of: specification),
            split: split,
            seconds: seconds,
            run: recorder.run,
            metrics: outcomes.compactMap { metric, outcomes in
                outcomes.measurement.map { .init(metric, $0) }
            }
        )
        _ = try recorder.database.insert(
            evaluation,
            outcomes: Dictionary(outcomes) { first, _ in first },
            replacing: replacing
        )
    }
}
