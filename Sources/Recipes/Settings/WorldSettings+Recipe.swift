import Datasets
import Foundations
import RecipeDocuments

/// The keys of `world` in a recipe.
enum WorldKeys: String, DescribedKey {
    case seed
    case familiarNounShare = "familiar_noun_share"
    case familiarVerbShare = "familiar_verb_share"
    case developmentShare = "development_share"
    case testShare = "test_share"
    case minimumSentences = "minimum_sentences"
    case maximumSentences = "maximum_sentences"
    case continuity
    case translationSentences = "translation_sentences"
    case sentenceNumberMaximum = "sentence_number_maximum"
    case problemNumberMaximum = "problem_number_maximum"
    case problemSumMaximum = "problem_sum_maximum"
    case factorMaximum = "factor_maximum"
    case arithmeticMaximum = "arithmetic_maximum"
    case equationsPerDocument = "equations_per_document"
    case kinds, words
    case wordFrequency = "word_frequency"
    case phrasings
    case problemCue = "problem_cue"
    case distractorShare = "distractor_share"

    static let places = ["world"]

    /// The settings of the generator, whose defaults are those of a recipe.
    private static let standard = WorldSettings()

    private static let counts = 1...1_000_000

    var entry: KeyEntry {
        let standard = Self.standard
        func share(_ value: Double, _ help: String) -> KeyEntry {
            .number(.share, .value(value)).meaning(help)
        }
        func count(_ value: Int, _ help: String) -> KeyEntry {
            .whole(Self.counts, .value(value)).meaning(help)
        }
        return switch self {
        case .seed: .seed(.value(standard.seed)).meaning("The seed of all draws of the world.")
        case .familiarNounShare:
            share(
                standard.familiarNounShare,
                "The share of nouns, and of containers, in the familiar vocabulary: the first of "
                    + "each list."
            )
        case .familiarVerbShare:
            share(
                standard.familiarVerbShare,
                "The share of gain verbs, and of lose verbs, in the familiar vocabulary."
            )
        case .developmentShare:
            share(
                standard.splitShares.development,
                "The share of all content that is kept for development."
            )
        case .testShare:
            share(standard.splitShares.test, "The share of all content that is kept for tests.")
        case .minimumSentences: count(standard.minimumSentences, "The fewest sentences of a story.")
        case .maximumSentences: count(standard.maximumSentences, "The most sentences of a story.")
        case .continuity:
            share(
                standard.continuity,
                "The probability that a sentence of a story speaks again of a person or thing of "
                    + "the sentence before."
            )
        case .translationSentences:
            count(standard.translationSentences, "The most sentences that are translated at once.")
        case .sentenceNumberMaximum:
            count(standard.sentenceNumberMaximum, "The largest number in sentences and questions.")
        case .problemNumberMaximum:
            count(
                standard.problemNumberMaximum,
                "The largest number that a problem states, except the total that is shared or "
                    + "divided."
            )
        case .problemSumMaximum: count(standard.problemSumMaximum, "The largest sum in problems.")
        case .factorMaximum:
            count(
                standard.factorMaximum,
                "The largest factor in problems, sentences and bare arithmetic."
            )
        case .arithmeticMaximum:
            count(
                standard.arithmeticMaximum,
                "The largest sum in bare arithmetic, and the largest number to subtract from."
            )
        case .equationsPerDocument:
            count(
                standard.equationsPerDocument,
                "How many equations a document of bare arithmetic has."
            )
        case .kinds:
            .texts(
                "a list of problem kinds",
                each: "the name of a problem kind",
                .value(standard.kinds)
            ).meaning("The kinds of problems that are drawn where no others are named.")
        case .words:
            .special("mapping of kinds of words to whole numbers", .absent("all words")).meaning(
                "How many words of a kind the world has, the first of each list."
            ).written(as: "{name: 20}")
        case .wordFrequency:
            .number(NumberRange("exponent", 0...4), .value(standard.wordFrequencyExponent)).meaning(
                "How much rarer a word is the later it stands: the word of rank r has the weight "
                    + "1 / (r + 2)^s; with 0 all words are equally frequent."
            )
        case .phrasings:
            count(
                standard.phrasings,
                "How many phrasings of each kind of problem are used, the first ones."
            )
        case .problemCue:
            .text("a sign that is no word, such as ####", .value(standard.problemCue)).meaning(
                "What follows every problem, in every language alike, to mark it as one to solve."
            ).written(as: "'####'")
        case .distractorShare:
            share(
                standard.distractorShare,
                "The share of problems that have a sentence which they do not need."
            )
        }
    }
}

