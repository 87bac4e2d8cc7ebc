import Datasets
import Foundations

/// The keys of `world` in a recipe.
private enum WorldKeys: String, RecipeKey {
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
}

extension WorldSettings {
    /// Reads what a recipe says about the world; the rest are the defaults of the generator.
    init(recipe value: RecipeValue?) throws {
        self.init()
        guard let value else { return }
        let reader = try MappingReader(value, keys: WorldKeys.self)
        if let written = reader.optional(.seed) { seed = try written.seed() }
        func share(_ key: WorldKeys, _ standard: Double) throws -> Double {
            try reader.number(key, default: standard, in: 0...1, "a share from 0 to 1")
        }
        familiarNounShare = try share(.familiarNounShare, familiarNounShare)
        familiarVerbShare = try share(.familiarVerbShare, familiarVerbShare)
        splitShares.development = try share(.developmentShare, splitShares.development)
        splitShares.test = try share(.testShare, splitShares.test)
        continuity = try share(.continuity, continuity)
        distractorShare = try share(.distractorShare, distractorShare)
        wordFrequencyExponent = try reader.number(
            .wordFrequency,
            default: wordFrequencyExponent,
            in: 0...4,
            "an exponent from 0 to 4"
        )
        if let written = reader.optional(.problemCue) {
            problemCue = try written.text("a sign that is no word, such as ####")
        }
        if let written = reader.optional(.words) { words = try Self.limits(written) }
        let counts: [(WorldKeys, WritableKeyPath<WorldSettings, Int>)] = [
            (.minimumSentences, \.minimumSentences),
            (.maximumSentences, \.maximumSentences),
            (.sentenceNumberMaximum, \.sentenceNumberMaximum),
            (.problemNumberMaximum, \.problemNumberMaximum),
            (.problemSumMaximum, \.problemSumMaximum),
            (.factorMaximum, \.factorMaximum),
            (.arithmeticMaximum, \.arithmeticMaximum),
            (.equationsPerDocument, \.equationsPerDocument), (.phrasings, \.phrasings),
            (.translationSentences, \.translationSentences),
        ]
        for (key, path) in counts {
            self[keyPath: path] = try reader.integer(
                key,
                default: self[keyPath: path],
                in: 1...1_000_000
            )
        }
        if let written = reader.optional(.kinds) {
            kinds = try written.list("a list of problem kinds").map {
                try $0.text("the name of a problem kind")
            }
        }
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
