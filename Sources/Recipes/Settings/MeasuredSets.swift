import Datasets
import RecipeDocuments

/// The word problems of one language.
package struct ProblemSetSettings: Encodable, Hashable, Sendable {
    /// How many problems are asked: the first so many; all of a file when nil.
    package var problems: Int?
    /// How often each generated problem is asked, with other names and numbers; once when nil.
    package var instances: Int?
    /// A file of problems below the folder of the data; generated when nil.
    package var file: String?
    /// The form of the file.
    package var format: MathFileFormat?
    /// Kinds of generated problems; all of the world when nil.
    package var kinds: [String]?

    enum CodingKeys: String, DescribedKey {
        case problems, instances, file, format, kinds

        static let places = [
            "evaluation.problems.target", "evaluation.problems.english",
            "evaluation.bystanders.NAME",
        ]

        var entry: KeyEntry {
            switch self {
            case .problems:
                .whole(1...1_000_000, .absent("all of a file; required without a file")).meaning(
                    "How many problems are asked, the first ones."
                ).written(as: "300")
            case .instances:
                .whole(2...100, .absent("once")).meaning(
                    "How often each generated problem is asked, with other names and numbers."
                ).written(as: "5")
            case .file:
                .text("a file below data.folder", .absent("the problems are generated")).meaning(
                    "A file of problems, below `data.folder`."
                ).written(as: "msvamp_swahili.json")
            case .format:
                .choice(KeyDefault<MathFileFormat>.absent("required with a file")).meaning(
                    "The format of the file."
                )
            case .kinds:
                .texts(
                    "a list of problem kinds",
                    each: "the name of a problem kind",
                    .absent("all kinds of the world")
                ).meaning("Kinds of generated problems.").written(as: "[gain, lose]")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.valueIfPresent(.file)
        problems = try reader.valueIfPresent(.problems)
        instances = try reader.valueIfPresent(.instances)
        kinds = try reader.valueIfPresent(.kinds)
        format = try reader.choiceIfPresent(.format)
        guard (file == nil) == (format == nil) else {
            throw value.error("a file of problems has a format, and only that: write both or none")
        }
        if file == nil, problems == nil {
            throw value.error("the key \"problems\" is missing: how many generated problems to ask")
        }
        if file != nil, let value = reader.optional(.kinds) {
            throw value.error("the key does not apply here: only generated problems have kinds")
        }
        if file != nil, let value = reader.optional(.instances) {
            throw value.error("the key does not apply here: problems of a file are asked once")
        }
    }
}

/// The held-out text of one language.
package struct HeldOutTextSettings: Encodable, Hashable, Sendable {
    /// How many documents are scored: the first so many; all of a file when nil.
    package var documents: Int?
    /// A file of texts below the folder of the data; generated when nil.
    package var file: String?
    /// The field of the file's rows that holds the text.
    package var field: String?

    enum CodingKeys: String, DescribedKey {
        case documents, file, field

        static let places = ["evaluation.text.target", "evaluation.text.english"]

        var entry: KeyEntry {
            switch self {
            case .documents:
                .whole(1...10_000_000, .absent("all of a file; required without a file")).meaning(
                    "How many documents are scored, the first ones."
                ).written(as: "200")
            case .file:
                .text("a file below data.folder", .absent("the documents are generated")).meaning(
                    "A file of texts, below `data.folder`."
                ).written(as: "held-out.jsonl")
            case .field:
                .text("the name of a field", .derived("text")).meaning(
                    "The field of the file's rows that has the text."
                ).written(as: "text")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.valueIfPresent(.file)
        field = try reader.valueIfPresent(.field)
        documents = try reader.valueIfPresent(.documents)
        if file == nil, documents == nil {
            throw value.error("the key \"documents\" is missing: how many generated texts to score")
        }
        if file == nil, let value = reader.optional(.field) {
            throw value.error("the key does not apply here: only a file of texts has a field")
        }
    }
}

/// What settings and experts are chosen by: generated problems in the target language.
package struct DevelopmentSettings: Encodable, Hashable, Sendable {
    /// How many problems of the development split are asked.
    package var problems: Int

    enum CodingKeys: String, DescribedKey {
        case problems

        static let places = ["evaluation.development"]

        var entry: KeyEntry {
            .whole(1...1_000_000, .required("how many development problems are asked")).meaning(
                "How many problems of the development split are asked."
            ).written(as: "300")
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        problems = try reader.value(.problems)
    }
}
