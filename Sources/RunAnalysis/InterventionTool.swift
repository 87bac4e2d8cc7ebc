import Analysis
import Datasets
import Evaluation
import Foundation
import Kernels
import MergeMethods
import RunRecords
import Transformer

/// Changes parts of a model of a run, and measures what becomes of mathematics and of text in both
/// languages (MathNeuro, arXiv 2410.16930; bypassed and reverted layers as in arXiv 2505.18356).
package struct InterventionTool: AnalysisTool {
    package typealias Settings = InterventionSettings
    package typealias Result = InterventionRecord

    package static let kind = AnalysisKind.intervene

    let settings: Settings
    let threads: Int

    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    package static func standardSettings(for run: AnalyzedRun) -> Settings {
        Settings(model: standardModel(of: run))
    }

    /// The model of a run that is changed when nobody names another.
    package static func standardModel(of run: AnalyzedRun) -> String {
        run.models(among: ["swap", ModelPart.math.name]).first ?? ModelPart.base.name
    }

    /// Changes and measures; an interrupted analysis goes on where it was.
    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: InterventionFile, isNew: Bool) {
        try settings.check()
        var names = [settings.model, settings.base]
        if settings.trains { names.append(settings.trainedOn) }
        let models = try run.identities(of: names)
        let probe = try ModelProbe(
            run,
            problems: settings.problems,
            texts: settings.texts,
            threads: threads
        )
        let prompts = try LocalizationTool.prompts(of: run, count: settings.samples)
        let inputs = ImportanceStore.inputs(prompts).merging(probe.inputs) { $1 }
            .merging(models) { $1 }
        return try target.resumableRecord(Self.kind, settings, inputs) {
            try InterventionWork(self, run, probe, prompts, $0).record(progress)
        }
    }
}

/// The work of one analysis: models and sets, made when they are first needed.
private final class InterventionWork {
    private let settings: InterventionTool.Settings
    private let run: AnalyzedRun
    private let finished: FinishedProbes
    private let threads: Int
    private let pool: WorkerPool
    private let probe: ModelProbe
    /// The samples of each language by which weights are chosen.
    private let prompts: [PromptSet]
    private let languages: [String]
    private let model: TransformerModel
    private let base: TransformerModel
    private var scores: [String: ImportanceScores] = [:]
    private var sets: [SetKey: ParameterSet] = [:]

    private struct SetKey: Hashable {
        var isOfBase: Bool
        var weights: InterventionRecord.Weights
        var language: String
    }

    init(
        _ tool: InterventionTool,
        _ run: AnalyzedRun,
        _ probe: ModelProbe,
        _ prompts: [PromptSet],
        _ finished: FinishedProbes
    ) throws {
        settings = tool.settings
        threads = tool.threads
        self.run = run
        self.finished = finished
        pool = WorkerPool(threadCount: tool.threads)
        self.probe = probe
        self.prompts = prompts
        languages = prompts.map(\.language)
        model = try run.model(named: settings.model)
        base = try run.model(named: settings.base)
    }

