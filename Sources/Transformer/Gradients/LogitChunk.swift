/// How many rows of logits exist at a time.
enum LogitChunk {
    /// A chunk of about two megabytes stays in the cache of one core.
    private static let cachedElements = 1 << 19
    /// With a large vocabulary so few rows would read the whole head for next to nothing; 32 MB of
    /// logits are still little beside such a head.
    private static let largeElements = 1 << 23
    /// Vocabularies above this are large.
    private static let largeVocabulary = 1 << 14

    /// The rows of a chunk for sizes that need not be whole numbers.
    static func rows(vocabulary: Double, tokens: Double) -> Double {
        let elements = vocabulary > Double(largeVocabulary) ? largeElements : cachedElements
        return max(16, min(tokens, Double(elements) / max(vocabulary, 1)))
    }

    /// The rows of a chunk, 16 at least: as many as there are tokens where they fit, and otherwise a
    /// multiple of 16.
    static func rows(vocabulary: Int, tokens: Int) -> Int {
        let elements = vocabulary > largeVocabulary ? largeElements : cachedElements
        return max(16, min(tokens, elements / max(vocabulary, 1) / 16 * 16))
    }
}
