/// How a model continues a text.
package struct GenerationOptions: Sendable, Hashable {
    /// The most tokens to add.
    package var maximumNewTokens: Int
    /// What logits are divided by before sampling; 0 takes the most probable token (greedy).
    package var temperature: Double
    /// Sampling looks at this many most probable tokens; 0 looks at all.
    package var topK: Int
    /// Sampling looks at the fewest most probable tokens that reach this probability together.
    package var topP: Double
    /// Where the chance of sampling comes from, together with the index of the sequence.
    package var seed: UInt64
    /// Tokens that end a sequence; they are not part of the result.
    package var stopTokens: Set<Int32>
    /// Tokens from here on are never chosen, because the tokenizer has no piece for them; nil allows
    /// every row of the head.
    package var vocabularySize: Int?
    /// How many sequences one thread continues at a time, fewer where their memory would be large;
    /// has no influence on the result.
    package var batchSize: Int

    /// Greedy by default.
    package init(
        maximumNewTokens: Int = 64,
        temperature: Double = 0,
        topK: Int = 0,
        topP: Double = 1,
        seed: UInt64 = 0,
        stopTokens: Set<Int32> = [],
        vocabularySize: Int? = nil,
        batchSize: Int = 32
    ) {
        self.maximumNewTokens = maximumNewTokens
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.seed = seed
        self.stopTokens = stopTokens
        self.vocabularySize = vocabularySize
        self.batchSize = batchSize
    }

    /// What is wrong with these values, or nil.
    package var problem: String? {
        if maximumNewTokens < 0 {
            return "maximumNewTokens is \(maximumNewTokens); expected 0 or more"
        }
        if !(temperature >= 0 && temperature.isFinite) {
            return "temperature is \(temperature); expected a number from 0"
        }
        if topK < 0 { return "topK is \(topK); expected 0 (all) or more" }
        if !(topP > 0 && topP <= 1) { return "topP is \(topP); expected above 0 and at most 1" }
        if let vocabularySize, vocabularySize < 1 {
            return "vocabularySize is \(vocabularySize); expected 1 or more"
        }
        if batchSize < 1 { return "batchSize is \(batchSize); expected 1 or more" }
        return nil
    }
}