    func record(_ progress: AnalysisListener) throws -> InterventionRecord {
        let plans = PlannedIntervention.all(
            languages: languages,
            layers: model.configuration.layerCount,
            settings
        )
        // What is compared with, then the plans.
        let total = plans.count + 2
        try progress(AnalysisStep("intact", 0, of: total))
        let intact = try finished.outcomes("intact", like: nil) {
            (try probe.outcomes(of: model), nil)
        }.outcomes
        try progress(AnalysisStep("base", 1, of: total))
        let baseline = try finished.outcomes("base", like: intact) {
            (try probe.outcomes(of: base), nil)
        }.outcomes
        var measured: [(plan: PlannedIntervention, outcomes: [Metric: Outcomes], count: Int?)] = []
        for (place, plan) in plans.enumerated() {
            try progress(AnalysisStep(plan.name, place + 2, of: total))
            let (outcomes, count) = try finished.outcomes(plan.name, like: intact) {
                let (changed, count) = try changed(by: plan)
                return (try probe.outcomes(of: changed), count)
            }
            measured.append((plan, outcomes, count))
        }
        try progress(AnalysisStep("done", total, of: total))
        var entries: [InterventionRecord.Entry] = []
        for plan in plans where plan.draw == 0 {
            let own = measured.filter { $0.plan.withoutDraw == plan }
            let reference = plan.kind == .train ? baseline : intact
            entries.append(
                InterventionRecord.Entry(
                    kind: plan.kind,
                    weights: plan.weights,
                    language: plan.language,
                    factor: plan.factor,
                    layers: plan.layers.map { [$0.lowerBound, $0.upperBound] },
                    count: own.first?.count,
                    draws: own.count,
                    effects: try InterventionEffects.effects(
                        of: own.map(\.outcomes),
                        against: reference,
                        on: InterventionRecord.metrics,
                        seed: settings.seed
                    )
                )
            )
        }
        return InterventionRecord(
            model: settings.model,
            base: settings.base,
            source: "the \(run.experiment.sampleSplit.rawValue) split",
            problems: settings.problems,
            texts: settings.texts,
            share: settings.share,
            intact: intact.compactMapValues(\.measurement),
            baseline: baseline.compactMapValues(\.measurement),
            entries: InterventionEffects.adjusted(entries, on: InterventionRecord.metrics)
        )
    }

    /// The changed model and how many weights were chosen.
    private func changed(by plan: PlannedIntervention) throws -> (TransformerModel, Int?) {
        switch plan.kind {
        case .bypass:
            return (model.bypassing(layer: plan.layers?.lowerBound ?? 0), nil)
        case .revert:
            let layers = plan.layers ?? 0...0
            return (model.reverting(layers: Range(layers), to: base), nil)
        case .prune, .scale:
            let set = try set(of: plan)
            return (set.scaled(in: model, by: Float(plan.factor ?? 0)), set.count)
        case .train:
            let set = plan.weights == .all ? nil : try set(of: plan)
            let trained = try SetTraining(run, stage: settings.trainedOn, threads: threads)
                .trained(base, only: set)
            return (trained, set?.count ?? base.parameterCount)
        }
    }

    private func set(of plan: PlannedIntervention) throws -> ParameterSet {
        let isOfBase = plan.kind == .train
        let language = plan.language ?? languages[0]
        if plan.weights == .random {
            let like = try set(.mathematics, language, isOfBase: isOfBase)
            return ParameterSet(randomLike: like, seed: settings.seed, draw: plan.draw)
        }
        return try set(plan.weights ?? .mathematics, language, isOfBase: isOfBase)
    }

    private func set(
        _ weights: InterventionRecord.Weights,
        _ language: String,
        isOfBase: Bool
    ) throws -> ParameterSet {
        let key = SetKey(isOfBase: isOfBase, weights: weights, language: language)
        if let known = sets[key] { return known }
        let source = isOfBase ? base : model
        let scores = try scores(of: source, named: isOfBase ? settings.base : settings.model)
        let set = ParameterSet(
            mathematicsOf: scores.languages.firstIndex(of: language) ?? 0,
            in: source,
            scores,
            share: settings.share,
            subtracted: weights == .mathematics,
            pool: pool
        )
        sets[key] = set
        return set
    }

    private func scores(of model: TransformerModel, named name: String) throws -> ImportanceScores {
        if let known = scores[name] { return known }
        // As many groups as localizing has, so that what it has stored serves here too.
        let groups = min(settings.samples, LocalizationTool.Settings.standardGroups)
        let made = try ImportanceStore(for: name, of: run).scores(
            of: model,
            prompts,
            groups: groups
        ) {
            try ImportanceScores(of: model, prompts: prompts, groupCount: groups, pool: pool)
        }
        scores[name] = made
        return made
    }
}
