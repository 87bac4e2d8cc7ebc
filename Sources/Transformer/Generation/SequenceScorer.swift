import Kernels

/// Log probabilities that a model gives to tokens; independent of batch size and threads, bit by
/// bit.
///
/// A scorer computes one call at a time: others, from any thread or task, wait.
public final class SequenceScorer: Sendable {
    /// The most positions of a sequence that the model is made for.
    public var maximumPositions: Int { runner.configuration.maximumPositions }

    /// The number of rows of the output head.
    var vocabularySize: Int { runner.configuration.vocabularySize }

    private let runner: ModelRunner

    /// The most tokens that one thread works on at a time.
    private static let chunkTokens = 1024

    /// Prepares the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameters:
    ///   - model: The model. Calls throw when its configuration has numbers that no model can have.
    ///   - threadCount: How many threads compute, at least 1: calls throw otherwise. As many as
    ///     there are cores that this process may use when nil.
    public init(model: TransformerModel, threadCount: Int? = nil) {
        runner = ModelRunner(model, threadCount: threadCount)
    }

    /// log p(target) of every position, in nats; 0 where no target is asked for.
    ///
    /// - Parameter input: Packed sequences.
    /// - Returns: One number for each token of `input`. Probabilities are shares of all rows of the
    ///   head, as in `transformers`, also of rows for which the tokenizer has no piece.
    /// - Throws: `ModelNumberError` when a logit is not finite.
    package func logProbabilities(of input: ModelInput) throws -> [Float] {
        var result = [Float](repeating: 0, count: input.tokens.count)
        let asked = Array(input.targets.indices)
            .filter { input.targets[$0] != ModelInput.ignoredTarget }
        try result.withUnsafeMutableBufferPointer { result in
            let output = SharedSlots(result)
            try forEachChunk(of: input, asked: asked) { places, logits in
                let targets = places.map { input.targets[$0] }
                var values = [Float](repeating: 0, count: places.count)
                targets.withUnsafeBufferPointer { targets in
                    values.withUnsafeMutableBufferPointer { values in
                        CrossEntropy.logProbabilities(
                            logits: logits,
                            targets: targets,
                            output: values
                        )
                    }
                }
                for (place, value) in zip(places, values) { output[place] = value }
            }
        }
        return result
    }

    /// The logits that follow the last token of each sequence.
    ///
    /// - Parameter sequences: Sequences of at least one token.
    /// - Returns: For each sequence, one logit for each token of the vocabulary.
    /// - Throws: `ModelNumberError` when a logit is not finite.
    package func nextTokenLogits(of sequences: [[Int32]]) throws -> [[Float]] {
        precondition(sequences.allSatisfy { !$0.isEmpty }, "a sequence has no tokens")
        let input = ModelInput(sequences: sequences)
        let last = input.segmentOffsets.dropFirst().map { $0 - 1 }
        return try logits(of: input, at: last)
    }

    /// The logits at some positions of packed sequences.
    ///
    /// - Parameters:
    ///   - input: Packed sequences.
    ///   - positions: Positions in rising order.
    /// - Returns: For each position, one logit for each token of the vocabulary.
    /// - Throws: `ModelNumberError` when a logit is not finite.
    package func logits(of input: ModelInput, at positions: [Int]) throws -> [[Float]] {
        let places = Dictionary(uniqueKeysWithValues: zip(positions, positions.indices))
        var result = [[Float]](repeating: [], count: positions.count)
        try result.withUnsafeMutableBufferPointer { result in
            let output = SharedSlots(result)
            try forEachChunk(of: input, asked: positions) { asked, logits in
                for (row, position) in asked.enumerated() {
                    guard let place = places[position] else { continue }
                    output[place] = logits.row(row).array()
                }
            }
        }
        return result
    }

    /// Runs groups of whole sequences on all threads and hands out the logits that are asked for.
    private func forEachChunk(
        of input: ModelInput,
        asked: [Int],
        _ body: @Sendable (_ positions: [Int], _ logits: MatrixView) -> Void
    ) throws {
        let offsets = input.segmentOffsets
        let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
        guard longest > 0, !asked.isEmpty else { return }
        let chunks = Self.chunks(of: offsets)
        try runner.perform { inference, pool in
            let rotary = try inference.rotary(positionCount: longest)
            let capacity = min(max(Self.chunkTokens, longest), input.tokens.count)
            let threads = min(pool.threadCount, chunks.count)
            try pool.performThrowing(count: threads) { thread in
                let pass = InferencePass(
                    inference,
                    maximumTokens: capacity,
                    maximumSegmentLength: longest
                )
                for chunk in stride(from: thread, to: chunks.count, by: threads).map({ chunks[$0] })
                {
                    let start = offsets[chunk.lowerBound]
                    let end = offsets[chunk.upperBound]
                    let inside = asked.filter { $0 >= start && $0 < end }
                    guard !inside.isEmpty else { continue }
                    let stream = pass.runPacked(
                        Array(input.tokens[start..<end]),
                        segments: PackedSegments(offsets).part(chunk),
                        rotary: rotary
                    )
                    try pass.forEachLogits(of: inside.map { $0 - start }, in: stream) { place in
                        Self.name(of: inside[place], offsets)
                    } _: { range, logits in
                        body(Array(inside[range]), logits)
                    }
                }
            }
        }
    }

    /// A position as messages have it, counted from 1 in its sequence.
    private static func name(of position: Int, _ offsets: [Int]) -> String {
        let segment = (offsets.lastIndex { $0 <= position }) ?? 0
        return "token \(position - offsets[segment] + 1) of sequence \(segment + 1)"
    }

    /// Runs of whole sequences of at most `chunkTokens` tokens, or one longer sequence.
    private static func chunks(of offsets: [Int]) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var first = 0
        for segment in 0..<(offsets.count - 1)
        where offsets[segment + 1] - offsets[first] > chunkTokens && segment > first {
            chunks.append(first..<segment)
            first = segment
        }
        if first < offsets.count - 1 { chunks.append(first..<(offsets.count - 1)) }
        return chunks
    }
}
