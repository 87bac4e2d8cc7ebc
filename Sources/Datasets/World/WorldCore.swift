/// The compiled world that all sources share: patterns, words, and who may use which.
final class WorldCore: Sendable {
    let settings: WorldSettings
    let sentences: PatternSection
    let questions: PatternSection
    let events: PatternSection
    let problems: PatternSection
    let distractors: PatternSection
    /// The places of each kind's phrasings in `problems`.
    let problemPlaces: [String: [Int]]
    /// The words that may be drawn: by vocabulary, then by category.
    let allowed: [[WordTable]]
    /// Whether a word is in the familiar vocabulary: by category, then by word.
    let familiar: [[Bool]]
    /// The hashes of the keys: by category, then by word.
    private let wordHashes: [[UInt64]]

    /// How often a content is drawn again before the draw is given up.
    static let maximumAttempts = 100_000

    init(packs: [LanguagePack], settings: WorldSettings) throws {
        let first = packs[0]
        let words: @Sendable (Int, WordCategory) -> [LanguagePack.Word] = { language, category in
            category.members.flatMap { member in
                let own = packs[language].lexicon[member] ?? []
                let byKey = Dictionary(uniqueKeysWithValues: own.map { ($0.key, $0) })
                return (first.lexicon[member] ?? []).compactMap { byKey[$0.key] }
            }
        }
        self.settings = settings
        sentences = PatternSection(
            name: "sentences",
            patterns: packs.map(\.sentences),
            words: words
        )
        questions = PatternSection(
            name: "questions",
            patterns: packs.map(\.questions),
            words: words
        )
        events = PatternSection(name: "events", patterns: packs.map(\.events), words: words)
        problems = PatternSection(name: "problems", patterns: packs.map(\.problems), words: words)
        distractors = PatternSection(
            name: "distractors",
            patterns: packs.map(\.distractors),
            words: words
        )
        problemPlaces = Dictionary(grouping: first.problems.indices) { first.problems[$0].kind }
            .mapValues { Array($0.prefix(settings.phrasings)) }
        wordHashes = WordCategory.allCases.map { category in
            words(0, category).map { ContentMixer.hash(of: $0.key) }
        }
        let allowed = WorldVocabulary.allCases.map { vocabulary in
            WordCategory.allCases.map { category in
                WordTable(category, of: first, vocabulary: vocabulary, settings: settings)
            }
        }
        self.allowed = allowed
        familiar = WordCategory.allCases.map { category in
            let known = Set(allowed[WorldVocabulary.familiar.order][category.place].words)
            return words(0, category).indices.map { known.contains($0) }
        }
        try verifyVocabularies(of: first)
        guard settings.distractorShare == 0 || !first.distractors.isEmpty else {
            throw DatasetError.setting(
                name: "distractorShare",
                found: "\(settings.distractorShare)",
                expected: "0, because \(first.url.path) has no distractors"
            )
        }
    }

    /// Draws a content of a section that belongs to a split.
    ///
    /// With `previous`, a person or a thing of it may be spoken of again.
    func content(
        of section: PatternSection,
        vocabulary: WorldVocabulary,
        split: Split,
        random: inout ContentRandom,
        continuing previous: (plan: PatternPlan, content: PatternContent)? = nil
    ) throws -> PatternContent {
        for _ in 0..<Self.maximumAttempts {
            let pattern = section.drawPattern(&random)
            let plan = section.plans[pattern]
            let words = self.words(
                for: plan,
                vocabulary: vocabulary,
                random: &random,
                continuing: previous
            )
            guard let numbers = sentenceNumbers(for: plan, random: &random) else { continue }
            let hash = self.hash(plan: plan, words: words, numbers: numbers)
            if settings.splitShares.split(ofHash: hash) == split {
                return PatternContent(
                    pattern: pattern,
                    words: words,
                    numbers: numbers,
                    hash: hash
                )
            }
        }
        throw DatasetError.drawFailed(
            what: "content of the \(split.rawValue) split",
            attempts: Self.maximumAttempts
        )
    }

    /// One word for each slot; two slots of one category never take the same word.
    func words(
        for plan: PatternPlan,
        vocabulary: WorldVocabulary,
        random: inout ContentRandom,
        continuing previous: (plan: PatternPlan, content: PatternContent)? = nil
    ) -> [Int] {
        let table = allowed[vocabulary.order]
        var words: [Int] = []
        words.reserveCapacity(plan.slots.count)
        for (place, slot) in plan.slots.enumerated() {
            func isTaken(_ word: Int) -> Bool {
                var earlier = place - 1
                while earlier >= 0, plan.slots[earlier].category == slot.category {
                    if words[earlier] == word { return true }
                    earlier -= 1
                }
                return false
            }
            if let previous, slot.category == .name || slot.category == .noun,
                random.uniform() < settings.continuity,
                let same = previous.plan.slots.firstIndex(of: slot),
                !isTaken(previous.content.words[same])
            {
                words.append(previous.content.words[same])
                continue
            }
            let choices = table[slot.category.place]
            var word = choices.draw(&random)
            while isTaken(word) {
                word = choices.draw(&random)
            }
            words.append(word)
        }
        return words
    }

    func sentenceNumbers(for plan: PatternPlan, random: inout ContentRandom) -> [Int]? {
        var numbers: [Int] = []
        for isFactor in plan.isFactor {
            let maximum = isFactor ? settings.factorMaximum : settings.sentenceNumberMaximum
            numbers.append(random.number(in: 2...maximum))
        }
        for expression in plan.derived {
            let value = expression.value(of: numbers)
            if case .product = expression { continue }
            guard (2...settings.sentenceNumberMaximum).contains(value) else { return nil }
        }
        return numbers
    }

    func hash(plan: PatternPlan, words: [Int], numbers: [Int]) -> UInt64 {
        var mixer = ContentMixer(plan.keyHash)
        for (slot, word) in zip(plan.slots, words) {
            mixer.mix(wordHashes[slot.category.place][word])
        }
        for number in numbers {
            mixer.mix(number)
        }
        return mixer.value
    }
}
