import Analysis
import Datasets
import Evaluation
import Foundation
import Kernels
import RunRecords
import Transformer

extension InterventionTool {
    /// Prunes and scales the weights of mathematics of each language in a checkpoint, and measures
    /// how well it then predicts problems and other text of every language.
    ///
    /// Forward passes alone. Problems and texts that are measured are none of those that cut the
    /// sets. An interrupted analysis goes on where it was.
    ///
    /// - Parameters:
    ///   - checkpoint: The checkpoint.
    ///   - files: Problems and other text of each language.
    ///   - target: Where the record goes.
    ///   - progress: As for a run.
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisError`, errors of files and what `progress` throws.
    package func run(
        _ checkpoint: OpenedCheckpoint,
        languages files: LanguageFiles,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: InterventionFile, isNew: Bool) {
        try settings.check()
        let work = try CheckpointInterventions(self, checkpoint, files, beside: target.url)
        return try target.resumableRecord(Self.kind, settings, work.inputs) {
            try work.record($0, source: files.source, progress)
        }
    }
}

/// The work on one checkpoint.
private struct CheckpointInterventions {
    private let settings: InterventionTool.Settings
    private let checkpoint: OpenedCheckpoint
    private let record: URL
    private let prompts: [PromptSet]
    /// Problems and texts that are measured, by metric.
    private let measured: [(metric: Metric, texts: [Document])]
    private let pool: WorkerPool
    private let threads: Int

    /// The identities of what decides the result.
    let inputs: [String: String]

    init(
        _ tool: InterventionTool,
        _ checkpoint: OpenedCheckpoint,
        _ files: LanguageFiles,
        beside record: URL
    ) throws {
        settings = tool.settings
        threads = tool.threads
        pool = WorkerPool(threadCount: tool.threads)
        self.checkpoint = checkpoint
        self.record = record
        let (samples, problems, texts) = (settings.samples, settings.problems, settings.texts)
        prompts = try files.languages.map { language in
            let own = try files.samples(of: language, count: samples, for: checkpoint)
            return PromptSet(
                language: language.code,
                mathematics: own.mathematics,
                other: own.other
            )
        }
        measured = try files.languages.flatMap { language in
            // Behind the samples of mathematics, and those that lost their numbers.
            let questions = Array(
                try LanguageFiles.questions(at: language.problems).map(\.text)
                    .dropFirst(2 * samples)
            )
            let other: [String] =
                switch language.other {
                case .text(let url)?:
                    Array(
                        try LanguageFiles.texts(at: url, language: language.code)
                            .dropFirst(samples)
                    )
                case .numberless(let url)?:
                    try LanguageFiles.questions(at: url).dropFirst(2 * samples + problems)
                        .map { LanguageFiles.withoutNumbers($0.text) }
                case nil: []
                }
            return try [
                (Self.metric("math", language.code), questions, problems),
                (Self.metric("other", language.code), other, texts),
            ].map { metric, texts, wanted in
                guard texts.count >= wanted else {
                    throw AnalysisError.tooFew(
                        what: "texts for \(metric) behind the samples",
                        found: texts.count,
                        expected: wanted
                    )
                }
                return (metric, texts.prefix(wanted).map { Document.text($0) })
            }
        }
        var inputs = ImportanceStore.inputs(prompts)
        inputs[checkpoint.name] = checkpoint.identity
        for (metric, texts) in measured {
            inputs[metric.rawValue] = ImportanceStore.hash(of: texts.map { "\($0)" })
        }
        self.inputs = inputs
    }

    private static func metric(_ kind: String, _ language: String) -> Metric {
        Metric("\(language)_\(kind)_bits_per_byte")
    }

    func record(
        _ finished: FinishedProbes,
        source: String,
        _ progress: AnalysisListener
    ) throws -> InterventionRecord {
        let model = checkpoint.model
        let plans = PlannedIntervention.all(
            languages: prompts.map(\.language),
            layers: 0,
            settings
        )
        try progress(AnalysisStep("intact", 0, of: plans.count + 1))
        let intact = try finished.outcomes("intact", like: nil) {
            (try outcomes(of: model), nil)
        }.outcomes
        let scores = try self.scores()
        var measured: [(plan: PlannedIntervention, outcomes: [Metric: Outcomes], count: Int?)] = []
        for (place, plan) in plans.enumerated() {
            try progress(AnalysisStep(plan.name, place + 1, of: plans.count + 1))
            let (outcomes, count) = try finished.outcomes(plan.name, like: intact) {
                let set = set(of: plan, scores)
                let changed = set.scaled(in: model, by: Float(plan.factor ?? 0))
                return (try self.outcomes(of: changed), set.count)
            }
            measured.append((plan, outcomes, count))
        }
        try progress(AnalysisStep("done", plans.count + 1, of: plans.count + 1))
        let metrics = self.measured.map(\.metric)
        let entries = try plans.filter { $0.draw == 0 }.map { plan in
            let own = measured.filter { $0.plan.withoutDraw == plan }
            return InterventionRecord.Entry(
                kind: plan.kind,
                weights: plan.weights,
                language: plan.language,
                factor: plan.factor,
                count: own.first?.count,
                draws: own.count,
                effects: try InterventionEffects.effects(
                    of: own.map(\.outcomes),
                    against: intact,
                    on: metrics,
                    seed: settings.seed
                )
            )
        }
        let values = intact.compactMapValues(\.measurement)
        return InterventionRecord(
            model: settings.model,
            base: settings.base,
            source: source,
            problems: settings.problems,
            texts: settings.texts,
            share: settings.share,
            intact: values,
            baseline: values,
            entries: InterventionEffects.adjusted(entries, on: metrics)
        )
    }

    private func scores() throws -> ImportanceScores {
        let groups = min(settings.samples, LocalizationTool.Settings.standardGroups)
        return ImportanceScores(
            joining: try prompts.map { prompt in
                try ImportanceStore(for: prompt.language, of: checkpoint, beside: record).scores(
                    of: checkpoint.model,
                    [prompt],
                    groups: groups
                ) {
                    try ImportanceScores(
                        of: checkpoint.model,
                        prompts: [prompt],
                        groupCount: groups,
                        pool: pool
                    )
                }
            }
        )
    }

    private func set(of plan: PlannedIntervention, _ scores: ImportanceScores) -> ParameterSet {
        let set = ParameterSet(
            mathematicsOf: scores.languages.firstIndex(of: plan.language ?? "") ?? 0,
            in: checkpoint.model,
            scores,
            share: settings.share,
            subtracted: plan.weights != .top,
            pool: pool
        )
        guard plan.weights == .random else { return set }
        return ParameterSet(randomLike: set, seed: settings.seed, draw: plan.draw)
    }

    private func outcomes(of model: TransformerModel) throws -> [Metric: Outcomes] {
        guard let tokenizer = checkpoint.tokenizer else { return [:] }
        let scorer = SequenceScorer(model: model, threadCount: threads)
        var outcomes: [Metric: Outcomes] = [:]
        for (metric, texts) in measured {
            outcomes[metric] = try LikelihoodEvaluator(
                task: metric.rawValue,
                tokenizer: tokenizer
            ).evaluate(texts, with: scorer).outcomes
        }
        return outcomes
    }
}
