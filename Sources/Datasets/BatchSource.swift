/// Packed batches from a mixture: the batch of a step depends on the seed, the name and the step.
///
/// Documents stand whole, one after the other, until the budget is used. A document that does not
/// fit any more ends the batch when at least 97 % of it are filled; until then it is passed over
/// and the next ones are tried, and as a last resort a text is cut to fill the rest.
package struct BatchSource: Sendable {
    /// What is drawn from.
    package let mixture: Mixture
    /// Turns text into tokens.
    package let tokenizer: any TokenEncoding
    /// How questions and replies are written.
    package let format: PromptForm
    /// The most tokens of a batch.
    package let tokensPerBatch: Int
    /// The most tokens of a segment.
    package let maximumSequenceLength: Int
    /// The seed of the run.
    package let seed: UInt64
    /// The name of this use of the seed, such as `train` or `validation`.
    package let name: String

    private let stream: UInt64

    /// How full a batch must be before a document that does not fit may end it.
    package static let sufficientFill = 0.97
    /// How many documents in a row may be passed over before a text is cut or the batch ends.
    package static let maximumMisses = 64

    /// Describes a source of batches.
    ///
    /// - Throws: `DatasetError` when a size is too small or the tokenizer lacks a chat symbol.
    package init(
        mixture: Mixture,
        tokenizer: any TokenEncoding,
        format: PromptForm = .standard,
        tokensPerBatch: Int,
        maximumSequenceLength: Int,
        seed: UInt64,
        name: String
    ) throws {
        guard tokensPerBatch >= 2, maximumSequenceLength >= 2 else {
            throw DatasetError.setting(
                name: "batch size",
                found: "\(tokensPerBatch) tokens, sequences to \(maximumSequenceLength)",
                expected: "at least 2 of each"
            )
        }
        try format.check(tokenizer)
        self.mixture = mixture
        self.tokenizer = tokenizer
        self.format = format
        self.tokensPerBatch = tokensPerBatch
        self.maximumSequenceLength = min(maximumSequenceLength, tokensPerBatch)
        self.seed = seed
        self.name = name
        var mixer = ContentMixer(seed)
        mixer.mix(name)
        stream = mixer.value
    }

    /// The batch of a step, never larger than the budget.
    ///
    /// - Throws: `DatasetError.nothingFits`, or what a source throws.
    package func batch(step: Int) throws -> PackedBatch {
        var batch = PackedBatch.empty(capacity: tokensPerBatch)
        var misses = 0
        var draw = 0
        var passedOver: TokenSequence?
        while batch.tokens.count < tokensPerBatch, misses < Self.maximumMisses {
            let sequences = try self.sequences(step: step, draw: draw)
            draw += 1
            if sequences.isEmpty { misses += 1 }
            for sequence in sequences {
                let room = tokensPerBatch - batch.tokens.count
                if sequence.positionCount <= room {
                    batch.append(sequence)
                    misses = 0
                } else if isSufficient(batch) {
                    return batch
                } else {
                    misses += 1
                    if sequence.firstPredicted == 1, passedOver == nil { passedOver = sequence }
                }
            }
        }
        let room = tokensPerBatch - batch.tokens.count
        if !isSufficient(batch), room > 0, let text = passedOver {
            batch.append(TokenSequence(tokens: Array(text.tokens.prefix(room + 1))))
        }
        guard !batch.tokens.isEmpty else {
            throw DatasetError.nothingFits(
                name: name,
                draws: draw,
                maximumSequenceLength: maximumSequenceLength
            )
        }
        return batch
    }

    /// The batches of the first `count` steps: a validation set that is the same each time.
    package func fixedBatches(count: Int) throws -> [PackedBatch] {
        try (0..<count).map { try batch(step: $0) }
    }

    private func isSufficient(_ batch: PackedBatch) -> Bool {
        Double(batch.tokens.count) >= Self.sufficientFill * Double(tokensPerBatch)
    }

    private func sequences(step: Int, draw: Int) throws -> [TokenSequence] {
        let drawn = try mixture.document(seed: stream, step: step, draw: draw)
        return try TokenSequence.sequences(
            of: drawn.document,
            tokenizer: tokenizer,
            format: format,
            masksPrompt: mixture.components[drawn.component].masksPrompt,
            maximumLength: maximumSequenceLength
        )
    }
}
