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
    /// Words that cannot be told apart, as a reader would say it.
    package let remarks: [String]
}

extension LanguagePack {
    /// Counts what the pack holds and finds words of one kind that are written alike.
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
}
