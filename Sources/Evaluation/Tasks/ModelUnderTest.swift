import Transformer

/// What a task needs of a model that writes replies.
///
/// A protocol, so that a task and the calculator are tested with replies that are known.
package protocol ReplyGenerator {
    /// The greedy continuation of each prompt: new tokens only, without the stop token.
    ///
    /// - Parameters:
    ///   - prompts: Token sequences, none empty.
    ///   - settings: Where to stop, and how many prompts to run at a time.
    ///   - assistant: Called with the index of a prompt and its new tokens so far; the tokens that
    ///     it returns come next, before the model is asked again.
    /// - Returns: One continuation a prompt, in order; the same ones at any batch size.
    /// - Throws: Whatever keeps the model from replying.
    func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) throws -> [[Int32]]
}

/// How replies are decoded; always greedily.
package struct ReplySettings: Hashable, Sendable {
    /// The most new tokens of a reply.
    package var maximumNewTokens: Int
    /// The token that ends a reply.
    package var stopToken: Int32
    /// How many prompts run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes how replies are decoded.
    package init(maximumNewTokens: Int, stopToken: Int32, batchSize: Int) {
        self.maximumNewTokens = maximumNewTokens
        self.stopToken = stopToken
        self.batchSize = batchSize
    }
}

/// What a task needs of a model that judges given text.
package protocol TokenScorer {
    /// The natural logarithm of the probability of each target; 0 where nothing is asked.
    ///
    /// The numbers of a segment do not depend on what is packed beside it, to the last bit.
    func logProbabilities(of input: ModelInput) throws -> [Float]

    /// The logits of the token after each sequence, one row of the vocabulary's size each.
    func nextTokenLogits(of sequences: [[Int32]]) throws -> [[Float]]
}
