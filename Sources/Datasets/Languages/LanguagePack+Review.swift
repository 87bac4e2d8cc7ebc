/// What a pack holds, and what a reader should look at although it is no error.
package struct LanguagePackReview: Encodable, Hashable, Sendable {
    /// The code of the language.
    package let code: String
    /// Words by kind.
    package let words: [String: Int]
    /// Patterns by section.
    package let patterns: [String: Int]
    /// Phrasings of problems in all.
    package let phrasings: Int
    /// Words that cannot be distinguished, as a reader would say it.
    package let remarks: [String]
}

extension LanguagePack {
    /// Counts what the pack holds, and finds words of one kind that are written alike and words
    /// that problems alone use.
    package var review: LanguagePackReview {
        var remarks: [String] = []
        for category in WordCategory.listed {
            let words = lexicon[category] ?? []
            for (forms, alike) in Dictionary(grouping: words, by: \.forms) where alike.count > 1 {
                let keys = alike.map(\.key).sorted().joined(separator: ", ")
                let usual = ["", "singular", "present", "text"].compactMap { forms[$0] }.first
                let text = usual ?? forms.sorted { $0.key < $1.key }.first?.value ?? ""
                remarks.append("\(category.rawValue): \(keys) are all written \"\(text)\"")
            }
        }
        remarks += wordsOfProblemsAlone.map { kind, words in
            "problem \(kind): no general text holds \(words.map { "\"\($0)\"" }.joined(separator: ", "))"
        }
        let words = WordCategory.listed.map { ($0.rawValue, lexicon[$0]?.count ?? 0) }
        return LanguagePackReview(
            code: code,
            words: Dictionary(uniqueKeysWithValues: words),
            patterns: [
                "sentences": sentences.count, "questions": questions.count,
                "events": events.count,
                "distractors": distractors.count, "problems": Set(problems.map(\.kind)).count,
            ],
            phrasings: problems.count,
            remarks: remarks.sorted()
        )
    }

    /// The phrasings of problems that state their numbers in another order than those of the source
    /// do.
    ///
    /// No program can distinguish the slots, so that two exchanged numbers would give another
    /// problem with the same answer: a person has to see that each of these says the same.
    package func reorderedProblems(against source: LanguagePack) -> [String] {
        problems.filter { pattern in
            let other = source.problems.first { $0.key == pattern.key }
            return other.map { $0.text.numbersInOrder != pattern.text.numbersInOrder } ?? false
        }.map(\.key)
    }

    /// The fixed words of each kind of problem that stand in no sentence and no question.
    ///
    /// A language expert never sees a problem, so it cannot learn them and may unlearn them.
    /// Languages without blanks between words have none.
    private var wordsOfProblemsAlone: [(kind: String, words: [String])] {
        guard !separator.isEmpty else { return [] }
        let general = (sentences + questions + events).flatMap(\.templates).reduce(
            into: Set<String>()
        ) { $0.formUnion($1.fixedWords) }
        return Dictionary(grouping: problems, by: \.kind).sorted { $0.key < $1.key }
            .compactMap { kind, phrasings in
                let own = phrasings.reduce(into: Set<String>()) { $0.formUnion($1.text.fixedWords) }
                let alone = own.subtracting(general).sorted()
                return alone.isEmpty ? nil : (kind, alone)
            }
    }
}

extension Template {
    /// The whole words that are written out, in small letters; parts of words beside a slot are
    /// not.
    fileprivate var fixedWords: Set<String> {
        // A mark that no pack can hold keeps what touches a slot apart from whole words.
        let slot = "\u{FFFF}"
        let text = segments.reduce(into: "") { text, segment in
            switch segment {
            case .text(let fixed): text += fixed
            case .distractor: text += " "
            case .word, .number: text += slot
            }
        }
        let words = text.lowercased().split { character in
            character.isWhitespace || character.isPunctuation && !"'-\u{2019}".contains(character)
        }
        return Set(words.map(String.init).filter { !$0.contains(slot) })
    }
}
