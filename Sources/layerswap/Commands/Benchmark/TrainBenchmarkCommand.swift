import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels

/// `layerswap benchmark train`.
struct TrainBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Time whole training steps on random tokens.",
        discussion: """
            The defaults are the model and the batch of Recipes/quickstart.yaml, with sequences of \
            one length. The arithmetic rate counts 6 operations for each parameter and token, and \
            is compared with plain products of 1024 by 1024 matrices on the fastest kernel.
            """
    )

    @OptionGroup var shape: ShapeOptions
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of sequences of one step. (default: 16)",
        transform: NumberArgument.whole
    ) var rows = 16
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of tokens of one sequence. (default: 128)",
        transform: NumberArgument.whole
    ) var length = 128
    @Flag(name: .long, help: "Fill the step with packed documents of 5 to 120 tokens.")
    var packed = false
    @Option(name: .long, help: "Precision of the linear layers: fp32 or bf16.")
    var precision = LinearPrecision.float32
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of steps to time. (default: 12)",
        transform: NumberArgument.whole
    ) var steps = 12
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of warm-up steps before them. (default: 4)",
        transform: NumberArgument.whole
    ) var warmup = 4
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func run() throws {
        try output.check()
        AllocationCounting.beginAgainCounted()
        let usable = precision.orFallback
        if let reason = usable.reason {
            Console.writeError("layerswap: note: \(reason); products stay in fp32")
        }
        var benchmark = TrainingBenchmark(
            configuration: shape.configuration,
            rows: rows,
            length: length,
            threadCount: threads.count,
            steps: steps,
            warmupSteps: max(warmup, 0)
        )
        benchmark.isPacked = packed
        benchmark.precision = usable.precision
        let result = try benchmark.run()
        let record = BenchmarkRecord(
            benchmark: "train",
            work: shape.work.merging([
                "rows": "\(rows)", "length": "\(length)", "packed": "\(packed)",
                "precision": usable.precision.rawValue, "threads": "\(threads.count)",
            ]) { $1 },
            threads: threads.count,
            kernel: try usable.precision.load(),
            figures: result
        )
        try output.report(record, TextTable(rows: lines(result)))
    }

    private func lines(_ result: TrainingBenchmark.Result) -> [[String]] {
        var rows = [
            ["parameters", NumberText.grouped(result.parameterCount)],
            ["tokens/s", Figure.text(result.tokensPerSecond.rounded())],
            [
                "step",
                "\(Figure.text(result.medianMilliseconds)) ms (median), "
                    + "\(Figure.text(result.slowMilliseconds)) ms (95th percentile), "
                    + "\(Figure.text(result.shortestMilliseconds)) ms (shortest)",
            ],
            [
                "arithmetic",
                "\(Figure.text(result.gflops)) GFLOP/s, \(Figure.text(100 * result.gemmShare)) % of "
                    + "plain products (\(Figure.text(result.gemmGflops)))",
            ],
            ["memory", "\(result.peakResidentMegabytes) MB at most"],
        ]
        if packed {
            let share = Double(result.paddedTokensPerStep) / Double(result.tokensPerStep)
            rows.append([
                "sequences",
                "\(result.sequencesPerStep) a step, packed; padded to the longest they would be "
                    + "\(String(format: "%.2f", share)) times the tokens",
            ])
        }
        if let allocations = result.allocationsPerStep {
            rows.append(["allocations", "\(Figure.text(allocations)) a step after warm-up"])
        }
        return rows
    }
}
