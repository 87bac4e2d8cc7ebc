extension SequenceScorer {
    /// Runs the model on a sequence and gives the logits at every position.
    ///
    /// - Parameter sequence: At least one token.
    /// - Returns: For each position one logit for each token of the vocabulary, in nats: position t
    ///   scores what follows token t.
    /// - Throws: An error for a token that is not in the vocabulary, for a number of threads or a
    ///   configuration that cannot compute, and for a model whose logits are not finite.
    public func logits(of sequence: [Int32]) throws -> [[Float]] {
        try TransformerModel.check(sequence, vocabularySize: vocabularySize)
        return try logits(
            of: ModelInput(sequences: [sequence]),
            at: Array(sequence.indices)
        )
    }

    /// Runs the model on a sequence and gives the logits of the token that follows it.
    ///
    /// - Parameter sequence: At least one token; an empty one has no logits.
    /// - Returns: One logit for each token of the vocabulary.
    /// - Throws: As `logits(of:)`.
    public func nextTokenLogits(after sequence: [Int32]) throws -> [Float] {
        try TransformerModel.check(sequence, vocabularySize: vocabularySize)
        guard !sequence.isEmpty else { return [] }
        return try nextTokenLogits(of: [sequence]).first ?? []
    }

    /// log p of each token of a sequence but the first, given those before it, in nats.
    ///
    /// - Parameter sequence: The tokens.
    /// - Returns: One number fewer than there are tokens; their sum is the log likelihood of the
    ///   sequence after its first token.
    /// - Throws: As `logits(of:)`.
    public func logProbabilities(of sequence: [Int32]) throws -> [Float] {
        try TransformerModel.check(sequence, vocabularySize: vocabularySize)
        return try logProbabilities(of: ModelInput(sequences: [sequence])).dropLast()
    }
}
