import Foundations

extension TextGenerator {
    /// Continues one prompt until a token that ends replies, the most new tokens, or the last
    /// position.
    ///
    /// A generator continues one prompt at a time: a call from another thread waits for its turn,
    /// and one from inside `onToken` would wait for ever.
    ///
    /// - Parameters:
    ///   - prompt: At least one token.
    ///   - options: How tokens are chosen. The model's own `stopTokens` end the text too.
    ///   - onToken: Called for each new token.
    /// - Returns: The new tokens, without the one that ended the text.
    /// - Throws: An error for options out of range, for a prompt that is empty, too long or not of
    ///   the model's vocabulary, for a number of threads or a configuration that cannot compute, and
    ///   for a model whose logits are not finite.
    public func generate(
        _ prompt: [Int32],
        options: GenerationOptions = GenerationOptions(),
        onToken: (@Sendable (Int32) -> Void)? = nil
    ) throws -> [Int32] {
        var options = options
        options.stopTokens.formUnion(stopTokens)
        if let problem = options.problem { throw OptionError(problem) }
        try TransformerModel.check(prompt, vocabularySize: vocabularySize)
        guard prompt.count < maximumPositions else {
            throw GenerationError.promptTooLong(
                tokens: prompt.count,
                positions: maximumPositions
            )
        }
        var forward: (@Sendable (Int, Int32) -> Void)?
        if let onToken { forward = { _, token in onToken(token) } }
        return try generate(prompts: [prompt], options: options, onToken: forward).first ?? []
    }
}
