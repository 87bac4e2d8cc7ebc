/// The compiled world that all sources share: patterns, words, and who may use which.
final class WorldCore: Sendable {
    let settings: WorldSettings
    let sentences: PatternSection
    let questions: PatternSection
    let problems: PatternSection
    /// The place of each kind of problem in `problems`.
    let problemPlaces: [String: Int]
    /// The words that may be drawn: by vocabulary, then by category.
    private let allowed: [[[Int]]]
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
        problems = PatternSection(name: "problems", patterns: packs.map(\.problems), words: words)
        problemPlaces = Dictionary(
            uniqueKeysWithValues: first.problems.enumerated().map { ($1.key, $0) }
        )
        wordHashes = WordCategory.allCases.map { category in
            words(0, category).map { ContentMixer.hash(of: $0.key) }
        }
        allowed = WorldVocabulary.allCases.map { vocabulary in
            WordCategory.allCases.map { category in
                Self.allowed(category, in: first, vocabulary: vocabulary, settings: settings)
            }
        }
        try verifyVocabularies(of: first)
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

    /// Draws a problem of one of the kinds that belongs to a split.
    func problem(
        kinds: [ProblemKind],
        vocabulary: WorldVocabulary,
        split: Split,
        random: inout ContentRandom
    ) throws -> (kind: ProblemKind, content: PatternContent) {
        for _ in 0..<Self.maximumAttempts {
            let kind = kinds[random.below(kinds.count)]
            guard let place = problemPlaces[kind.name] else { continue }
            let plan = problems.plans[place]
            // Only the numbers are drawn again when they break a limit: otherwise kinds with
            // tight limits would be rarer than the others.
            guard let numbers = problemNumbers(of: kind, random: &random) else { break }
            let words = self.words(for: plan, vocabulary: vocabulary, random: &random)
            let hash = self.hash(plan: plan, words: words, numbers: numbers)
            if settings.splitShares.split(ofHash: hash) == split {
                return (
                    kind,
                    PatternContent(pattern: place, words: words, numbers: numbers, hash: hash)
                )
            }
        }
        throw DatasetError.drawFailed(
            what: "problem of the \(split.rawValue) split",
            attempts: Self.maximumAttempts
        )
    }

    /// One word for each slot; two slots of one category never take the same word.
    private func words(
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
            var word = choices[random.below(choices.count)]
            while isTaken(word) {
                word = choices[random.below(choices.count)]
            }
            words.append(word)
        }
        return words
    }

    private func problemNumbers(of kind: ProblemKind, random: inout ContentRandom) -> [Int]? {
        for _ in 0..<Self.maximumAttempts {
            if let numbers = kind.numbers(settings: settings, random: &random) { return numbers }
        }
        return nil
    }

    private func sentenceNumbers(for plan: PatternPlan, random: inout ContentRandom) -> [Int]? {
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

    private func hash(plan: PatternPlan, words: [Int], numbers: [Int]) -> UInt64 {
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

extension WorldCore {
    /// The words of a category that a vocabulary holds, by their place among the category's words.
    private static func allowed(
        _ category: WordCategory,
        in pack: LanguagePack,
        vocabulary: WorldVocabulary,
        settings: WorldSettings
    ) -> [Int] {
        var places: [Int] = []
        var offset = 0
        for member in category.members {
            let count = pack.words(of: member).count
            let isVerb = member == .gain || member == .lose
            let isThing = member == .noun || member == .container
            let share = isVerb ? settings.familiarVerbShare : settings.familiarNounShare
            let familiar = min(count, Int((share * Double(count)).rounded()))
            switch vocabulary {
            case .familiar where isVerb || isThing: places += offset..<(offset + familiar)
            case .unfamiliar where isVerb: places += (offset + familiar)..<(offset + count)
            default: places += offset..<(offset + count)
            }
            offset += count
        }
        return places
    }

    /// Checks that each vocabulary has enough words for the slots of every pattern.
    ///
    /// An unfamiliar vocabulary may lack verbs: then it is an error only to draw from it.
    private func verifyVocabularies(of pack: LanguagePack) throws {
        let plans = sentences.plans + questions.plans + problems.plans
        for vocabulary in [WorldVocabulary.full, .familiar] {
            for slot in plans.flatMap(\.slots) {
                let count = allowed[vocabulary.order][slot.category.place].count
                guard count >= slot.number else {
                    throw DatasetError.setting(
                        name: "\(vocabulary.rawValue) vocabulary of \(pack.url.path)",
                        found: "\(count) words of kind '\(slot.category.rawValue)'",
                        expected: "at least \(slot.number), because a pattern uses {\(slot)}"
                    )
                }
            }
        }
    }

    /// Checks that a vocabulary has words of every kind.
    func verify(_ vocabulary: WorldVocabulary) throws {
        let plans = sentences.plans + questions.plans + problems.plans
        for slot in plans.flatMap(\.slots)
        where allowed[vocabulary.order][slot.category.place].count < slot.number {
            throw DatasetError.setting(
                name: "\(vocabulary.rawValue) vocabulary",
                found: "too few words of kind '\(slot.category.rawValue)'",
                expected: "a familiar share that leaves at least \(slot.number)"
            )
        }
    }
}

extension WordCategory {
    /// The place of the category in tables.
    var place: Int {
        switch self {
        case .noun: 0
        case .container: 1
        case .name: 2
        case .gain: 3
        case .lose: 4
        case .neutral: 5
        case .action: 6
        case .place: 7
        case .day: 8
        }
    }
}

extension WorldVocabulary {
    /// The place of the vocabulary in tables.
    var order: Int {
        switch self {
        case .full: 0
        case .familiar: 1
        case .unfamiliar: 2
        }
    }
}
