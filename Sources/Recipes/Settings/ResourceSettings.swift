import RecipeDocuments

/// How poor the target language is in the base: shares of what the recipe would otherwise give it.
///
/// One number stands for all three shares.
package struct ResourceSettings: Encodable, Hashable, Sendable {
    /// The share of the base's target-language texts and questions that is kept.
    package var text: Double
    /// The share of the base's translations that is kept.
    package var parallel: Double
    /// The share of each list of words that the familiar vocabulary holds; nil leaves it to
    /// `world`.
    package var lexicon: Double?

    enum CodingKeys: String, DescribedKey {
        case text, parallel, lexicon

        static let places = ["resource"]

        var entry: KeyEntry {
            switch self {
            case .text:
                .number(.share, .value(1)).meaning(
                    "The share of the base's target-language texts and questions that is kept."
                )
            case .parallel:
                .number(.share, .value(1)).meaning(
                    "The share of the base's translations that is kept."
                )
            case .lexicon:
                .number(.share, .derived("the shares that `world` sets")).meaning(
                    "The share of each list of words that the familiar vocabulary has."
                )
            }
        }
    }

    init(_ value: RecipeValue?) throws {
        (text, parallel, lexicon) = (1, 1, nil)
        guard let value else { return }
        if case .scalar = value.node {
            let share = try value.number()
            if let problem = NumberRange.share.problem(of: share) {
                throw value.error("\(problem), or a mapping with text, parallel and lexicon")
            }
            (text, parallel, lexicon) = (share, share, share)
            return
        }
        let reader = try MappingReader(value, keys: CodingKeys.self)
        text = try reader.value(.text)
        parallel = try reader.value(.parallel)
        lexicon = try reader.valueIfPresent(.lexicon)
    }

    /// Whether it changes nothing.
    var isPlain: Bool { text == 1 && parallel == 1 && lexicon == nil }

    /// The base's mixture with its target-language parts made smaller.
    ///
    /// Only the weights change: the base reads as many tokens as before, and what it does not read
    /// in the target language or in both it reads of everything else.
    func reduced(_ mixture: MixtureSettings) -> MixtureSettings {
        var mixture = mixture
        for place in mixture.entries.indices {
            let source = mixture.entries[place].value
            switch source.kind {
            case .text, .questions, .events:
                if source.language == .target { mixture.entries[place].value.weight *= text }
            case .translation: mixture.entries[place].value.weight *= parallel
            case .arithmetic, .problems: break
            }
        }
        return mixture
    }
}
