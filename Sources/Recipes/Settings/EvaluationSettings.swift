import Datasets

/// Whether results after `=` are filled in for the model, as GSM8K's authors decoded.
package enum CalculatorUse: String, Encodable, CaseIterable, Sendable {
    /// The model computes for itself.
    case off
    /// Every result is filled in.
    case on
    /// Both, as separate metrics.
    case both
}

/// The word problems of one language.
package struct ProblemSetSettings: Encodable, Hashable, Sendable {
    /// How many problems are asked: the first so many; all of a file when nil.
    package var problems: Int?
    /// A file of problems below the folder of the data; generated when nil.
    package var file: String?
    /// The form of the file.
    package var format: MathFileFormat?
    /// Kinds of generated problems; all of the world when nil.
    package var kinds: [String]?

    enum CodingKeys: String, RecipeKey {
        case problems, file, format, kinds
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.optional(.file)?.text("a file below data.folder")
        problems = try reader.optional(.problems)?.integer(in: 1...1_000_000)
        kinds = try reader.optional(.kinds)?.list("a list of problem kinds").map {
            try $0.text("the name of a problem kind")
        }
        format = try reader.optional(.format)?.choice()
        guard (file == nil) == (format == nil) else {
            throw value.error("a file of problems has a format, and only that: write both or none")
        }
        if file == nil, problems == nil {
            throw value.error("the key \"problems\" is missing: how many generated problems to ask")
        }
        if file != nil, let value = reader.optional(.kinds) {
            throw value.error("the key has no use here: only generated problems have kinds")
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

    enum CodingKeys: String, RecipeKey {
        case documents, file, field
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        file = try reader.optional(.file)?.text("a file below data.folder")
        field = try reader.optional(.field)?.text("the name of a field")
        documents = try reader.optional(.documents)?.integer(in: 1...10_000_000)
        if file == nil, documents == nil {
            throw value.error("the key \"documents\" is missing: how many generated texts to score")
        }
        if file == nil, let value = reader.optional(.field) {
            throw value.error("the key has no use here: only a file of texts has a field")
        }
    }
}

/// What settings and experts are chosen by: generated problems in the target language.
package struct DevelopmentSettings: Encodable, Hashable, Sendable {
    /// How many problems of the development split are asked.
    package var problems: Int

    enum CodingKeys: String, RecipeKey {
        case problems
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        problems = try reader.required(.problems, "how many development problems are asked")
            .integer(in: 1...1_000_000)
    }
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

    private enum RoleKeys: String, RecipeKey {
        case target, english
    }

    /// The part of the generated world that problems and texts come from.
    package var split: Split
    /// Whether results are filled in.
    package var calculator: CalculatorUse
    /// Problems of the development split by which settings and experts are chosen; nil when nothing
    /// is chosen.
    package var development: DevelopmentSettings?
    /// Models that are tested against all others; every layer swap when the recipe names none.
    package var compare: [String]
    /// Models against which the tests are the experiment's question.
    ///
    /// These tests are adjusted among themselves, all others for everything that is tested; nil when
    /// no test is above the others.
    package var primary: [String]?
    /// Whether the first operator that a model would write is measured.
    package var operatorChoice: Bool
    /// How many sentences are translated each way; 0 for none.
    package var translations: Int
    /// How many questions are asked in the target language about sentences; 0 for none.
    package var questions: Int
    /// The longest reply.
    package var maximumNewTokens: Int
    /// How many problems are decoded together; no score depends on it.
    package var batchSize: Int
    /// Word problems.
    package var problems: Pair<ProblemSetSettings>
    /// Held-out text.
    package var text: Pair<HeldOutTextSettings>

    enum CodingKeys: String, RecipeKey {
        case split, development, compare, primary, calculator
        case operatorChoice = "operator_choice"
        case translations, questions
        case maximumNewTokens = "maximum_new_tokens"
        case batchSize = "batch_size"
        case problems, text
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        split = try reader.choice(.split, default: .test)
        if split == .train, let value = reader.optional(.split) {
            throw value.error("models cannot be measured on what they learn from")
        }
        development = try reader.optional(.development).map { try DevelopmentSettings($0) }
        compare =
            try reader.optional(.compare)?.list("a list of models").map {
                try $0.text("the name of a model")
            } ?? []
        primary =
            try reader.optional(.primary)?.list("a list of models").map {
                try $0.text("the name of a model")
            }
        calculator = try reader.choice(.calculator, default: .off)
        operatorChoice = try reader.boolean(.operatorChoice, default: false)
        translations = try reader.integer(.translations, default: 0, in: 0...100_000)
        questions = try reader.integer(.questions, default: 0, in: 0...100_000)
        maximumNewTokens = try reader.integer(.maximumNewTokens, default: 64, in: 1...65_536)
        batchSize = try reader.integer(.batchSize, default: 32, in: 1...4_096)
        problems = try Self.pair(
            reader.required(.problems, "the word problems of both languages"),
            ProblemSetSettings.init
        )
        text = try Self.pair(
            reader.required(.text, "the held-out text of both languages"),
            HeldOutTextSettings.init
        )
    }

    /// The settings that scores depend on; how many problems are decoded at once and what is tested
    /// against what have no part in them.
    package var ofScores: EvaluationSettings {
        var settings = self
        settings.batchSize = 1
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
            target: try read(reader.required(.target, "the set in the target language")),
            english: try read(reader.required(.english, "the set in English"))
        )
    }
}
