import Datasets
import RecipeDocuments

/// Whether results after `=` are filled in for the model, as GSM8K's authors decoded.
package enum CalculatorUse: String, Encodable, CaseIterable, Sendable {
    /// The model computes for itself.
    case off
    /// Every result is filled in.
    case on
    /// Both, as separate metrics.
    case both
}

/// What every model is measured on.
package struct EvaluationSettings: Encodable, Hashable, Sendable {
    /// One set for each language.
    package struct Pair<Part: Encodable & Hashable & Sendable>: Encodable, Hashable, Sendable {
        /// The set in the target language.
        package var target: Part
        /// The set in English.
        package var english: Part

        /// The set of one language.
        package subscript(role: LanguageRole) -> Part { role == .target ? target : english }
    }

    enum RoleKeys: String, DescribedKey {
        case target, english

        static let places = ["evaluation.problems", "evaluation.text"]

        var entry: KeyEntry {
            switch self {
            case .target:
                .section(.required("the set in the target language")).meaning(
                    "The set in the target language."
                ).written(as: "{problems: 300}")
            case .english:
                .section(.required("the set in English")).meaning("The set in English.").written(
                    as: "{problems: 300}"
                )
            }
        }
    }

    /// The part of the generated world that problems and texts come from.
    package var split: Split
    /// Whether results are filled in.
    package var calculator: CalculatorUse
    /// Problems of the development split by which settings and experts are chosen; nil when nothing
    /// is chosen.
    package var development: DevelopmentSettings?
    /// The share of the problems of files, by their identities, that is kept for development; nil
    /// where files are asked whole.
    package var developmentShare: Double?
    /// Examples before each question; nil for none.
    package var examples: ExampleSettings?
    /// Word problems of other languages by their codes; nil for none.
    package var bystanders: Named<ProblemSetSettings>?
    /// Models that are tested against all others; every layer swap when the recipe names none.
    package var compare: [String]
    /// Models against which the tests are the experiment's question.
    ///
    /// These tests are adjusted among themselves, all others for everything that is tested; nil
    /// when no test is above the others.
    package var primary: [String]?
    /// Whether the first operator that a model would write is measured.
    package var operatorChoice: Bool
    /// How many sentences are translated each way; 0 for none.
    package var translations: Int
    /// How many questions are asked in the target language about sentences; 0 for none.
    package var questions: Int
    /// Problems with choices, whose likelihoods are compared; nil for none.
    package var choice: ChoiceSettings?
    /// MGSM as lm-evaluation-harness asks it; nil when it is not asked.
    package var mgsm: MGSMSettings?
    /// The longest reply.
    package var maximumNewTokens: Int
    /// How many problems are decoded together; no score depends on it.
    package var batchSize: Int
    /// Whether all ranks of a launcher answer together; nil for no.
    ///
    /// No score depends on it.
    package var dataParallel: Bool?
    /// Word problems.
    package var problems: Pair<ProblemSetSettings>
    /// Held-out text.
    package var text: Pair<HeldOutTextSettings>

    enum CodingKeys: String, DescribedKey {
        case split, development
        case developmentShare = "development_share"
        case examples, bystanders, compare, primary, calculator
        case operatorChoice = "operator_choice"
        case translations, questions, choice, mgsm
        case maximumNewTokens = "maximum_new_tokens"
        case batchSize = "batch_size"
        case dataParallel = "data_parallel"
        case problems, text

        static let places = ["evaluation"]

        var entry: KeyEntry {
            switch self {
            case .split:
                .choice(.value(Split.test)).meaning(
                    "The split of the generated world that problems and texts come from; "
                        + "train is refused."
                )
            case .development:
                .section(.absent("nothing is chosen")).meaning(
                    "Problems of the development split by which settings and experts are chosen; "
                        + "others than those that are measured."
                ).written(as: "{problems: 300}")
            case .developmentShare:
                .number(
                    NumberRange("share", 0...1, excluding: .upper),
                    .absent("files are asked whole")
                ).meaning(
                    "Share of the problems of files, by their ids, that is kept for development: "
                        + "`split: development` asks them, `split: test` the others."
                ).written(as: "0.4")
            case .examples:
                .section(.absent("questions are asked alone")).meaning(
                    "Worked examples that stand before each question."
                ).written(as: "{file: mgsm/exemplars.jsonl.gz}")
            case .bystanders:
                .section(.absent("none")).meaning(
                    "Word problems in other languages, by their codes: of files, or generated."
                ).written(as: "{fr: {file: msvamp_fr.json, format: msvamp}}")
            case .compare:
                .texts(
                    "a list of models",
                    each: "the name of a model",
                    .derived("every layer swap")
                ).meaning("Models that are tested against all others.").written(as: "[swap]")
            case .primary:
                .texts(
                    "a list of models",
                    each: "the name of a model",
                    .absent("no test is primary")
                ).meaning(
                    "Models against which the tests are the experiment's question; these tests are "
                        + "adjusted among themselves."
                ).written(as: "[base, math]")
            case .calculator:
                .choice(.value(CalculatorUse.off)).meaning(
                    "Whether results after `=` are filled in for the model; both measures it with "
                        + "and without."
                )
            case .operatorChoice:
                .boolean(.value(false)).meaning(
                    "Whether the first operator that a model would write is measured."
                )
            case .translations:
                .whole(0...100_000, .value(0)).meaning(
                    "How many sentences are translated each way."
                )
            case .questions:
                .whole(0...100_000, .value(0)).meaning(
                    "How many questions about sentences are asked in the target language."
                )
            case .choice:
                .section(.absent("nothing is compared")).meaning(
                    "Problems with choices: the model's is the most likely one."
                ).written(as: "{target: {file: xcopa_sw_val.jsonl.gz}}")
            case .mgsm:
                .section(.absent("it is not asked")).meaning(
                    "MGSM, asked and judged as lm-evaluation-harness does."
                ).written(as: "{target: mgsm_sw.tsv}")
            case .maximumNewTokens:
                .whole(1...65_536, .value(64)).meaning(
                    "The length of the longest reply, in tokens."
                )
            case .batchSize:
                .whole(1...4_096, .value(32)).meaning(
                    "How many problems are decoded together; no score depends on it."
                )
            case .dataParallel:
                .boolean(.value(false)).meaning(
                    "Whether all ranks that a launcher has started measure a model together, each "
                        + "on its part of problems and texts; no score depends on it."
                )
            case .problems:
                .section(.required("the word problems of both languages")).meaning("Word problems.")
                    .written(as: "{target: {problems: 300}, english: {problems: 300}}")
            case .text:
                .section(.required("the held-out text of both languages")).meaning("Held-out text.")
                    .written(as: "{target: {documents: 200}, english: {documents: 200}}")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        split = try reader.choice(.split)
        if split == .train, let value = reader.optional(.split) {
            throw value.error("models cannot be measured on what they learn from")
        }
        development = try reader.optional(.development).map { try DevelopmentSettings($0) }
        developmentShare = try reader.valueIfPresent(.developmentShare)
        examples = try reader.optional(.examples).map { try ExampleSettings($0) }
        bystanders = try reader.optional(.bystanders).map { value in
            try Named(value, "a mapping of language codes to sets of problems") { _, value in
                try ProblemSetSettings(value)
            }
        }
        compare = try reader.value(.compare, derived: [])
        primary = try reader.valueIfPresent(.primary)
        calculator = try reader.choice(.calculator)
        operatorChoice = try reader.value(.operatorChoice)
        translations = try reader.value(.translations)
        questions = try reader.value(.questions)
        choice = try reader.optional(.choice).map { try ChoiceSettings($0) }
        mgsm = try reader.optional(.mgsm).map { try MGSMSettings($0) }
        maximumNewTokens = try reader.value(.maximumNewTokens)
        batchSize = try reader.value(.batchSize)
        let isDivided: Bool = try reader.value(.dataParallel)
        dataParallel = isDivided ? true : nil
        problems = try Self.pair(reader.required(.problems), ProblemSetSettings.init)
        text = try Self.pair(reader.required(.text), HeldOutTextSettings.init)
    }

    /// The files that models are measured on.
    package var files: [String] {
        let sets = [problems.target, problems.english] + (bystanders?.entries.map(\.value) ?? [])
        let texts = [text.target.file, text.english.file]
        let tasks = [choice?.target?.file, choice?.english?.file, mgsm?.target, mgsm?.english]
        return (sets.map(\.file) + texts + tasks).compactMap { $0 }
    }

    /// The settings that scores depend on; how many problems are decoded at once and what is tested
    /// against what have no part in them.
    package var ofScores: EvaluationSettings {
        var settings = self
        settings.batchSize = 1
        settings.dataParallel = nil
        settings.compare = []
        settings.primary = nil
        return settings
    }

    private static func pair<Part>(
        _ value: RecipeValue,
        _ read: (RecipeValue) throws -> Part
    ) throws -> Pair<Part> {
        let reader = try MappingReader(value, keys: RoleKeys.self)
        return Pair(
            target: try read(reader.required(.target)),
            english: try read(reader.required(.english))
        )
    }
}
