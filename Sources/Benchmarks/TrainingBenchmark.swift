import Foundation
import Foundations
import Kernels
import Training
import Transformer

/// Times whole training steps (forward, loss, backward, clipping, AdamW) on made-up tokens.
package struct TrainingBenchmark: Sendable {
    /// The model.
    package var configuration: ModelConfiguration
    /// The model's weights; nil for fresh ones.
    package var model: BenchmarkModel?
    /// The rank of adapters on all linear layers, which are trained in place of the weights; nil
    /// trains all weights.
    package var adapterRank: Int?
    /// How weights are kept that have adapters beside them.
    package var frozen = LinearPrecision.bfloat16
    /// Whether the activations of a block are recomputed in the backward pass.
    package var recomputes = false
    /// Sequences of one step.
    package var rows: Int
    /// Tokens of one sequence.
    package var length: Int
    /// Whether the tokens of a step come as documents of 5 to 120 tokens, packed without padding.
    package var isPacked = false
    /// Threads.
    package var threadCount: Int
    /// The numbers that linear layers multiply.
    package var precision = LinearPrecision.float32
    /// Steps that are timed.
    package var steps: Int
    /// Steps before those, which are not.
    package var warmupSteps: Int

    /// Describes a measurement.
    package init(
        configuration: ModelConfiguration,
        rows: Int,
        length: Int,
        threadCount: Int,
        steps: Int,
        warmupSteps: Int
    ) {
        self.configuration = configuration
        self.rows = rows
        self.length = length
        self.threadCount = threadCount
        self.steps = steps
        self.warmupSteps = warmupSteps
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// Tokens a second, from the time of all timed steps together.
        package var tokensPerSecond: Double
        /// 6 · parameters · tokens a second, in units of 10⁹; 4 where only adapters are trained.
        package var gflops: Double
        /// The rate of plain products of 1024³ on the same threads, in units of 10⁹.
        package var gemmGflops: Double
        /// The first as a share of the second.
        package var gemmShare: Double
        /// The most memory that the process has held, in units of 2²⁰ bytes.
        package var peakResidentMegabytes: Int
        /// Parameters of the model.
        package var parameterCount: Int
        /// Parameters that a step updates.
        package var trainedCount: Int
        /// Seconds until the weights were in memory.
        package var loadSeconds: Double
        /// Tokens of one step.
        package var tokensPerStep: Int
        /// Sequences of one step.
        package var sequencesPerStep: Int
        /// Tokens of one step if every sequence were padded to the longest.
        package var paddedTokensPerStep: Int
        /// How often a timed step took memory from the heap; nil when nobody counted.
        package var allocationsPerStep: Double?
        /// The median step, in milliseconds.
        package var medianMilliseconds: Double
        /// The 95th percentile of the steps, in milliseconds.
        package var slowMilliseconds: Double
        /// The shortest step, in milliseconds.
        package var shortestMilliseconds: Double

        enum CodingKeys: String, CodingKey {
            case tokensPerSecond = "tokens_per_second"
            case gflops
            case gemmGflops = "gemm_gflops"
            case gemmShare = "gemm_share"
            case peakResidentMegabytes = "peak_rss_mb"
            case parameterCount = "params"
            case trainedCount = "trained_params"
            case loadSeconds = "load_seconds"
            case tokensPerStep = "tokens_per_step"
            case sequencesPerStep = "sequences_per_step"
            case paddedTokensPerStep = "padded_tokens_per_step"
            case allocationsPerStep = "allocations_per_step"
            case medianMilliseconds = "step_ms_p50"
            case slowMilliseconds = "step_ms_p95"
            case shortestMilliseconds = "step_ms_min"
        }
    }

    /// Measures; takes as long as the steps do, and a few seconds for the plain products.
    ///
    /// - Parameter gemmRate: The rate of plain products when it is known already.
    /// - Returns: The figures of the timed steps.
    /// - Throws: `TrainingError.setting` for sizes that cannot be measured, and errors of loading
    ///   OpenBLAS or oneDNN.
    package func run(gemmRate: Double? = nil) throws -> Result {
        try check()
        let beginning = ContinuousClock.now
        let isFrozen = adapterRank != nil
        let model =
            try model?.load(precision: isFrozen ? frozen : .float32)
            ?? TransformerModel(
                configuration: configuration,
                seed: 0,
                precision: isFrozen ? frozen : .float32
            )
        let loadSeconds = beginning.duration(to: .now).inSeconds
        let pool = WorkerPool(threadCount: threadCount)
        let adapters = adapterRank.map { Self.adapters(of: model, rank: $0, pool) }
        var options = GradientEngine.Options()
        options.precision = precision
        options.recomputes = recomputes
        options.adapters = adapters?.besideWeights
        let engine = try GradientEngine(
            model: model,
            pool: pool,
            maximumTokens: rows * length,
            maximumSegmentLength: length,
            options: options
        )
        let optimizer =
            adapters.map { Optimizer(adapters: $0, settings: OptimizerSettings(), pool: pool) }
            ?? Optimizer(model: model, settings: OptimizerSettings(), pool: pool)
        let input = madeUpInput(model.configuration.vocabularySize)
        var times: [Double] = []
        times.reserveCapacity(steps)
        var allocations = 0
        for step in 1...(warmupSteps + steps) {
            let start = ContinuousClock.now
            let before = AllocationCount.current
            engine.clearGradients()
            let loss = engine.accumulateGradients(input)
            engine.reduceGradients()
            let gradients = engine.adapterGradients ?? engine.gradients
            optimizer.update(
                parameters: adapters?.parameters ?? model.parameters,
                gradients: gradients,
                norm: optimizer.norm(of: gradients),
                countedTokens: loss.count,
                learningRate: 1e-3,
                step: step
            )
            guard step > warmupSteps else { continue }
            if let before, let after = AllocationCount.current { allocations += after - before }
            times.append(start.duration(to: .now).inSeconds)
        }
        // The products below take memory of their own.
        let memory = ProcessMemory.peakBytes
        let rate = Double(steps * input.tokens.count) / times.reduce(0, +)
        // Without gradients of weights a third of the work is left out.
        let operations = (isFrozen ? 4 : 6) * Double(model.parameterCount) * rate
        let plain =
            try gemmRate ?? ProductRate.best(precision: precision, threads: threadCount)
        let offsets = input.segmentOffsets
        let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
        let timing = TimingSummary(seconds: times)
        return Result(
            tokensPerSecond: rate,
            gflops: operations / 1e9,
            gemmGflops: plain / 1e9,
            gemmShare: operations / plain,
            peakResidentMegabytes: memory >> 20,
            parameterCount: model.parameterCount,
            trainedCount: adapters?.parameters.count ?? model.parameterCount,
            loadSeconds: loadSeconds,
            tokensPerStep: input.tokens.count,
            sequencesPerStep: offsets.count - 1,
            paddedTokensPerStep: (offsets.count - 1) * longest,
            allocationsPerStep: AllocationCount.current.map { _ in
                Double(allocations) / Double(steps)
            },
            medianMilliseconds: timing.median,
            slowMilliseconds: timing.slow,
            shortestMilliseconds: timing.shortest
        )
    }

    /// Adapters on all linear layers.
    private static func adapters(
        of model: TransformerModel,
        rank: Int,
        _ pool: WorkerPool
    ) -> LoRAAdapters {
        let settings = LoRASettings(rank: rank, alpha: 2 * Double(rank))
        let roles = Set(settings.targets.map(\.role))
        return LoRAAdapters(
            model: model,
            settings: settings,
            parts: [model.layout.entries.filter { roles.contains($0.role) }],
            seed: 0,
            pool: pool,
            form: .beside
        )
    }

    private func check() throws {
        let configuration = try model?.configuration() ?? configuration
        for (name, value) in [
            ("rows", rows), ("length", length), ("threads", threadCount), ("steps", steps),
        ] where value < 1 {
            throw TrainingError.setting(name: name, found: "\(value)", expected: "1 or more")
        }
        if let problem = configuration.problem {
            throw TrainingError.setting(
                name: problem.key,
                found: problem.found,
                expected: problem.rule
            )
        }
        let tokens = Double(rows) * Double(length)
        var training = MemoryEstimate.Training(
            tokens: tokens,
            sequenceLength: Double(length),
            threads: Double(threadCount)
        )
        training.precision = precision
        training.recomputes = recomputes
        let estimate = MemoryEstimate(configuration)
        if let adapterRank {
            let smallest = min(configuration.modelWidth, configuration.hiddenWidth)
            guard (1...smallest).contains(adapterRank) else {
                throw TrainingError.setting(
                    name: "rank",
                    found: "\(adapterRank)",
                    expected: "1 to \(smallest)"
                )
            }
            training.adapterElements = estimate.adapterElements(rank: Double(adapterRank))
            training.frozen = frozen
        }
        let needed = estimate.trainingBytes(training)
        try AvailableMemory().require(
            // Made-up tokens are drawn as lists before they are a batch.
            needed + 16 * tokens,
            for: "training \(rows) sequences of \(length) tokens on \(threadCount) threads",
            advice: "take fewer --rows, a shorter --length, a smaller model or fewer --threads"
        )
    }

    /// Documents of a training mixture have these lengths, unless sequences are shorter.
    private static let documentLengths = 5...120

    private func madeUpInput(_ vocabularySize: Int) -> ModelInput {
        var generator = SeededGenerator(seed: 0, stream: "benchmark")
        var input = ModelInput(tokens: [], segmentOffsets: [0], targets: [])
        let total = rows * length
        while input.tokens.count < total {
            let rest = total - input.tokens.count
            let drawn =
                Self.documentLengths.lowerBound
                + generator.index(below: Self.documentLengths.count)
            let count = isPacked ? min(drawn, length, rest) : length
            let sequence = (0...count).map { _ in
                Int32(generator.index(below: vocabularySize))
            }
            input.tokens += sequence.dropLast()
            input.targets += sequence.dropFirst()
            input.segmentOffsets.append(input.tokens.count)
        }
        return input
    }
}
