import Kernels

/// Continues token sequences with a key-value cache, many at a time.
///
/// The result for a prompt does not depend on the other prompts, the batch size or the number of
/// threads.
package final class TextGenerator: Sendable {
    /// Tokens to write next instead of the model's own; empty lets the model go on.
    ///
    /// Gets the index of the prompt and the tokens that its sequence has got so far.
    package typealias Assistant = @Sendable (Int, [Int32]) -> [Int32]

    private let inference: InferenceModel
    private let pool: WorkerPool

    /// The most prompt tokens that one thread reads at a time.
    private static let prefillTokens = 1024

    /// Prepares the weights of a model; later changes of the model are not seen.
    package init(model: TransformerModel, threadCount: Int) {
        inference = InferenceModel(model)
        pool = WorkerPool(threadCount: threadCount)
    }

    /// Continues each prompt until a stop token, the most new tokens, or the last position.
    ///
    /// - Parameters:
    ///   - prompts: Token sequences, each of at least one token; one that fills all positions of
    ///     the model gets no continuation.
    ///   - options: How to choose tokens.
    ///   - assistant: May force tokens, such as the result of a calculation.
    ///   - onToken: Called for each new token: (index of the prompt, token). Calls for different
    ///     prompts may come from different threads.
    /// - Returns: The new tokens of each prompt, without the stop token.
    package func generate(
        prompts: [[Int32]],
        options: GenerationOptions,
        assistant: Assistant? = nil,
        onToken: (@Sendable (Int, Int32) -> Void)? = nil
    ) -> [[Int32]] {
        precondition(options.problem == nil, options.problem ?? "")
        precondition(prompts.allSatisfy { !$0.isEmpty }, "a prompt has no tokens")
        let room = inference.configuration.maximumPositions
        let longestPrompt = prompts.map(\.count).max() ?? 0
        let positions = max(
            1,
            min(longestPrompt + options.maximumNewTokens, max(room, longestPrompt))
        )
        let rotary = inference.rotary(positionCount: positions)
        // Prompts of like length finish their prefill and their replies at about the same time.
        let order = prompts.indices.sorted {
            prompts[$0].count != prompts[$1].count
                ? prompts[$0].count > prompts[$1].count : $0 < $1
        }
        let groups = stride(from: 0, to: order.count, by: options.batchSize).map {
            Array(order[$0..<min($0 + options.batchSize, order.count)])
        }
        var results = [[Int32]](repeating: [], count: prompts.count)
        results.withUnsafeMutableBufferPointer { results in
            let slots = SharedSlots(results)
            pool.perform(count: groups.count) { index in
                let sequences = groups[index].map { prompt in
                    let most = min(options.maximumNewTokens, max(0, room - prompts[prompt].count))
                    return GeneratedSequence(index: prompt, prompt: prompts[prompt], most: most)
                }
                GenerationGroup(
                    inference: inference,
                    rotary: rotary,
                    sequences: sequences,
                    sampler: TokenSampler(options: options),
                    prefillTokens: max(Self.prefillTokens, longestPrompt),
                    assistant: assistant,
                    onToken: onToken
                ).run()
                for sequence in sequences { slots[sequence.index] = sequence.tokens }
            }
        }
        return results
    }
}
