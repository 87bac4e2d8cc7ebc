import Datasets
import RecipeDocuments

/// What a document of a mixture is.
package enum SourceKind: String, Encodable, CaseIterable, Sendable {
    /// Running text in one language.
    case text
    /// A sentence to translate, in either direction.
    case translation
    /// A question about a sentence, and its reply.
    case questions
    /// A question about what happens first, later, after something or to each, and its reply.
    case events
    /// Bare calculations.
    case arithmetic
    /// Word problems with worked solutions.
    case problems
}

/// One supply of documents, generated or read from a file, and its share of a mixture.
package struct SourceSettings: Encodable, Hashable, Sendable {
    /// The share of documents, relative to the other components.
    package var weight: Double
    /// What the documents are.
    package var kind: SourceKind
    /// The language of the text, of the question or of the problem.
    package var language: LanguageRole
    /// The language of the replies to questions and to questions of events.
    package var reply: LanguageRole
    /// The code of the language that stands for the target here; that of the recipe when nil.
    package var target: String?
    /// Which words generated documents may use.
    package var vocabulary: WorldVocabulary
    /// Kinds of generated problems; all when empty.
    package var kinds: [String]
    /// The largest number of generated problems and equations; those of the world when nil.
    package var numbersUpTo: Int?
    /// A file below the folder of the data; generated when nil.
    package var file: String?
    /// The field of the file's rows that holds the text.
    package var field: String?
    /// The form of a file of problems.
    package var format: MathFileFormat?
    /// Which solution the problems carry.
    package var solution: SolutionForm
    /// Whether the loss counts the reply alone and not the prompt.
    package var maskPrompt: Bool

    enum CodingKeys: String, DescribedKey {
        case weight
        case kind = "source"
        case language, reply, target, vocabulary, kinds
        case numbersUpTo = "numbers_up_to"
        case file, field, format, solution
        case maskPrompt = "mask_prompt"

        static let places = [
            "stages.NAME.mixture.NAME", "stages.NAME.partitions.NAME.mixture.NAME",
            "tokenizer.corpus.NAME",
        ]

        var entry: KeyEntry {
            switch self {
            case .weight:
                .number(NumberRange("weight", 0...1e9), .value(1)).meaning(
                    "The share of documents, relative to the other sources."
                )
            case .kind:
                .choice(KeyDefault<SourceKind>.required("what the documents are")).meaning(
                    "What the documents are."
                )
            case .language:
                .choice(.value(LanguageRole.english)).meaning(
                    "The language of the text, of the question or of the problem."
                )
            case .reply:
                .choice(KeyDefault<LanguageRole>.derived("as `language`")).meaning(
                    "The language of the replies to questions, those about events included."
                )
            case .target:
                .text("a language code", .absent("that of `languages`")).meaning(
                    "The language that stands for the target in this source, by the code of its "
                        + "pack: a second target language beside that of the recipe."
                ).written(as: "te")
            case .vocabulary:
                .choice(.value(WorldVocabulary.full)).meaning(
                    "Which words generated documents may use."
                )
            case .kinds:
                .texts(
                    "a list of problem kinds",
                    each: "the name of a problem kind",
                    .derived("all kinds of the world")
                ).meaning("Kinds of generated problems.").written(as: "[gain, lose]")
            case .numbersUpTo:
                .whole(4...1_000_000, .absent("those of the world")).meaning(
                    "The largest number that generated problems and equations have, results "
                        + "included."
                ).written(as: "12")
            case .file:
                .text("a file below data.folder", .absent("the documents are generated")).meaning(
                    "A file, below `data.folder`."
                ).written(as: "pairs.jsonl")
            case .field:
                .text("the name of a field", .derived("text")).meaning(
                    "The field of the file's rows that has the text."
                ).written(as: "text")
            case .format:
                .choice(KeyDefault<MathFileFormat>.absent("required with a file of problems"))
                    .meaning("The format of a file of problems.")
            case .solution:
                .choice(.value(SolutionForm.worded)).meaning(
                    "Which solution problems have: words or equations as in their file, or the "
                        + "`answer` alone, without work. Generated problems have equations."
                )
            case .maskPrompt:
                .boolean(.value(true)).meaning(
                    "Whether the loss counts the reply alone and not the prompt."
                )
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        weight = try reader.value(.weight)
        kind = try reader.choice(.kind)
        language = try reader.choice(.language)
        reply = try reader.choice(.reply, derived: language)
        target = try reader.valueIfPresent(.target)
        vocabulary = try reader.choice(.vocabulary)
        kinds = try reader.value(.kinds, derived: [])
        numbersUpTo = try reader.valueIfPresent(.numbersUpTo)
        file = try reader.valueIfPresent(.file)
        field = try reader.valueIfPresent(.field)
        format = try reader.choiceIfPresent(.format)
        solution = try reader.choice(.solution)
        if kind == .problems, file != nil, format == nil {
            throw value.error(
                "the key \"format\" is missing: the format of the file, one of "
                    + MathFileFormat.allCases.map(\.rawValue).joined(separator: ", ")
            )
        }
        maskPrompt = try reader.value(.maskPrompt)
        try refuseKeysThatDoNotApply(reader)
    }

    /// Why a key does not apply to this source; nil when it does.
    private func reason(against key: CodingKeys) -> String? {
        let isGenerated = file == nil
        let isMonolingual = kind != .arithmetic && kind != .translation
        let isChat = kind != .arithmetic && kind != .text
        switch key {
        case .weight, .kind: return nil
        case .language: return isMonolingual ? nil : "\(kind.rawValue) has no single language"
        case .reply:
            return kind == .questions || kind == .events
                ? nil : "only questions have a language of reply"
        case .target:
            guard isGenerated else { return "the language of a file is that of its texts" }
            let readsTarget = kind == .translation || language == .target || reply == .target
            return readsTarget && kind != .arithmetic
                ? nil : "nothing of this source is in the target language"
        case .vocabulary:
            return isGenerated && kind != .arithmetic
                ? nil : "only generated sentences choose their words"
        case .kinds:
            return isGenerated && kind == .problems ? nil : "only generated problems have kinds"
        case .numbersUpTo:
            return isGenerated && (kind == .problems || kind == .arithmetic)
                ? nil : "only generated problems and arithmetic have a largest number"
        case .file:
            return kind == .text || kind == .translation || kind == .problems
                ? nil : "\(kind.rawValue) is generated and not read from files"
        case .field: return !isGenerated && kind == .text ? nil : "only a file of texts has a field"
        case .format:
            return !isGenerated && kind == .problems ? nil : "only a file of problems has it"
        case .solution: return kind == .problems ? nil : "only problems have it"
        case .maskPrompt: return isChat ? nil : "\(kind.rawValue) has no prompt"
        }
    }

    /// A key that would change nothing is a misunderstanding that must not pass silently.
    private func refuseKeysThatDoNotApply(_ reader: MappingReader<CodingKeys>) throws {
        for key in CodingKeys.allCases {
            guard let value = reader.optional(key), let reason = reason(against: key) else {
                continue
            }
            throw value.error("the key does not apply here: \(reason)")
        }
    }

    /// Writes the keys that matter to this source.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func encode(_ value: (some Encodable)?, _ key: CodingKeys) throws {
            guard let value, reason(against: key) == nil else { return }
            try container.encode(value, forKey: key)
        }
        try encode(weight, .weight)
        try encode(kind, .kind)
        try encode(language, .language)
        try encode(reply, .reply)
        try encode(target, .target)
        try encode(vocabulary, .vocabulary)
        try encode(kinds.isEmpty ? nil : kinds, .kinds)
        try encode(numbersUpTo, .numbersUpTo)
        try encode(file, .file)
        try encode(field, .field)
        try encode(format, .format)
        // What every generated problem has is not said, so that earlier runs keep their identity.
        try encode(file == nil && solution == .worded ? nil : solution, .solution)
        try encode(maskPrompt, .maskPrompt)
    }
}

/// Documents drawn from several sources by weight.
package typealias MixtureSettings = Named<SourceSettings>

extension MixtureSettings {
    /// Reads a mixture and checks that something can be drawn from it.
    init(mixture value: RecipeValue) throws {
        try self.init(value, "a mapping of names to sources") { _, value in
            try SourceSettings(value)
        }
        guard entries.contains(where: { $0.value.weight > 0 }) else {
            throw value.error("no source has a weight above zero, so nothing can be drawn")
        }
    }
}
