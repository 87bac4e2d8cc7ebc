/// How a model continues a text.
public struct GenerationOptions: Sendable, Hashable {
    /// The most tokens to add.
    public var maximumNewTokens: Int
    /// What logits are divided by before sampling; 0 takes the most probable token (greedy).
    public var temperature: Double
    /// Sampling looks at this many most probable tokens; 0 looks at all.
    public var topK: Int
    /// Sampling looks at the fewest most probable tokens that reach this probability together.
    public var topP: Double
    /// The seed of sampling, together with the index of the sequence.
    public var seed: UInt64
    /// Tokens that end a sequence; they are not part of the result.
    public var stopTokens: Set<Int32>
    /// Tokens from here on are never chosen, because the tokenizer has no piece for them; nil
    /// allows every row of the head.
    public var vocabularySize: Int?
    /// How many sequences one thread continues at a time, fewer where their memory would be large;
    /// has no influence on the result.
    public var batchSize: Int

    /// Chooses tokens; greedy by default.
    ///
    /// - Parameters:
    ///   - maximumNewTokens: The most tokens to add.
    ///   - temperature: What logits are divided by before sampling; 0 is greedy.
    ///   - topK: How many most probable tokens sampling looks at; 0 looks at all.
    ///   - topP: The probability that the tokens which sampling looks at reach together.
    ///   - seed: The seed of sampling.
    ///   - stopTokens: Tokens that end a sequence.
    ///   - vocabularySize: Tokens from here on are never chosen; nil allows all.
    ///   - batchSize: How many sequences one thread continues at a time.
    public init(
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
