import Foundation
import Kernels
import Transformer

/// Times whole training steps (forward, loss, backward, clipping, AdamW) on made-up tokens.
package struct TrainingBenchmark: Sendable {
    /// The model.
    package var configuration: ModelConfiguration
    /// Sequences of one step.
    package var rows: Int
    /// Tokens of one sequence.
    package var length: Int
    /// Threads.
    package var threadCount: Int
    /// The numbers that linear layers multiply.
    package var precision: LinearPrecision
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
        precision: LinearPrecision = .float32,
        steps: Int,
        warmupSteps: Int
    ) {
        self.configuration = configuration
        self.rows = rows
        self.length = length
        self.threadCount = threadCount
        self.precision = precision
        self.steps = steps
        self.warmupSteps = warmupSteps
    }

    /// What was measured.
    package struct Result: Codable, Sendable {
        /// Tokens a second, from the time of all timed steps together.
        package var tokensPerSecond: Double
        /// 6 · parameters · tokens a second, in units of 10⁹.
        package var gflops: Double
        /// That rate as a share of plain products of 1024³ on the same threads.
        package var gemmShare: Double
        /// The most memory that the process has held, in units of 2²⁰ bytes.
        package var peakResidentMegabytes: Int
        /// Parameters of the model.
        package var parameterCount: Int
        /// The median step, in milliseconds.
        package var medianMilliseconds: Double
        /// The 95th percentile of the steps, in milliseconds.
        package var slowMilliseconds: Double

        enum CodingKeys: String, CodingKey {
            case tokensPerSecond = "tokens_per_second"
            case gflops
            case gemmShare = "gemm_share"
            case peakResidentMegabytes = "peak_rss_mb"
            case parameterCount = "params"
            case medianMilliseconds = "step_ms_p50"
            case slowMilliseconds = "step_ms_p95"
        }
    }

    /// Measures; takes as long as the steps do, and a second for the plain products.
    ///
    /// - Throws: `TrainingError.setting` for sizes that cannot be measured, and errors of loading
    ///   OpenBLAS.
    package func run() throws -> Result {
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
        let model = TransformerModel(configuration: configuration, seed: 0)
        let pool = WorkerPool(threadCount: threadCount)
        let engine = try GradientEngine(
            model: model,
            pool: pool,
            maximumTokens: rows * length,
            maximumSegmentLength: length,
            precision: precision
        )
        let optimizer = Optimizer(model: model, settings: OptimizerSettings(), pool: pool)
        let input = madeUpInput()
        var times: [Double] = []
        for step in 1...(warmupSteps + steps) {
            let start = ContinuousClock.now
            engine.clearGradients()
            let loss = engine.accumulateGradients(input)
            engine.reduceGradients()
            optimizer.update(
                parameters: model.parameters,
                gradients: engine.gradients,
                norm: optimizer.norm(of: engine.gradients),
                countedTokens: loss.count,
                learningRate: 1e-3,
                step: step
            )
            if step > warmupSteps { times.append(start.duration(to: .now).seconds) }
        }
        let memory = ProcessMemory.peakBytes
        let rate = Double(steps * rows * length) / times.reduce(0, +)
        let operations = 6 * Double(model.parameterCount) * rate
        let sorted = times.sorted()
        return Result(
            tokensPerSecond: rate,
            gflops: operations / 1e9,
            gemmShare: operations / ProductRate.measure(method: .preferred, threads: threadCount),
            peakResidentMegabytes: memory >> 20,
            parameterCount: model.parameterCount,
            medianMilliseconds: 1e3 * sorted[steps / 2],
            slowMilliseconds: 1e3 * sorted[min(steps - 1, steps * 95 / 100)]
        )
    }

    private func madeUpInput() -> ModelInput {
        var generator = SeededGenerator(seed: 0, stream: "benchmark")
        let vocabulary = UInt64(configuration.vocabularySize)
        let tokens = (0..<(rows * (length + 1))).map { _ in Int32(generator.next() % vocabulary) }
        var input = ModelInput(tokens: [], segmentOffsets: [0], targets: [])
        for row in 0..<rows {
            let sequence = tokens[(row * (length + 1))..<((row + 1) * (length + 1))]
            input.tokens += sequence.dropLast()
            input.targets += sequence.dropFirst()
            input.segmentOffsets.append(input.tokens.count)
        }
        return input
    }
}
