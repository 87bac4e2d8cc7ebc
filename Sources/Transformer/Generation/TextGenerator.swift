import Kernels

/// Continues token sequences with a key-value cache, many at a time.
///
/// The result for a prompt does not depend on the other prompts, the batch size or the number of
/// threads. A generator works on one call at a time: others, from any thread or task, wait.
public final class TextGenerator: Sendable {
    /// Tokens to write next instead of the model's own; empty lets the model go on.
    ///
    /// Gets the index of the prompt and the tokens that its sequence has got so far.
    package typealias Assistant = @Sendable (Int, [Int32]) -> [Int32]

    /// Whether a sequence has ended by what it holds, such as a text that ends replies.
    ///
    /// Gets the index of the prompt and the tokens that its sequence has got so far.
    package typealias Ending = @Sendable (Int, [Int32]) -> Bool

    /// The most positions of a prompt and its continuation together.
    public var maximumPositions: Int { runner.configuration.maximumPositions }
    /// The tokens that end a reply by the model's own files.
    public var stopTokens: Set<Int32> { runner.configuration.stopTokens }

    /// The number of rows of the output head.
    var vocabularySize: Int { runner.configuration.vocabularySize }

    private let runner: ModelRunner

    /// The most prompt tokens that one thread reads at a time.
    private static let prefillTokens = 1024
    /// Bytes that the keys and values of all threads may take before fewer sequences run at a time.
    private static let cacheBytes = 1 << 30
    /// Weights of at least so many bytes come from memory for each token, and threads that read
    /// them together read them once; smaller ones stay in the caches of each core.
    private static let sharedBytes = 1 << 26
    /// The most sequences that all threads continue together; more of them keep each thread busy
    /// with its own.
    private static let sharedSequences = 16

    /// Prepares the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameters:
    ///   - model: The model. Calls throw when its configuration has numbers that no model can have.
    ///   - threadCount: How many threads compute, at least 1: calls throw otherwise. As many as
    ///     there are cores that this process may use when nil.
    public convenience init(model: TransformerModel, threadCount: Int? = nil) {
        self.init(model: model, threadCount: threadCount, precision: .float32)
    }

    /// Prepares the weights of a model in a precision of choice.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - threadCount: How many threads compute; as many as this process may use when nil.
    ///   - precision: How weights are kept; sums are in single precision. Weights that are numbers
    ///     in bfloat16 anyway are kept as such in both, with the same results.
    package init(model: TransformerModel, threadCount: Int?, precision: LinearPrecision) {
        runner = ModelRunner(
            model,
            threadCount: threadCount,
            halves: precision == .bfloat16 ? .always : .whenExact
        )
    }

    /// Continues each prompt until a stop token, the most new tokens, or the last position.
    ///
    /// - Parameters:
    ///   - prompts: Token sequences, each of at least one token; one that fills all positions of
    ///     the model gets no continuation.
    ///   - options: How to choose tokens.
    ///   - assistant: May force tokens, such as the result of a calculation.
    ///   - isFinished: May end a sequence; its last token stays in the result.
    ///   - onToken: Called for each new token: (index of the prompt, token). Calls for different
    ///     prompts may come from different threads.
    /// - Returns: The new tokens of each prompt, without the stop token.
    /// - Throws: `GenerationError` for a prompt without tokens, `ModelNumberError` when a logit is
    ///   not finite, `OptionError` for a model or a number of threads that cannot compute.
    package func generate(
        prompts: [[Int32]],
        options: GenerationOptions,
        assistant: Assistant? = nil,
        isFinished: Ending? = nil,
        onToken: (@Sendable (Int, Int32) -> Void)? = nil
    ) throws -> [[Int32]] {
        precondition(options.problem == nil, options.problem ?? "")
        if let empty = prompts.firstIndex(where: \.isEmpty) {
            throw GenerationError.emptyPrompt(number: empty + 1)
        }
        let room = maximumPositions
        // No model writes more than it has positions, and larger numbers could not be added up.
        let mostTokens = min(options.maximumNewTokens, room)
        let longestPrompt = prompts.map(\.count).max() ?? 0
        let positions = max(1, min(longestPrompt + mostTokens, room))
        // Prompts of like length finish their prefill and their replies at about the same time.
        let order = prompts.indices.sorted {
            prompts[$0].count != prompts[$1].count
                ? prompts[$0].count > prompts[$1].count : $0 < $1
        }
        return try runner.perform { own, pool in
            let sharesWork = Self.sharesWork(own, pool, prompts: prompts.count)
            let inference = sharesWork ? InferenceModel(sharing: own, on: pool) : own
            let rotary = try inference.rotary(positionCount: positions)
            let batch = Self.batchSize(
                options.batchSize,
                of: inference,
                prompts: prompts.count,
                positions: positions,
                threads: sharesWork ? 1 : pool.threadCount
            )
            let groups = stride(from: 0, to: order.count, by: batch).map {
                Array(order[$0..<min($0 + batch, order.count)])
            }
            var results = [[Int32]](repeating: [], count: prompts.count)
            try results.withUnsafeMutableBufferPointer { results in
                let slots = SharedSlots(results)
                func continueGroup(_ index: Int) throws {
                    let sequences = groups[index].map { prompt in
                        let most = min(mostTokens, max(0, room - prompts[prompt].count))
                        return GeneratedSequence(index: prompt, prompt: prompts[prompt], most: most)
                    }
                    try GenerationGroup(
                        inference: inference,
                        team: sharesWork ? pool : nil,
                        rotary: rotary,
                        sequences: sequences,
                        sampler: TokenSampler(options: options),
                        prefillTokens: Self.prefillTokens,
                        assistant: assistant,
                        isFinished: isFinished,
                        onToken: onToken
                    ).run()
                    for sequence in sequences { slots[sequence.index] = sequence.tokens }
                }
                if sharesWork {
                    for index in groups.indices { try continueGroup(index) }
                } else {
                    try pool.performThrowing(count: groups.count, continueGroup)
                }
            }
            return results
        }
    }

    /// Whether all threads work on the same sequences, in place of each on its own.
    private static func sharesWork(
        _ inference: InferenceModel,
        _ pool: WorkerPool,
        prompts: Int
    ) -> Bool {
        guard pool.threadCount > 1, prompts > 0 else { return false }
        return prompts <= sharedSequences && inference.weightBytes >= sharedBytes
    }

    /// How many sequences run together, such that full caches stay within bounds and no thread
    /// waits while another has several.
    private static func batchSize(
        _ wanted: Int,
        of inference: InferenceModel,
        prompts: Int,
        positions: Int,
        threads: Int
    ) -> Int {
        let sequence =
            inference.configuration.layerCount
            * AttentionCache.byteCount(attention: inference.model.attention, capacity: positions)
        let busy = min(threads, max(prompts, 1))
        let share = (prompts + busy - 1) / busy
        return max(1, min(wanted, share, cacheBytes / busy / max(sequence, 1)))
    }
}