extension WorldSettings {
    /// Reads what a recipe says about the world; the rest are the defaults of the generator.
    ///
    /// - Throws: `RecipeError`.
    init(recipe value: RecipeValue?) throws {
        self.init()
        guard let value else { return }
        let reader = try MappingReader(value, keys: WorldKeys.self)
        seed = try reader.value(.seed)
        familiarNounShare = try reader.value(.familiarNounShare)
        familiarVerbShare = try reader.value(.familiarVerbShare)
        splitShares.development = try reader.value(.developmentShare)
        splitShares.test = try reader.value(.testShare)
        continuity = try reader.value(.continuity)
        distractorShare = try reader.value(.distractorShare)
        wordFrequencyExponent = try reader.value(.wordFrequency)
        problemCue = try reader.value(.problemCue)
        if let written = reader.optional(.words) { words = try Self.limits(written) }
        minimumSentences = try reader.value(.minimumSentences)
        maximumSentences = try reader.value(.maximumSentences)
        sentenceNumberMaximum = try reader.value(.sentenceNumberMaximum)
        problemNumberMaximum = try reader.value(.problemNumberMaximum)
        problemSumMaximum = try reader.value(.problemSumMaximum)
        factorMaximum = try reader.value(.factorMaximum)
        arithmeticMaximum = try reader.value(.arithmeticMaximum)
        equationsPerDocument = try reader.value(.equationsPerDocument)
        phrasings = try reader.value(.phrasings)
        translationSentences = try reader.value(.translationSentences)
        kinds = try reader.value(.kinds)
        do {
            try validate()
        } catch let error as DatasetError {
            throw value.error(error.description)
        }
    }

    private static func limits(_ value: RecipeValue) throws -> [WordCategory: Int] {
        let known = WordCategory.listed.map(\.rawValue)
        let entries = try value.namedValues("a mapping of kinds of words to counts").map {
            name,
            count in
            guard let category = WordCategory(rawValue: name), known.contains(name) else {
                let nearest = NearestName.nearest(to: name, among: known)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw count.error(
                    "unknown kind of word, expected one of \(known.joined(separator: ", "))\(hint)"
                )
            }
            return (category, try count.integer(in: 1...100_000))
        }
        return Dictionary(entries, uniquingKeysWith: { first, _ in first })
    }

    /// The settings under the keys of a recipe.
    var keyed: some Encodable { KeyedWorldSettings(settings: self) }
}

/// Writes world settings under the keys of a recipe.
private struct KeyedWorldSettings: Encodable {
    let settings: WorldSettings

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: WorldKeys.self)
        try container.encode(settings.seed, forKey: .seed)
        try container.encode(settings.familiarNounShare, forKey: .familiarNounShare)
        try container.encode(settings.familiarVerbShare, forKey: .familiarVerbShare)
        try container.encode(settings.splitShares.development, forKey: .developmentShare)
        try container.encode(settings.splitShares.test, forKey: .testShare)
        try container.encode(settings.minimumSentences, forKey: .minimumSentences)
        try container.encode(settings.maximumSentences, forKey: .maximumSentences)
        try container.encode(settings.continuity, forKey: .continuity)
        try container.encode(settings.translationSentences, forKey: .translationSentences)
        try container.encode(settings.sentenceNumberMaximum, forKey: .sentenceNumberMaximum)
        try container.encode(settings.problemNumberMaximum, forKey: .problemNumberMaximum)
        try container.encode(settings.problemSumMaximum, forKey: .problemSumMaximum)
        try container.encode(settings.factorMaximum, forKey: .factorMaximum)
        try container.encode(settings.arithmeticMaximum, forKey: .arithmeticMaximum)
        try container.encode(settings.equationsPerDocument, forKey: .equationsPerDocument)
        try container.encode(settings.kinds, forKey: .kinds)
        if !settings.words.isEmpty {
            let limits = settings.words.sorted { $0.key < $1.key }
            try container.encode(
                Named(entries: limits.map { .init(name: $0.key.rawValue, value: $0.value) }),
                forKey: .words
            )
        }
        try container.encode(settings.wordFrequencyExponent, forKey: .wordFrequency)
        try container.encode(settings.phrasings, forKey: .phrasings)
        if !settings.problemCue.isEmpty {
            try container.encode(settings.problemCue, forKey: .problemCue)
        }
        try container.encode(settings.distractorShare, forKey: .distractorShare)
    }
}
