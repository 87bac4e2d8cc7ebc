extension PackedBatch {
    /// A batch without tokens, to be filled by `append`.
    package static func empty(capacity: Int) -> PackedBatch {
        var batch = PackedBatch(tokens: [], segmentOffsets: [0], targets: [])
        batch.tokens.reserveCapacity(capacity)
        batch.targets.reserveCapacity(capacity)
        return batch
    }

    /// Adds a sequence as one segment: reads all its tokens but the last, predicts all but the
    /// first, and ignores the targets before `firstPredicted`.
    package mutating func append(_ sequence: TokenSequence) {
        guard sequence.positionCount > 0 else { return }
        tokens.append(contentsOf: sequence.tokens.dropLast())
        let masked = min(max(sequence.firstPredicted - 1, 0), sequence.positionCount)
        targets.append(contentsOf: repeatElement(Self.ignoredTarget, count: masked))
        targets.append(contentsOf: sequence.tokens.dropFirst(masked + 1))
        segmentOffsets.append(tokens.count)
    }

    /// How many positions take part in the loss.
    package var predictedTokenCount: Int {
        targets.reduce(0) { $0 + ($1 == Self.ignoredTarget ? 0 : 1) }
    }
}

extension PackedBatch {
    /// Batches that hold each of the documents once, in their order.
    ///
    /// - Throws: `DatasetError` when the tokenizer lacks a chat symbol or a chat document is longer
    ///   than `maximumSequenceLength`: a measurement leaves nothing out in silence.
    package static func batches(
        of documents: [Document],
        tokenizer: some TokenEncoding,
        format: PromptForm = .standard,
        masksPrompt: Bool = true,
        tokensPerBatch: Int,
        maximumSequenceLength: Int
    ) throws -> [PackedBatch] {
        let maximumLength = min(tokensPerBatch, maximumSequenceLength)
        var batches: [PackedBatch] = []
        var batch = empty(capacity: tokensPerBatch)
        for document in documents {
            let sequences = try TokenSequence.sequences(
                of: document,
                tokenizer: tokenizer,
                format: format,
                masksPrompt: masksPrompt,
                maximumLength: maximumLength
            )
            guard !sequences.isEmpty else {
                throw DatasetError.nothingFits(
                    name: "a chat document",
                    draws: 1,
                    maximumSequenceLength: maximumLength
                )
            }
            for sequence in sequences {
                if batch.tokens.count + sequence.positionCount > tokensPerBatch {
                    batches.append(batch)
                    batch = empty(capacity: tokensPerBatch)
                }
                batch.append(sequence)
            }
        }
        if !batch.tokens.isEmpty { batches.append(batch) }
        return batches
    }
}
