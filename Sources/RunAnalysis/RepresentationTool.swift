import Analysis
import Checkpointing
import Datasets
import Foundation
import Foundations
import MergeMethods
import RunRecords
import Transformer

/// Compares the states of models for the same sentences in two languages.
package struct RepresentationTool: AnalysisTool {
    package typealias Settings = RepresentationSettings
    package typealias Result = ModelResults<RepresentationRecord>
    /// What was found in one model.
    package typealias ModelResult = Result.ModelResult

    package static let kind = AnalysisKind.representations

    let settings: Settings
    let threads: Int

    /// Documents of each language that tell which tokens are its own.
    private static let languageDocuments = 500

    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    package static func standardSettings(for run: AnalyzedRun) -> Settings {
        Settings(models: standardModels(of: run))
    }

    /// The models of a run that are looked into when nobody names others.
    package static func standardModels(of run: AnalyzedRun) -> [String] {
        run.models(among: [
            ModelPart.base.name, ModelPart.math.name, ModelPart.language.name, "swap",
        ])
    }

    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: RepresentationFile, isNew: Bool) {
        try settings.check()
        let experiment = run.experiment
        let languages = experiment.recipe.languages
        let tokenizer = try run.tokenizer()
        let sentences = try experiment.sampleSentences(count: settings.sentences)
        let pairs = try sentences.map { pair in
            (
                first: try tokenizer.sample(.text(pair.english)),
                second: try tokenizer.sample(.text(pair.target))
            )
        }
        let texts = try [LanguageRole.english, .target].map { role in
            try experiment.languageTexts(role, count: Self.languageDocuments).map {
                try tokenizer.sample($0)
            }
        }
        var inputs = try run.identities(of: settings.models)
        inputs["sentences"] = ImportanceStore.hash([
            PromptSet(
                language: languages.english,
                mathematics: pairs.map(\.first),
                other: texts[0]
            ),
            PromptSet(
                language: languages.target,
                mathematics: pairs.map(\.second),
                other: texts[1]
            ),
        ])
        return try target.record(Self.kind, settings, inputs) { _ in
            Result(
                source: "sentences of the \(experiment.sampleSplit.rawValue) split",
                models: try settings.models.enumerated().map { place, name in
                    try progress(AnalysisStep(name, place, of: settings.models.count))
                    return try result(
                        of: run.model(named: name),
                        name,
                        (languages.english, languages.target),
                        pairs,
                        texts
                    )
                }
            )
        }
    }

    /// Looks into a checkpoint with the sentences of a file, whose fields have the languages'
    /// names.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, `DataFileError` and what `progress`
    ///   throws.
    package func run(
        _ checkpoint: OpenedCheckpoint,
        pairs url: URL,
        languages: (first: String, second: String),
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: RepresentationFile, isNew: Bool) {
        try settings.check()
        let file = try SampleFile(at: url)
        let sides = try [languages.first, languages.second].map {
            try file.samples(of: $0, with: checkpoint.tokenizer)
        }
        try sides.forEach { try checkpoint.check($0, of: url) }
        let pairs = zip(sides[0], sides[1]).prefix(settings.sentences).map {
            (first: $0, second: $1)
        }
        let vocabulary = checkpoint.model.configuration.vocabularySize
        for token in sides.joined().joined() where token < 0 || token >= vocabulary {
            throw AnalysisError.unknownToken(
                what: url.shownPath,
                token: token,
                vocabulary: vocabulary
            )
        }
        let inputs = [
            checkpoint.name: checkpoint.identity,
            "pairs": try ContentHash.of(file: url).hexadecimal,
        ]
        return try target.record(Self.kind, settings, inputs) { _ in
            try progress(AnalysisStep(checkpoint.name, 0, of: 1))
            return Result(
                source: url.shownPath,
                models: [
                    try result(of: checkpoint.model, checkpoint.name, languages, pairs, sides)
                ]
            )
        }
    }

    /// Looks into a checkpoint with problems that have the same identities in several languages.
    ///
    /// Sentences are the problems that every language has, in the order of the first one. The most
    /// probable tokens are not looked at.
    ///
    /// - Returns: The record, with a result for every two languages, and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, `DataFileError` and what `progress`
    ///   throws.
    package func run(
        _ checkpoint: OpenedCheckpoint,
        languages files: LanguageFiles,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: RepresentationFile, isNew: Bool) {
        try settings.check()
        let questions = try files.languages.map { language in
            let questions = try LanguageFiles.questions(at: language.problems)
            return Dictionary(questions.map { ($0.id, $0.text) }) { first, _ in first }
        }
        guard let first = files.languages.first else {
            throw AnalysisError.tooFew(what: "languages", found: 0, expected: 2)
        }
        let shared = try LanguageFiles.questions(at: first.problems).map(\.id)
            .filter { id in questions.allSatisfy { $0[id] != nil } }.prefix(settings.sentences)
        let sentences = try zip(files.languages, questions).map { language, questions in
            try checkpoint.tokens(shared.compactMap { questions[$0] }, of: language.problems)
        }
        var inputs = [checkpoint.name: checkpoint.identity]
        for (language, sentences) in zip(files.languages, sentences) {
            inputs["sentences \(language.code)"] = ImportanceStore.hash([
                PromptSet(language: language.code, mathematics: sentences, other: [])
            ])
        }
        return try target.record(Self.kind, settings, inputs) { _ in
            let records = try RepresentationAnalysis(draws: settings.draws, seed: settings.seed)
                .run(
                    checkpoint.model,
                    languages: files.languages.map(\.code),
                    sentences: sentences,
                    kinds: nil,
                    threadCount: threads
                ) {
                    try progress(AnalysisStep("\(checkpoint.name): languages", $0, of: $1))
                }
            return Result(
                source: files.source,
                models: records.map { record in
                    let pair = record.languages.joined(separator: "–")
                    return ModelResult(model: "\(checkpoint.name) \(pair)", record: record)
                }
            )
        }
    }

    private func result(
        of model: TransformerModel,
        _ name: String,
        _ languages: (first: String, second: String),
        _ pairs: [(first: [Int32], second: [Int32])],
        _ texts: [[[Int32]]]
    ) throws -> ModelResult {
        let analysis = RepresentationAnalysis(draws: settings.draws, seed: settings.seed)
        let record = try analysis.run(
            model,
            languages: languages,
            sentences: pairs,
            kinds: TokenLanguages(
                // What begins every text belongs to no language.
                first: texts[0].map { Array($0.dropFirst()) },
                second: texts[1].map { Array($0.dropFirst()) },
                vocabularySize: model.configuration.vocabularySize
            ),
            threadCount: threads
        )
        return ModelResult(model: name, record: record)
    }
}
