/// The compiled world that all sources share: patterns, words, and who may use which.
final class WorldCore: Sendable {
    let settings: WorldSettings
    let sentences: PatternSection
    let questions: PatternSection
    let problems: PatternSection
    let distractors: PatternSection
    /// The places of each kind's phrasings in `problems`.
    let problemPlaces: [String: [Int]]
    /// The words that may be drawn: by vocabulary, then by category.
    private let allowed: [[WordTable]]
    /// Whether a word is in the familiar vocabulary: by category, then by word.
    private let familiar: [[Bool]]
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

    /// Draws a problem of one of the kinds that belongs to a split.
    func problem(
        kinds: [ProblemKind],
        vocabulary: WorldVocabulary,
        split: Split,
        random: inout ContentRandom
    ) throws -> (kind: ProblemKind, content: PatternContent) {
        for _ in 0..<Self.maximumAttempts {
            let kind = kinds[random.below(kinds.count)]
            guard let places = problemPlaces[kind.name], let first = places.first else { continue }
            let place = places.count == 1 ? first : places[random.below(places.count)]
            let plan = problems.plans[place]
            // Only the numbers are drawn again when they break a limit: otherwise kinds with
            // tight limits would be rarer than the others.
            guard let numbers = problemNumbers(of: kind, random: &random) else { break }
            let words = self.words(for: plan, vocabulary: vocabulary, random: &random)
            let hash = self.hash(plan: plan, words: words, numbers: numbers)
            if settings.splitShares.split(ofHash: hash) == split {
                var content = PatternContent(
                    pattern: place,
                    words: words,
                    numbers: numbers,
                    hash: hash
                )
                if settings.distractorShare > 0, plan.holdsDistractor,
                    random.uniform() < settings.distractorShare
                {
                    content.distractor = try distractor(
                        beside: content,
                        vocabulary: vocabulary,
                        random: &random
                    )
                }
                return (kind, content)
            }
        }
        throw DatasetError.drawFailed(
            what: "problem of the \(split.rawValue) split",
            attempts: Self.maximumAttempts
        )
    }

    /// A sentence about other things than a problem is about, so that it changes no answer.
    private func distractor(
        beside problem: PatternContent,
        vocabulary: WorldVocabulary,
        random: inout ContentRandom
    ) throws -> PatternContent.Distractor {
        let problemPlan = problems.plans[problem.pattern]
        func things(_ plan: PatternPlan, _ words: [Int]) -> Set<[Int]> {
            Set(
                zip(plan.slots, words).filter { $0.0.category.isThing }.map {
                    [$0.0.category.place, $0.1]
                }
            )
        }
        let taken = things(problemPlan, problem.words)
        for _ in 0..<Self.maximumAttempts {
            let pattern = distractors.drawPattern(&random)
            let plan = distractors.plans[pattern]
            let words = self.words(
                for: plan,
                vocabulary: vocabulary,
                random: &random,
                continuing: (problemPlan, problem)
            )
            guard taken.isDisjoint(with: things(plan, words)),
                let numbers = sentenceNumbers(for: plan, random: &random)
            else { continue }
            return PatternContent.Distractor(
                pattern: pattern,
                words: words,
                numbers: numbers,
                hash: hash(plan: plan, words: words, numbers: numbers)
            )
        }
        throw DatasetError.drawFailed(
            what: "distractor beside '\(problemPlan.slots)'",
            attempts: Self.maximumAttempts
        )
    }

    /// The text of a problem in a language, with its distractor when it has one.
    func text(ofProblem content: PatternContent, language: Int, separator: String) -> String {
        let aside = content.distractor.map { distractor in
            let content = PatternContent(
                pattern: distractor.pattern,
                words: distractor.words,
                numbers: distractor.numbers,
                hash: distractor.hash
            )
            return separator + distractors.texts[language][distractor.pattern].text(content)
        }
        return problems.texts[language][content.pattern].text(content, distractor: aside ?? "")
    }

    /// Whether a problem holds a word outside the familiar vocabulary.
    func usesUnknownWords(_ problem: PatternContent) -> Bool {
        func isUnknown(_ plan: PatternPlan, _ words: [Int]) -> Bool {
            zip(plan.slots, words).contains { !familiar[$0.category.place][$1] }
        }
        if isUnknown(problems.plans[problem.pattern], problem.words) { return true }
        guard let aside = problem.distractor else { return false }
        return isUnknown(distractors.plans[aside.pattern], aside.words)
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
            var word = choices.draw(&random)
            while isTaken(word) {
                word = choices.draw(&random)
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
    private var allPlans: [PatternPlan] {
        let used = Set(problemPlaces.values.joined())
        let told = problems.plans.indices.filter { used.contains($0) }.map { problems.plans[$0] }
        return sentences.plans + questions.plans + distractors.plans + told
    }

    /// Checks that each vocabulary has enough words for the slots of every pattern.
    ///
    /// An unfamiliar vocabulary may lack verbs: then it is an error only to draw from it.
    private func verifyVocabularies(of pack: LanguagePack) throws {
        let plans = allPlans
        for vocabulary in [WorldVocabulary.full, .familiar] {
            for slot in plans.flatMap(\.slots) {
                let count = allowed[vocabulary.order][slot.category.place].words.count
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
        let plans = allPlans
        for slot in plans.flatMap(\.slots)
        where allowed[vocabulary.order][slot.category.place].words.count < slot.number {
            throw DatasetError.setting(
                name: "\(vocabulary.rawValue) vocabulary",
                found: "too few words of kind '\(slot.category.rawValue)'",
                expected: "a familiar share that leaves at least \(slot.number)"
            )
        }
    }
}
