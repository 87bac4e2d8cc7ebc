import Datasets
import Evaluation
import Foundation
import Recipes

/// A recipe whose languages, sources and problems have been found and opened.
package struct Experiment: Sendable {
    /// The recipe and where it came from.
    package let loaded: LoadedRecipe
    /// The packs of both languages.
    let english: LanguagePack
    let target: LanguagePack
    /// The generated world; nil when the recipe reads everything from files.
    let world: BilingualWorld?
    /// The worlds of further target languages, by their codes.
    private let otherWorlds: [String: BilingualWorld]
    let files = SourceCache()
    /// Tells the languages of replies apart; every model's are looked at.
    let classifier = Once<AnswerLanguage>()

    /// The recipe.
    package var recipe: Recipe { loaded.recipe }

    /// Opens what the recipe needs.
    ///
    /// - Throws: Errors of language packs and their pairing.
    package init(_ loaded: LoadedRecipe) throws {
        self.loaded = loaded
        let recipe = loaded.recipe
        english = try loaded.languagePack(recipe.languages.english)
        target = try loaded.languagePack(recipe.languages.target)
        world =
            recipe.needsWorld
            ? try BilingualWorld(source: english, target: target, settings: recipe.world) : nil
        var otherWorlds: [String: BilingualWorld] = [:]
        for code in recipe.otherTargets {
            otherWorlds[code] = try BilingualWorld(
                source: english,
                target: loaded.languagePack(code),
                settings: recipe.world
            )
        }
        self.otherWorlds = otherWorlds
    }

    /// The mixture of a stage, of documents in one split.
    func mixture(_ settings: MixtureSettings, split: Split) throws -> Mixture {
        try Mixture(
            settings.entries.filter { $0.value.weight > 0 }.map { entry in
                Mixture.Component(
                    name: entry.name,
                    source: try source(entry.value, split: split),
                    weight: entry.value.weight,
                    masksPrompt: entry.value.maskPrompt
                )
            }
        )
    }

    /// The documents of one source.
    func source(_ settings: SourceSettings, split: Split) throws -> any DocumentSource {
        if let file = settings.file {
            return try files.source(of: settings, split: split) {
                try read(settings, from: file, split: split)
            }
        }
        let world = try generated(settings.target)
        let target = settings.target ?? recipe.languages.target
        func code(_ role: LanguageRole) -> String {
            role == .target ? target : recipe.languages.english
        }
        let language = code(settings.language)
        switch settings.kind {
        case .text:
            return try world.monolingual(
                language: language,
                vocabulary: settings.vocabulary,
                split: split
            )
        case .translation:
            return try world.parallel(vocabulary: settings.vocabulary, split: split)
        case .questions:
            return try world.instructions(
                language: language,
                replyLanguage: code(settings.reply),
                vocabulary: settings.vocabulary,
                split: split
            )
        case .events:
            return try world.events(
                language: language,
                replyLanguage: code(settings.reply),
                vocabulary: settings.vocabulary,
                split: split
            )
        case .arithmetic:
            return try world.arithmetic(split: split, atMost: settings.numbersUpTo)
        case .problems:
            return try world.wordProblems(
                language: language,
                split: split,
                vocabulary: settings.vocabulary,
                kinds: settings.kinds.isEmpty ? nil : settings.kinds,
                solution: settings.solution,
                atMost: settings.numbersUpTo
            )
        }
    }

    /// The generated world, or that of English and a further target language.
    func generated(_ code: String? = nil) throws -> BilingualWorld {
        let other = code.flatMap { otherWorlds[$0] }
        guard let world = other ?? world else { throw ExperimentError.noWorld }
        return world
    }

    /// The sources that the tokenizer is trained on, each once.
    func corpusSources() throws -> [any DocumentSource] {
        let mixtures =
            recipe.tokenizer.corpus.map { [$0] }
            ?? recipe.stages.names.flatMap { recipe.effective(stage: $0)?.mixtures ?? [] }
        var seen: Set<String> = []
        return try mixtures.flatMap(\.entries).filter { $0.value.weight > 0 }.compactMap { entry in
            let source = try source(entry.value, split: .train)
            return seen.insert(source.fingerprint).inserted ? source : nil
        }
    }

    /// The texts that the tokenizer is trained on: of each source the first documents.
    ///
    /// A finite source gives documents spread evenly over its length.
    func corpusTexts(_ sources: [any DocumentSource]) throws -> [String] {
        let wanted = recipe.tokenizer.documentsPerSource
        return try sources.flatMap { source in
            let count = min(source.count ?? wanted, wanted)
            return try (0..<count).flatMap { index in
                let place = source.count.map { index * $0 / count } ?? index
                switch try source.document(at: place) {
                case .text(let text): return [text]
                case .chat(let prompt, let response): return [prompt, response]
                }
            }
        }
    }

    /// The held-out documents of a language.
    func heldOutDocuments(_ role: LanguageRole) throws -> [Document] {
        let settings = recipe.evaluation.text[role]
        let source: any DocumentSource
        if let file = settings.file {
            source = try TextCorpus(at: url(of: file), field: settings.field ?? "text")
        } else {
            source = try generated().monolingual(
                language: recipe.languages[role],
                split: recipe.evaluation.split
            )
        }
        let wanted = settings.documents ?? source.count ?? 0
        return try (0..<min(wanted, source.count ?? wanted)).map { try source.document(at: $0) }
    }
}

