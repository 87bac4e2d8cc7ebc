import Datasets
import RecipeDocuments

/// Examples that stand before each question of the evaluation: few-shot prompts.
package struct ExampleSettings: Encodable, Hashable, Sendable {
    /// A file of problems with solutions, below the folder of the data.
    package var file: String
    /// How many examples are shown, the first ones.
    package var count: Int
    /// The language of the examples.
    package var language: LanguageRole
    /// Which worked solution they show.
    package var solution: SolutionForm

    enum CodingKeys: String, DescribedKey {
        case file, count, language, solution

        static let places = ["evaluation.examples"]

        var entry: KeyEntry {
            switch self {
            case .file:
                .text("a file below data.folder", .required("where the examples are")).meaning(
                    "A file of problems with solutions in the form of GSM8K, below `data.folder`; "
                        + "rows of other languages are passed over by their `lang`."
                ).written(as: "mgsm/exemplars.jsonl.gz")
            case .count:
                .whole(1...64, .value(8)).meaning("How many examples are shown, the first ones.")
            case .language:
                .choice(.value(LanguageRole.english)).meaning(
                    "The language of the examples: English, or target for that of each question."
                )
            case .solution:
                .choice(.value(SolutionForm.equations)).meaning(
                    "Which worked solution the examples show."
                )
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.required(.file).text("a file below data.folder")
        count = try reader.value(.count)
        language = try reader.choice(.language)
        solution = try reader.choice(.solution)
    }
}
