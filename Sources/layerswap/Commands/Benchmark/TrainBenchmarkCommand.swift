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
            one length. Give a model folder, or smollm2-135m or tinyllama-1.1b for the shape of \
            that model with made-up weights. The arithmetic rate counts 6 operations for each \
            parameter and token, and is compared with plain products of 1024 by 1024 matrices on \
            the fastest kernel.
            """
    )

    @Argument(
        help: "A model folder or the name of a shape. (default: random weights)",
        completion: .directory
    ) var model: String?
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
        help: "Train adapters of this rank in place of the weights.",
        transform: NumberArgument.whole
    ) var lora: Int?
    @Option(name: .long, help: "Precision of weights with adapters beside them: fp32 or bf16.")
    var frozen = LinearPrecision.bfloat16
    @Flag(name: .long, help: "Compute the activations of a block again for its gradients.")
    var recompute = false
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

    func validate() throws {
        guard let model, let problem = BenchmarkModel.problem(in: model) else { return }
        throw ValidationError("model: \(problem)")
    }

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
        benchmark.model = model.map { BenchmarkModel($0) }
        benchmark.adapterRank = lora
        benchmark.frozen = frozen
        benchmark.recomputes = recompute
        let result = try benchmark.run()
        let record = BenchmarkRecord(
            benchmark: "train",
            work: work.merging([
                "rows": "\(rows)", "length": "\(length)", "packed": "\(packed)",
                "precision": usable.precision.rawValue, "threads": "\(threads.count)",
            ]) { $1 },
            threads: threads.count,
            kernel: try usable.precision.load(),
            figures: result
        )
        try output.report(record, TextTable(rows: lines(result)))
    }

    /// The model and what is trained of it; settings that were not given are left out, as ever.
    private var work: [String: String] {
        var work = model.map { ["model": $0] } ?? shape.work
        if let lora {
            work["lora"] = "\(lora)"
            work["frozen"] = frozen.rawValue
        }
        if recompute { work["recompute"] = "true" }
        return work
    }

    private func lines(_ result: TrainingBenchmark.Result) -> [[String]] {
        var rows = [
            ["parameters", NumberText.grouped(result.parameterCount)],
            ["trained", NumberText.grouped(result.trainedCount)],
            ["loaded in", "\(Figure.text(result.loadSeconds)) s"],
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