/// What makes a recipe impossible to run although it can be read.
package enum ExperimentError: Error, CustomStringConvertible {
    /// A generated source was asked of a recipe without a world.
    case noWorld
    /// A file was asked of a recipe without a folder of data.
    case noDataFolder(file: String)
    /// The folder of the data is not there.
    case missingDataFolder(folder: String)
    /// The model that a stage names is not there.
    case missingCheckpoint(stage: String, folder: String)
    /// The model that a stage names does not fit that of the base.
    case unfitting(stage: String, folder: String, base: String, reason: String)
    /// The zones of a swap would be found on test problems.
    case zonesByTestProblems
    /// All development problems of a file are measured, and none is left to choose settings by.
    case nothingToChooseBy(_ measured: Int)

    package var description: String {
        switch self {
        case .noWorld:
            return "a generated source was asked for, but the recipe has no generated world"
        case .noDataFolder(let file):
            return "\(file) is to be read, but data.folder is not set; add --set data.folder=FOLDER"
        case .missingDataFolder(let folder):
            return "data.folder is \(folder), and there is no such folder; set it with --set "
                + "data.folder=FOLDER"
        case .missingCheckpoint(let stage, let folder):
            return "stages.\(stage).checkpoint is \(folder), and there is no such folder; "
                + CheckpointPath.advice(stage: stage)
        case .unfitting(let stage, let folder, let base, let reason):
            return "stages.\(stage).checkpoint (\(folder)) does not fit stages.base.checkpoint "
                + "(\(base)): \(reason)"
        case .zonesByTestProblems:
            return "pattern: retrieval would choose zones on test problems; keep some problems for "
                + "development with evaluation.development_share, or give bottom and top"
        case .nothingToChooseBy(let measured):
            return "evaluation.split is development, and all \(measured) development problems are "
                + "measured, so that none is left to choose settings by; measure fewer with "
                + "evaluation.problems.target.problems, or leave evaluation.development out"
        }
    }
}

extension Recipe {
    /// Whether a stage or the evaluation reads files of data.
    package var readsFiles: Bool {
        let sources = stages.entries.flatMap(\.value.mixtures).flatMap(\.entries)
        return sources.contains { $0.value.file != nil && $0.value.weight > 0 }
            || LanguageRole.allCases.contains {
                evaluation.problems[$0].file != nil || evaluation.text[$0].file != nil
            } || (evaluation.bystanders?.entries.contains { $0.value.file != nil } ?? false)
            || evaluation.examples != nil
            || evaluation.choice != nil || evaluation.mgsm != nil
    }

    /// Whether any stage or evaluation reads generated documents.
    var needsWorld: Bool {
        let mixtures = stages.entries.flatMap(\.value.mixtures)
        let sources = (mixtures + [tokenizer.corpus].compactMap { $0 }).flatMap(\.entries)
        let files = [
            evaluation.problems.target.file, evaluation.problems.english.file,
            evaluation.text.target.file, evaluation.text.english.file,
        ]
        return sources.contains { $0.value.file == nil } || files.contains(nil)
            || (evaluation.development != nil && evaluation.developmentShare == nil)
            || evaluation.translations > 0
            || evaluation.questions > 0
    }
}
