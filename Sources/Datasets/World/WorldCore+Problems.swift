/// Problems and the sentences that they hold without needing them.
extension WorldCore {
    /// Draws a problem of one of the kinds that belongs to a split.
    ///
    /// - Parameters:
    ///   - kinds: The kinds, each as likely.
    ///   - model: A problem whose kind and pattern it has, with other words and numbers, and a
    ///     distractor where that one has one; nil for a problem of its own.
    ///   - vocabulary: Which words it may have.
    ///   - largest: The largest number that it may state or lead to; nil for those of the world.
    ///   - split: The split.
    ///   - random: Where all choices come from.
    /// - Returns: The kind and what fills its pattern.
    /// - Throws: `DatasetError.drawFailed`.
    func problem(
        kinds: [ProblemKind],
        like model: (kind: ProblemKind, content: PatternContent)? = nil,
        vocabulary: WorldVocabulary,
        atMost largest: Int? = nil,
        split: Split,
        random: inout ContentRandom
    ) throws -> (kind: ProblemKind, content: PatternContent) {
        for _ in 0..<Self.maximumAttempts {
            let kind = model?.kind ?? kinds[random.below(kinds.count)]
            guard let places = problemPlaces[kind.name], let first = places.first else { continue }
            let place =
                model?.content.pattern
                ?? (places.count == 1 ? first : places[random.below(places.count)])
            let plan = problems.plans[place]
            // Only the numbers are drawn again when they break a limit: otherwise kinds with
            // tight limits would be rarer than the others.
            guard let numbers = problemNumbers(of: kind, atMost: largest, random: &random) else {
                break
            }
            let words = self.words(for: plan, vocabulary: vocabulary, random: &random)
            let hash = self.hash(plan: plan, words: words, numbers: numbers)
            if settings.splitShares.split(ofHash: hash) == split {
                var content = PatternContent(
                    pattern: place,
                    words: words,
                    numbers: numbers,
                    hash: hash
                )
                let holdsDistractor =
                    model.map { $0.content.distractor != nil }
                    ?? (settings.distractorShare > 0 && plan.holdsDistractor
                        && random.uniform() < settings.distractorShare)
                if holdsDistractor {
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

    private func problemNumbers(
        of kind: ProblemKind,
        atMost largest: Int?,
        random: inout ContentRandom
    ) -> [Int]? {
        for _ in 0..<Self.maximumAttempts {
            let numbers = kind.numbers(settings: settings, atMost: largest, random: &random)
            if let numbers { return numbers }
        }
        return nil
    }
}
