import Datasets
import Evaluation
import RecipeDocuments

/// The problems with choices of one language.
package struct ChoiceSetSettings: Encodable, Hashable, Sendable {
    /// The file below the folder of the data.
    package var file: String
    /// The form of the file.
    package var format: ChoiceFileFormat
    /// How many problems are asked: the first so many; all when nil.
    package var problems: Int?

    enum CodingKeys: String, DescribedKey {
        case file, format, problems

        static let places = ["evaluation.choice.target", "evaluation.choice.english"]

        var entry: KeyEntry {
            switch self {
            case .file:
                .text("a file below data.folder", .required("the file of problems")).meaning(
                    "A file of problems with choices, below `data.folder`."
                ).written(as: "xcopa_sw_val.jsonl.gz")
            case .format:
                .choice(.value(ChoiceFileFormat.xcopa)).meaning("The format of the file.")
            case .problems:
                .whole(1...1_000_000, .absent("all of the file")).meaning(
                    "How many problems are asked, the first ones."
                ).written(as: "100")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.value(.file)
        format = try reader.choice(.format)
        problems = try reader.valueIfPresent(.problems)
    }
}

/// Problems with choices, whose likelihoods are compared.
package struct ChoiceSettings: Encodable, Hashable, Sendable {
    /// The set in the target language.
    package var target: ChoiceSetSettings?
    /// The set in English.
    package var english: ChoiceSetSettings?

    /// The set of one language.
    package subscript(role: LanguageRole) -> ChoiceSetSettings? {
        role == .target ? target : english
    }

    enum CodingKeys: String, DescribedKey {
        case target, english

        static let places = ["evaluation.choice"]

        var entry: KeyEntry {
            switch self {
            case .target:
                .section(.absent("none in the target language")).meaning(
                    "The set in the target language."
                ).written(as: "{file: xcopa_sw_val.jsonl.gz}")
            case .english:
                .section(.absent("none in English")).meaning("The set in English.")
                    .written(as: "{file: copa_en.jsonl, format: choices}")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        target = try reader.optional(.target).map { try ChoiceSetSettings($0) }
        english = try reader.optional(.english).map { try ChoiceSetSettings($0) }
        guard target != nil || english != nil else {
            throw value.error("found no set of problems, expected target, english or both")
        }
    }
}

/// MGSM, asked and judged as lm-evaluation-harness does.
package struct MGSMSettings: Encodable, Hashable, Sendable {
    /// The file in the target language, below the folder of the data.
    package var target: String?
    /// The file in English, below the folder of the data.
    package var english: String?
    /// The file of worked examples; nil where none are shown.
    package var exemplars: String?
    /// How many worked examples are shown.
    package var shots: Int
    /// The form of question and answer.
    package var form: MGSMForm
    /// How many problems are asked: the first so many; all when nil.
    package var problems: Int?
    /// The longest reply.
    package var maximumNewTokens: Int

    /// The file of one language.
    package subscript(role: LanguageRole) -> String? { role == .target ? target : english }

    enum CodingKeys: String, DescribedKey {
        case target, english, exemplars, shots, form, problems
        case maximumNewTokens = "maximum_new_tokens"

        static let places = ["evaluation.mgsm"]

        var entry: KeyEntry {
            switch self {
            case .target:
                .text("a file below data.folder", .absent("none in the target language")).meaning(
                    "The problems in the target language, below `data.folder`: question, tab, answer."
                ).written(as: "mgsm_sw.tsv")
            case .english:
                .text("a file below data.folder", .absent("none in English")).meaning(
                    "The problems in English, below `data.folder`."
                ).written(as: "mgsm_en.tsv")
            case .exemplars:
                .text("a file below data.folder", .absent("required with shots")).meaning(
                    "The file of worked examples, with `lang`, `question`, `answer_cot`, `answer`."
                ).written(as: "exemplars.jsonl")
            case .shots:
                .whole(0...8, .value(0)).meaning(
                    "How many worked examples are shown before the question, the first ones of its "
                        + "language."
                )
            case .form:
                .choice(.value(MGSMForm.direct)).meaning(
                    "The form of question and answer: the number at once, or in steps, in the "
                        + "language of the question or at an English request."
                )
            case .problems:
                .whole(1...1_000_000, .absent("all of the file")).meaning(
                    "How many problems are asked, the first ones."
                ).written(as: "50")
            case .maximumNewTokens:
                .whole(1...65_536, .value(256)).meaning(
                    "The length of the longest reply, in tokens."
                )
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        target = try reader.valueIfPresent(.target)
        english = try reader.valueIfPresent(.english)
        exemplars = try reader.valueIfPresent(.exemplars)
        shots = try reader.value(.shots)
        form = try reader.choice(.form)
        problems = try reader.valueIfPresent(.problems)
        maximumNewTokens = try reader.value(.maximumNewTokens)
        guard target != nil || english != nil else {
            throw value.error("found no file of problems, expected target, english or both")
        }
        guard shots == 0 || exemplars != nil else {
            throw value.error(
                "\(shots) worked examples are to be shown: name their file as exemplars"
            )
        }
    }
}
