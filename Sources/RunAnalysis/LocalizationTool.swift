import Analysis
import Datasets
import Foundation
import Foundations
import Kernels
import MergeMethods
import Pipeline
import RunRecords
import Tokenization
import Transformer

/// Finds the weights that carry mathematics in each language, in models of a run or in a
/// checkpoint.
package struct LocalizationTool: AnalysisTool {
    package typealias Settings = LocalizationSettings
    package typealias Result = ModelResults<LocalizationRecord>
    /// What was found in one model.
    package typealias ModelResult = Result.ModelResult

    package static let kind = AnalysisKind.localize

    /// Samples of one language in files.
    package struct Files: Sendable {
        /// The language.
        package var language: String
        /// Samples with mathematics.
        package var mathematics: URL
        /// Samples without.
        package var other: URL

        /// Names files.
        package init(language: String, mathematics: URL, other: URL) {
            self.language = language
            self.mathematics = mathematics
            self.other = other
        }
    }

    let settings: Settings
    let threads: Int

    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    package static func standardSettings(for run: AnalyzedRun) -> Settings {
        Settings(models: standardModels(of: run))
    }

    /// The models of a run that are looked into when nobody names others.
    package static func standardModels(of run: AnalyzedRun) -> [String] {
        run.models(among: [ModelPart.base.name, ModelPart.math.name, "swap"])
    }

    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: LocalizationFile, isNew: Bool) {
        try settings.check()
        let models = try run.identities(of: settings.models)
        let prompts = try Self.prompts(of: run, count: settings.samples)
        let inputs = ImportanceStore.inputs(prompts).merging(models) { $1 }
        return try target.record(Self.kind, settings, inputs) { _ in
            Result(
                source: "problems, texts and questions of the "
                    + "\(run.experiment.sampleSplit.rawValue) split",
                models: try settings.models.map { name in
                    try result(
                        of: run.model(named: name),
                        name,
                        prompts,
                        store: ImportanceStore(for: name, of: run),
                        progress
                    )
                }
            )
        }
    }

    /// Looks into a checkpoint with samples of files.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, `DataFileError` and what `progress`
    ///   throws.
    package func run(
        _ checkpoint: OpenedCheckpoint,
        files: [Files],
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: LocalizationFile, isNew: Bool) {
        try settings.check()
        let prompts = try files.map { file in
            func samples(_ url: URL) throws -> [[Int32]] {
                let all = try SampleFile(at: url).samples(with: checkpoint.tokenizer)
                let samples = Array(all.prefix(settings.samples))
                try checkpoint.check(samples, of: url)
                return samples
            }
            return PromptSet(
                language: file.language,
                mathematics: try samples(file.mathematics),
                other: try samples(file.other)
            )
        }
        let inputs = ImportanceStore.inputs(prompts)
            .merging([checkpoint.name: checkpoint.identity]) { $1 }
        return try target.record(Self.kind, settings, inputs) { _ in
            Result(
                source: files.map { file in
                    "\(file.language): \(file.mathematics.shownPath), \(file.other.shownPath)"
                }.joined(separator: "; "),
                models: [
                    try result(
                        of: checkpoint.model,
                        checkpoint.name,
                        prompts,
                        store: nil,
                        progress
                    )
                ]
            )
        }
    }

    /// Looks into checkpoints with problems and texts of several languages.
    ///
    /// The norms of each language are kept beside the record, so that an interrupted analysis goes
    /// on with the languages that are missing.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, `DataFileError` and what `progress`
    ///   throws.
    package func run(
        _ checkpoint: OpenedCheckpoint,
        languages files: LanguageFiles,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: LocalizationFile, isNew: Bool) {
        try settings.check()
        let prompts = try files.languages.map { language in
            let samples = try files.samples(of: language, count: settings.samples, for: checkpoint)
            return PromptSet(
                language: language.code,
                mathematics: samples.mathematics,
                other: samples.other
            )
        }
        let inputs = ImportanceStore.inputs(prompts)
            .merging([checkpoint.name: checkpoint.identity]) { $1 }
        return try target.record(Self.kind, settings, inputs) { _ in
            let pool = WorkerPool(threadCount: threads)
            let parts = try prompts.map { prompt in
                try ImportanceStore(for: prompt.language, of: checkpoint, beside: target.url)
                    .scores(
                        of: checkpoint.model,
                        [prompt],
                        groups: settings.groups
                    ) {
                        try ImportanceScores(
                            of: checkpoint.model,
                            prompts: [prompt],
                            groupCount: settings.groups,
                            pool: pool
                        ) {
                            let what = "\(checkpoint.name): reading \(prompt.language)"
                            try progress(AnalysisStep(what, $0, of: $1))
                        }
                    }
            }
            return Result(
                source: files.source,
                models: [
                    try result(
                        of: checkpoint.model,
                        checkpoint.name,
                        ImportanceScores(joining: parts),
                        pool,
                        progress
                    )
                ]
            )
        }
    }

    private func result(
        of model: TransformerModel,
        _ name: String,
        _ prompts: [PromptSet],
        store: ImportanceStore?,
        _ progress: AnalysisListener
    ) throws -> ModelResult {
        let pool = WorkerPool(threadCount: threads)
        func gather() throws -> ImportanceScores {
            try ImportanceScores(
                of: model,
                prompts: prompts,
                groupCount: settings.groups,
                pool: pool
            ) { try progress(AnalysisStep("\(name): reading samples", $0, of: $1)) }
        }
        let scores =
            try store?.scores(of: model, prompts, groups: settings.groups, gather: gather)
            ?? gather()
        return try result(of: model, name, scores, pool, progress)
    }

    private func result(
        of model: TransformerModel,
        _ name: String,
        _ scores: ImportanceScores,
        _ pool: WorkerPool,
        _ progress: AnalysisListener
    ) throws -> ModelResult {
        let analysis = LocalizationAnalysis(
            shares: settings.shares,
            draws: settings.draws,
            resamples: settings.resamples ?? 0,
            seed: settings.seed
        )
        let record = try analysis.run(model, scores, pool: pool) {
            try progress(AnalysisStep("\(name): cutting sets", $0, of: $1))
        }
        return ModelResult(model: name, record: record)
    }

    /// What a model of a run is shown in each language.
    static func prompts(of run: AnalyzedRun, count: Int) throws -> [PromptSet] {
        let experiment = run.experiment
        let (tokenizer, form) = (try run.tokenizer(), try run.form())
        return try LanguageRole.allCases.map { role in
            PromptSet(
                language: experiment.recipe.languages[role],
                mathematics: try experiment.sampleProblems(role, count: count).map { problem in
                    try tokenizer.sample(
                        .chat(prompt: problem.question, response: problem.response),
                        form: form
                    )
                },
                other: try experiment.samplesWithoutMathematics(role, count: count).map {
                    try tokenizer.sample($0, form: form)
                }
            )
        }
    }
}
