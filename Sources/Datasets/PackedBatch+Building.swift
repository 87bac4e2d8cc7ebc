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

    /// How many segments there are.
    package var segmentCount: Int { segmentOffsets.count - 1 }

    /// How many positions take part in the loss.
    package var predictedTokenCount: Int {
        targets.reduce(0) { $0 + ($1 == Self.ignoredTarget ? 0 : 1) }
    }
}
