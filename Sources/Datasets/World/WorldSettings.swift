/// What the generated world is like; every number that shapes it.
package struct WorldSettings: Codable, Hashable, Sendable {
    /// The seed of all draws.
    package var seed: UInt64 = 0
    /// The share of nouns, and of containers, in the familiar vocabulary: the first of each list.
    package var familiarNounShare = 0.6
    /// The share of gain verbs, and of lose verbs, in the familiar vocabulary.
    package var familiarVerbShare = 0.25
    /// How many words of a kind the world has, the first of each list; all when a kind is missing.
    package var words: [WordCategory: Int] = [:]
    /// How much rarer a word is the later it stands: the word of rank r is drawn with a weight of
    /// 1 / (r + 2)^s; with 0 all words are equally frequent.
    ///
    /// Zipf's law with Mandelbrot's shift; real text has s near 1.
    package var wordFrequencyExponent = 0.0
    /// What stands behind every problem, in every language alike, to say that it is to be solved.
    ///
    /// Without it a problem looks like a question about a sentence, and a model that has learned to
    /// answer those in the target language answers problems likewise. It must be no word of a
    /// language, or it would tell the languages apart.
    package var problemCue = ""
    /// How many phrasings of each kind of problem are used, the first ones.
    package var phrasings = 1
    /// The share of problems that hold a sentence which they do not need.
    package var distractorShare = 0.0
    /// How much of all content is kept apart from training.
    package var splitShares = SplitShares()
    /// The fewest sentences of a story.
    package var minimumSentences = 2
    /// The most sentences of a story.
    package var maximumSentences = 5
    /// The probability that a sentence of a story speaks again of a person or thing of the one
    /// before.
    package var continuity = 0.5
    /// The most sentences that are translated at once.
    package var translationSentences = 1
    /// The largest number in sentences and questions.
    package var sentenceNumberMaximum = 30
    /// The largest number that a problem states, except the whole that is shared or divided.
    package var problemNumberMaximum = 25
    /// The largest sum in problems.
    package var problemSumMaximum = 35
    /// The largest factor in problems, sentences and bare arithmetic.
    package var factorMaximum = 9
    /// The largest sum in bare arithmetic, and the largest number to subtract from.
    package var arithmeticMaximum = 40
    /// How many equations stand in a document of bare arithmetic.
    package var equationsPerDocument = 4
    /// The kinds of problems that are drawn when a caller names none.
    package var kinds: [String] = ProblemKind.standardNames

    /// The settings of the quickstart: the sketch's seven kinds of problems and its ranges.
    package init() {}

    /// All settings as text, in an order that is the same in every process.
    var fingerprint: String {
        var plain = self
        plain.words = [:]
        let limits = words.sorted { $0.key < $1.key }.map { "\($0.key.rawValue) \($0.value)" }
        return "\(plain) \(limits)"
    }

    /// Checks every number and name.
    ///
    /// - Throws: `DatasetError`.
    package func validate() throws {
        try splitShares.validate()
        let shares = [familiarNounShare, familiarVerbShare, continuity, distractorShare]
        guard shares.allSatisfy({ (0...1).contains($0) }) else {
            throw DatasetError.setting(
                name: "familiarNounShare, familiarVerbShare, continuity, distractorShare",
                found: "\(shares)",
                expected: "numbers from 0 to 1"
            )
        }
        guard minimumSentences >= 1, maximumSentences >= minimumSentences else {
            throw DatasetError.setting(
                name: "sentences of a story",
                found: "\(minimumSentences) to \(maximumSentences)",
                expected: "at least 1, the most not below the fewest"
            )
        }
        guard (1...100).contains(translationSentences) else {
            throw DatasetError.setting(
                name: "translationSentences",
                found: "\(translationSentences)",
                expected: "a number from 1 to 100"
            )
        }
        let maxima = [
            sentenceNumberMaximum, problemNumberMaximum, problemSumMaximum, arithmeticMaximum,
        ]
        guard maxima.allSatisfy({ (10...1_000_000).contains($0) }) else {
            throw DatasetError.setting(
                name: "largest numbers",
                found: "\(maxima)",
                expected: "numbers from 10 to 1,000,000"
            )
        }
        guard (4...1000).contains(factorMaximum), equationsPerDocument >= 1 else {
            throw DatasetError.setting(
                name: "factorMaximum, equationsPerDocument",
                found: "\(factorMaximum), \(equationsPerDocument)",
                expected: "a factor from 4 to 1,000 and at least one equation"
            )
        }
        guard (0...4).contains(wordFrequencyExponent), phrasings >= 1 else {
            throw DatasetError.setting(
                name: "wordFrequencyExponent, phrasings",
                found: "\(wordFrequencyExponent), \(phrasings)",
                expected: "an exponent from 0 to 4 and at least one phrasing"
            )
        }
        if let (category, count) = words.sorted(by: { $0.key < $1.key }).first(where: {
            $0.value < 1
        }) {
            throw DatasetError.setting(
                name: "words of kind '\(category.rawValue)'",
                found: "\(count)",
                expected: "at least 1"
            )
        }
        _ = try ProblemKind.kinds(named: kinds)
    }
}

/// Which words a text of the world may use.
package enum WorldVocabulary: String, Codable, Sendable, CaseIterable {
    /// All words.
    case full
    /// The share of nouns and direction verbs that the base meets in the target language.
    case familiar
    /// All nouns, but only direction verbs outside the familiar share: for measuring what the base
    /// cannot know.
    case unfamiliar
}
