import Transformer

/// What a task needs of a model that writes replies.
///
/// A protocol, so that a task and the calculator are tested with replies that are known.
package protocol ReplyGenerator {
    /// The most positions of a prompt and its reply together; a prompt that leaves no room for a
    /// reply gets an empty one.
    var maximumPositions: Int { get }

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
    /// Tokens that end a reply, besides those that the model itself names.
    package var stopTokens: Set<Int32>
    /// Texts that end a reply too, or nil for none.
    ///
    /// The token that completes one is the reply's last.
    package var ending: ReplyEnding?
    /// Tokens from here on are never written; nil for those of the whole model.
    package var vocabularySize: Int?
    /// How many prompts run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes how replies are decoded.
    package init(
        maximumNewTokens: Int,
        stopTokens: Set<Int32>,
        ending: ReplyEnding? = nil,
        vocabularySize: Int? = nil,
        batchSize: Int
    ) {
        self.maximumNewTokens = maximumNewTokens
        self.stopTokens = stopTokens
        self.ending = ending
        self.vocabularySize = vocabularySize
        self.batchSize = batchSize
    }
}

/// What a task needs of a model that judges given text.
package protocol TokenScorer {
    /// The most positions of a sequence that the model is made for.
    var maximumPositions: Int { get }

    /// The natural logarithm of the probability of each target; 0 where nothing is asked.
    ///
    /// The numbers of a segment do not depend on what is packed beside it, to the last bit.
    func logProbabilities(of input: ModelInput) throws -> [Float]

    /// The logits of the token after each sequence, one row of the vocabulary's size each.
    func nextTokenLogits(of sequences: [[Int32]]) throws -> [[Float]]
}

extension ReplyGenerator {
    /// A generator that does not say has room for everything.
    package var maximumPositions: Int { .max }
}

extension TokenScorer {
    /// A scorer that does not say has room for everything.
    package var maximumPositions: Int { .max }
}
