import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels
import Transformer

/// `layerswap benchmark generate`.
struct GenerateBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Time greedy generation for many prompts at once.",
        discussion: """
            Prompts are random tokens, and nothing stops a reply before its length. Without a \
            model folder the model has fresh weights of the shape that the flags give, or made-up \
            weights of a shape by its name: smollm2-135m or tinyllama-1.1b.
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
        help: "Number of prompts. (default: 200)",
        transform: NumberArgument.whole
    )
    var prompts = 200
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Average number of tokens of a prompt. (default: 50)",
        transform: NumberArgument.whole
    ) var length = 50
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of new tokens for each prompt. (default: 40)",
        transform: NumberArgument.whole
    ) var new = 40
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of sequences that a thread continues at a time. (default: 32)",
        transform: NumberArgument.whole
    ) var batch = 32
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of repetitions. (default: 5)",
        transform: NumberArgument.whole
    ) var rounds = 5
    @Option(name: .long, help: "Precision of the weights: fp32 or bf16.")
    var precision = LinearPrecision.float32
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func validate() throws {
        guard let model, let problem = BenchmarkModel.problem(in: model) else { return }
        throw ValidationError("model: \(problem)")
    }

    func run() throws {
        try output.check()
        let loaded: TransformerModel
        let line = SharedProgressLine(console: output.output.console)
        if let model {
            line.update("loading \(model)")
            loaded = try BenchmarkModel(model).loadForReading(precision)
        } else {
            if let problem = shape.configuration.problem {
                throw OptionError(
                    "\(problem.key): found \(problem.found), expected \(problem.rule)"
                )
            }
            try AvailableMemory().require(
                MemoryEstimate(shape.configuration).modelBytes,
                for: "the model",
                advice: "take a smaller --width, --vocab or --hidden, or fewer --layers"
            )
            loaded = TransformerModel(configuration: shape.configuration, seed: 0)
        }
        var benchmark = GenerationBenchmark(
            prompts: prompts,
            promptLength: length,
            newTokens: new,
            batchSize: batch,
            threadCount: threads.count,
            rounds: rounds
        )
        benchmark.precision = precision
        let result = try benchmark.run(loaded) { [rounds] progress in
            let round = progress.round == 0 ? "warm-up" : "round \(progress.round) of \(rounds)"
            line.update(
                "\(round): \(NumberText.grouped(progress.tokens)) of "
                    + "\(NumberText.grouped(progress.total)) tokens"
            )
        }
        line.close()
        let record = BenchmarkRecord(
            benchmark: "generate",
            work: (model.map { ["model": $0] } ?? shape.work).merging([
                "prompts": "\(prompts)", "length": "\(length)", "new": "\(new)",
                "batch": "\(batch)", "threads": "\(threads.count)",
                "precision": precision.rawValue,
            ]) { $1 },
            threads: threads.count,
            kernel: "tiles",
            figures: result
        )
        let rows = [
            ["parameters", NumberText.grouped(result.parameterCount)],
            [
                "work",
                "\(prompts) prompts of \(NumberText.grouped(result.promptTokens)) tokens in all, "
                    + "\(NumberText.grouped(result.newTokens)) new ones",
            ],
            [
                "new tokens/s",
                "\(Figure.text(result.tokensPerSecond.rounded())), and "
                    + "\(Figure.text(result.arrangedTokensPerSecond.rounded())) once the weights "
                    + "are arranged for products",
            ],
            [
                "round",
                "\(Figure.text(result.medianMilliseconds)) ms (median), "
                    + "\(Figure.text(result.slowMilliseconds)) ms (95th percentile)",
            ],
            ["memory", "\(result.peakResidentMegabytes) MB at most"],
        ]
        try output.report(record, TextTable(rows: rows))
    }
}
