import Foundations
import Kernels
import Synchronization
import Transformer

/// Times greedy generation for many prompts at once, reading the prompts included.
package struct GenerationBenchmark {
    /// How many prompts.
    package var prompts: Int
    /// Tokens of a prompt on average; lengths are spread by a fifth of it to both sides.
    package var promptLength: Int
    /// Tokens added to each prompt.
    package var newTokens: Int
    /// Sequences that one thread continues at a time.
    package var batchSize: Int
    /// Threads.
    package var threadCount: Int
    /// How often everything is done.
    package var rounds: Int
    /// How weights are kept.
    package var precision = LinearPrecision.float32

    /// Describes a measurement.
    package init(
        prompts: Int,
        promptLength: Int,
        newTokens: Int,
        batchSize: Int,
        threadCount: Int,
        rounds: Int
    ) {
        self.prompts = prompts
        self.promptLength = promptLength
        self.newTokens = newTokens
        self.batchSize = batchSize
        self.threadCount = threadCount
        self.rounds = rounds
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// New tokens a second over all prompts, from the median round.
        package var tokensPerSecond: Double
        /// The same without the time in which the weights are arranged for products.
        package var arrangedTokensPerSecond: Double
        /// New tokens of one round.
        package var newTokens: Int
        /// Prompt tokens of one round.
        package var promptTokens: Int
        /// Parameters of the model.
        package var parameterCount: Int
        /// The most memory that the process has held, in units of 2²⁰ bytes.
        package var peakResidentMegabytes: Int
        /// The median round, in milliseconds.
        package var medianMilliseconds: Double
        /// The 95th percentile of the rounds, in milliseconds.
        package var slowMilliseconds: Double

        enum CodingKeys: String, CodingKey {
            case tokensPerSecond = "tokens_per_second"
            case arrangedTokensPerSecond = "tokens_per_second_arranged"
            case newTokens = "new_tokens"
            case promptTokens = "prompt_tokens"
            case parameterCount = "params"
            case peakResidentMegabytes = "peak_rss_mb"
            case medianMilliseconds = "round_ms_p50"
            case slowMilliseconds = "round_ms_p95"
        }
    }

    /// How far a measurement is.
    package struct Progress: Sendable {
        /// The round, from 1; 0 is the one that does not count.
        package let round: Int
        /// New tokens of the round so far.
        package let tokens: Int
        /// New tokens of a round.
        package let total: Int
    }

    /// Measures a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - onProgress: Gets how far it is, from any thread.
    /// - Returns: The figures.
    /// - Throws: `OptionError` for sizes that cannot be measured, `ModelNumberError` for a model
    ///   with numbers that are not finite.
    package func run(
        _ model: TransformerModel,
        onProgress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) throws -> Result {
        let room = model.configuration.maximumPositions
        for (name, value, range) in [
            ("prompts", prompts, 1...1_000_000), ("length", promptLength, 1...room),
            ("new", newTokens, 1...room), ("batch", batchSize, 1...100_000),
            ("rounds", rounds, 1...1_000),
        ] where !range.contains(value) {
            throw OptionError(
                "--\(name): found \(value), expected \(range.lowerBound) to \(range.upperBound)"
            )
        }
        let spread = promptLength / 5
        guard promptLength + spread + newTokens <= room else {
            throw OptionError(
                "prompts of up to \(promptLength + spread) tokens and \(newTokens) new ones do not "
                    + "fit the model's \(room) positions"
            )
        }
        let sequences = min(Double(prompts), Double(batchSize) * Double(threadCount))
        try AvailableMemory().require(
            MemoryEstimate(model.configuration).writingBytes(
                sequences: sequences,
                length: Double(promptLength + spread + newTokens),
                precision: precision
            ) - MemoryEstimate(model.configuration).modelBytes
                + 8 * Double(prompts) * Double(promptLength + newTokens),
            for: "continuing \(NumberText.grouped(Int(sequences))) prompts at a time",
            advice: "take a smaller --batch, fewer --prompts or fewer --threads"
        )
        var generator = SeededGenerator(seed: 0, stream: "benchmark")
        let vocabulary = model.configuration.vocabularySize
        let texts = (0..<prompts).map { _ in
            let low = max(1, promptLength - spread)
            let count = low + generator.index(below: promptLength + spread - low + 1)
            return (0..<count).map { _ in Int32(generator.index(below: vocabulary)) }
        }
        let options = GenerationOptions(maximumNewTokens: newTokens, batchSize: batchSize)
        var made = 0
        var round = 0
        var arranging: [Double] = []
        let timing = try TimingSummary.of(rounds: rounds) {
            // Arranging the weights is part of what a user waits for.
            let start = ContinuousClock.now
            let writer = TextGenerator(
                model: model,
                threadCount: threadCount,
                precision: precision
            )
            arranging.append(start.duration(to: .now).inSeconds)
            let counter = TokenCounter(round: round, total: prompts * newTokens, onProgress)
            round += 1
            made = try writer.generate(
                prompts: texts,
                options: options,
                onToken: { _, _ in counter.count() }
            ).reduce(0) { $0 + $1.count }
        }
        return Result(
            tokensPerSecond: Double(made) / (timing.median / 1e3),
            arrangedTokensPerSecond: Double(made)
                / max(timing.median / 1e3 - arranging.sorted()[arranging.count / 2], 1e-9),
            newTokens: made,
            promptTokens: texts.reduce(0) { $0 + $1.count },
            parameterCount: model.parameterCount,
            peakResidentMegabytes: ProcessMemory.peakBytes >> 20,
            medianMilliseconds: timing.median,
            slowMilliseconds: timing.slow
        )
    }
}

/// Counts the tokens of a round, whose threads write them, and reports every so many.
private final class TokenCounter: Sendable {
    private let tokens = Atomic<Int>(0)
    private let round: Int
    private let total: Int
    private let onProgress: @Sendable (GenerationBenchmark.Progress) -> Void

    /// Rarely enough that telling does not cost time.
    private static let interval = 64

    init(
        round: Int,
        total: Int,
        _ onProgress: @escaping @Sendable (GenerationBenchmark.Progress) -> Void
    ) {
        self.round = round
        self.total = total
        self.onProgress = onProgress
        onProgress(.init(round: round, tokens: 0, total: total))
    }

    func count() {
        let count = tokens.wrappingAdd(1, ordering: .relaxed).newValue
        guard count.isMultiple(of: Self.interval) else { return }
        onProgress(.init(round: round, tokens: count, total: total))
    }
}
