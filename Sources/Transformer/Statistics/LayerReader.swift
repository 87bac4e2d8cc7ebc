import Kernels

/// Reads the residual stream of a model behind its embeddings and behind each of its blocks.
///
/// Place 0 is behind the embeddings, place l + 1 behind block l. The first token of a sequence,
/// which begins every sequence, is read and not reported.
package final class LayerReader: Sendable {
    /// How many places there are: the blocks and the embeddings.
    package var placeCount: Int { inference.configuration.layerCount + 1 }
    /// The width of the stream.
    package var width: Int { inference.configuration.modelWidth }

    let inference: InferenceModel
    private let pool: WorkerPool

    /// Tokens that one thread takes through the model at a time.
    private static let batchTokens = 1024

    /// Prepares a model; later changes of it are not seen.
    package init(_ model: TransformerModel, threadCount: Int) {
        pool = WorkerPool(threadCount: threadCount)
        inference = InferenceModel(model, pool: pool)
    }

    /// The mean direction of the stream over the tokens of each sequence: of x / ‖x‖.
    ///
    /// Blocks read the stream through a norm, so that its direction is what they see. In real
    /// models a few tokens have states a hundred times as long as all others (Sun et al., 2024,
    /// "Massive Activations"), and a mean of the states themselves would be about those tokens.
    ///
    /// - Parameter sequences: Sequences of at least two tokens.
    /// - Returns: For each place a matrix `[sequences, width]`, row by row.
    /// - Throws: `ModelNumberError` when a state is not finite.
    package func meanDirections(of sequences: [[Int32]]) throws -> [SharedBuffer] {
        let width = width
        let means = (0..<placeCount).map { _ in SharedBuffer(count: sequences.count * width) }
        try forEachBatch(of: sequences) { _, _ in
        } body: { _, batch, place, stream in
            let range = batch.sequences
            ActivationKernels.segmentDirections(
                of: stream,
                segments: batch.rows,
                into: MatrixView(
                    means[place].view[range.lowerBound * width..<range.upperBound * width],
                    rows: range.count,
                    columns: width
                )
            )
        }
        if let place = means.firstIndex(where: { !$0.view.isFinite }) {
            throw inference.model.notFinite("the states at place \(place) are")
        }
        return means
    }

    /// The token that the final norm and the output head make the most probable at every position
    /// of every place: the logit lens (nostalgebraist, 2020).
    ///
    /// - Parameter sequences: Sequences of at least two tokens.
    /// - Returns: For each place and each sequence the tokens, one for each but the first position.
    /// - Throws: `ModelNumberError` when a logit is not finite.
    package func topTokens(of sequences: [[Int32]]) throws -> [[[Int32]]] {
        var tokens = [[Int32]](repeating: [], count: placeCount * sequences.count)
        let sequenceCount = sequences.count
        try tokens.withUnsafeMutableBufferPointer { buffer in
            let slots = SharedSlots(buffer)
            try forEachBatch(of: sequences) { pass, rows in
                LogitLens(inference, pass, rows: rows)
            } body: { lens, batch, place, stream in
                let best = try lens.tokens(of: stream, at: place)
                for (sequence, rows) in zip(batch.sequences, batch.rows) {
                    slots[place * sequenceCount + sequence] = Array(best[rows])
                }
            }
        }
        return (0..<placeCount).map { place in
            Array(tokens[place * sequenceCount..<(place + 1) * sequenceCount])
        }
    }

    /// Sequences that one thread takes through the model together.
    struct Batch {
        /// Their places among all.
        let sequences: Range<Int>
        /// The rows of the stream that belong to each, but the first of them.
        let rows: [Range<Int>]
    }

    /// Takes sequences through the model, several at a time.
    ///
    /// - Parameters:
    ///   - sequences: The sequences.
    ///   - prepare: Makes what `body` needs for a pass and a number of rows.
    ///   - body: Gets what was prepared, the batch, the place and the stream there.
    /// - Throws: What `body` throws.
    func forEachBatch<Prepared>(
        of sequences: [[Int32]],
        prepare: (InferencePass, Int) -> Prepared,
        body: (Prepared, Batch, Int, MatrixView) throws -> Void
    ) throws {
        let batches = Self.batches(of: sequences)
        try pool.performThrowing(count: batches.count) { number in
            let input = ModelInput(sequences: Array(sequences[batches[number]]))
            let offsets = input.segmentOffsets
            precondition(offsets.count == batches[number].count + 1, "a sequence has no tokens")
            let batch = Batch(
                sequences: batches[number],
                rows: zip(offsets, offsets.dropFirst()).map { $0 + 1..<max($0 + 1, $1) }
            )
            let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 1
            let pass = InferencePass(
                inference,
                maximumTokens: input.tokens.count,
                maximumSegmentLength: longest
            )
            let prepared = prepare(pass, input.tokens.count)
            _ = try pass.runPacked(
                input.tokens,
                segments: PackedSegments(offsets),
                rotary: try inference.rotary(positionCount: longest),
                observeStream: { place, stream in try body(prepared, batch, place, stream) }
            )
        }
    }

    /// Runs of sequences; their borders depend on the sequences alone.
    private static func batches(of sequences: [[Int32]]) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var first = 0
        var tokens = 0
        for (index, sequence) in sequences.enumerated() {
            if index > first, tokens + sequence.count > batchTokens {
                batches.append(first..<index)
                (first, tokens) = (index, 0)
            }
            tokens += sequence.count
        }
        return first < sequences.count ? batches + [first..<sequences.count] : batches
    }
}
