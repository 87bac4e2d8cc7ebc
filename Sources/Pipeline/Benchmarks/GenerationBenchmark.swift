import Kernels
import Training
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
            case newTokens = "new_tokens"
            case promptTokens = "prompt_tokens"
            case parameterCount = "params"
            case peakResidentMegabytes = "peak_rss_mb"
            case medianMilliseconds = "round_ms_p50"
            case slowMilliseconds = "round_ms_p95"
        }
    }

    /// Measures a model.
    ///
    /// - Throws: `ToolError.option` for sizes that cannot be measured.
    package func run(_ model: TransformerModel) throws -> Result {
        let room = model.configuration.maximumPositions
        for (name, value, range) in [
            ("prompts", prompts, 1...1_000_000), ("length", promptLength, 1...room),
            ("new", newTokens, 1...room), ("batch", batchSize, 1...100_000),
            ("rounds", rounds, 1...1_000),
        ] where !range.contains(value) {
            throw ToolError.option(
                "--\(name): found \(value), expected \(range.lowerBound) to \(range.upperBound)"
            )
        }
        let spread = promptLength / 5
        guard promptLength + spread + newTokens <= room else {
            throw ToolError.option(
                "prompts of up to \(promptLength + spread) tokens and \(newTokens) new ones do not "
                    + "fit the model's \(room) positions"
            )
        }
        var generator = SeededGenerator(seed: 0, stream: "benchmark")
        let vocabulary = Int32(model.configuration.vocabularySize)
        let texts = (0..<prompts).map { _ in
            let low = max(1, promptLength - spread)
            let count = Int.random(in: low...(promptLength + spread), using: &generator)
            return (0..<count).map { _ in Int32.random(in: 0..<vocabulary, using: &generator) }
        }
        let options = GenerationOptions(maximumNewTokens: newTokens, batchSize: batchSize)
        var made = 0
        let timing = TimingSummary.of(rounds: rounds) {
            // Arranging the weights is part of what a user waits for.
            let writer = TextGenerator(model: model, threadCount: threadCount)
            made = writer.generate(prompts: texts, options: options).reduce(0) { $0 + $1.count }
        }
        return Result(
            tokensPerSecond: Double(made) / (timing.median / 1e3),
            newTokens: made,
            promptTokens: texts.reduce(0) { $0 + $1.count },
            parameterCount: model.parameterCount,
            peakResidentMegabytes: ProcessMemory.peakBytes >> 20,
            medianMilliseconds: timing.median,
            slowMilliseconds: timing.slow
        )
    }
}
