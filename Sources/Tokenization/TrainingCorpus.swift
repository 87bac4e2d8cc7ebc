import Foundations

/// The sentences that a tokenizer is trained on, flat in memory.
struct TrainingCorpus {
    /// All sentences, one after the other.
    private(set) var text: [UInt8] = []
    /// Where sentences begin, and at the end the number of bytes.
    private(set) var offsets: [Int] = [0]
    /// Whether any sentence has more than white space.
    private(set) var hasText = false
    /// Decimal digits of other scripts than ASCII, in order, when digits are to be split.
    ///
    /// The library splits ASCII digits alone; these must be symbols to stay single.
    private(set) var otherDigits: [Unicode.Scalar] = []

    /// Number of sentences, without the words that were added at the end (`WordEndings`).
    private(set) var sentenceCount = 0
    /// Number of bytes of these sentences.
    private(set) var byteCount = 0

    /// Reads the sentences once and keeps those that the options choose.
    init(_ sentences: some Sequence<String>, options: TokenizerTrainingOptions) {
        var digits: Set<Unicode.Scalar> = []
        var endings = WordEndings()
        for sentence in Self.sample(sentences, options: options) {
            append(sentence)
            if options.modelType == .unigram { endings.count(sentence) }
            for scalar in sentence.unicodeScalars {
                if !hasText { hasText = !scalar.properties.isWhitespace }
                if options.splitsDigits, !scalar.isASCII,
                    scalar.properties.generalCategory == .decimalNumber
                {
                    digits.insert(scalar)
                }
            }
        }
        otherDigits = digits.sorted()
        sentenceCount = offsets.count - 1
        byteCount = text.count
        endings.missing.forEach { append($0) }
    }

    private mutating func append(_ sentence: String) {
        text.append(contentsOf: sentence.utf8)
        offsets.append(text.count)
    }

    /// All sentences, or an even sample of them in their order (Vitter 1985, algorithm R).
    private static func sample(
        _ sentences: some Sequence<String>,
        options: TokenizerTrainingOptions
    ) -> [String] {
        guard let limit = options.maximumSentences else { return Array(sentences) }
        var generator = SplitMix64(state: options.seed)
        var kept: [(index: Int, sentence: String)] = []
        for (index, sentence) in sentences.enumerated() {
            if kept.count < limit {
                kept.append((index, sentence))
            } else {
                let place = generator.index(below: index + 1)
                if place < limit { kept[place] = (index, sentence) }
            }
        }
        return kept.sorted { $0.index < $1.index }.map(\.sentence)
    }
}
