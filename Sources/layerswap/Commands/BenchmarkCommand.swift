import ArgumentParser
import Foundation
import Kernels
import Training
import Transformer

/// Measures how fast this machine trains.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the speed of this machine.",
        subcommands: [TrainBenchmarkCommand.self],
        defaultSubcommand: TrainBenchmarkCommand.self
    )
}

extension LinearPrecision: ExpressibleByArgument {}

/// Times training steps of a model of any shape.
struct TrainBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Time whole training steps in float32 on made-up tokens.",
        discussion: """
            The defaults are the model and the batch of Recipes/quickstart.yaml, with sequences of \
            one length. Nothing else should run on the machine meanwhile.
            """
    )

    @Option(name: .long, help: "Pieces of the vocabulary.") var vocab = 690
    @Option(name: .long, help: "Width of the model.") var width = 128
    @Option(name: .long, help: "Blocks.") var layers = 8
    @Option(name: .long, help: "Attention heads.") var heads = 4
    @Option(name: .long, help: "Width of the feed-forward part.") var hidden = 336
    @Option(name: .long, help: "Sequences of one step.") var rows = 16
    @Option(name: .long, help: "Tokens of one sequence.") var length = 128
    @Option(name: .long, help: "Numbers that linear layers multiply: fp32 or bf16.")
    var precision = LinearPrecision.float32
    @Option(name: .long, help: "Steps that are timed.") var steps = 12
    @Option(name: .long, help: "Steps before those, which are not.") var warmup = 4
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let result = try TrainingBenchmark(
            configuration: ModelConfiguration(
                vocabularySize: vocab,
                modelWidth: width,
                layerCount: layers,
                headCount: heads,
                hiddenWidth: hidden
            ),
            rows: rows,
            length: length,
            threadCount: threads.count,
            precision: precision,
            steps: steps,
            warmupSteps: max(warmup, 0)
        ).run()
        if output.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            print(String(decoding: try encoder.encode(result), as: UTF8.self))
            return
        }
        func number(_ value: Double, _ digits: Int = 0) -> String {
            value.formatted(.number.precision(.fractionLength(digits)))
        }
        print("parameters   \(result.parameterCount.formatted())")
        print("tokens/s     \(number(result.tokensPerSecond))")
        print(
            "step         \(number(result.medianMilliseconds, 1)) ms (median), "
                + "\(number(result.slowMilliseconds, 1)) ms (95th percentile)"
        )
        print(
            "arithmetic   \(number(result.gflops, 1)) GFLOP/s at 6 per parameter and token, "
                + "\(number(100 * result.gemmShare)) % of plain products of 1024³"
        )
        print("memory       \(result.peakResidentMegabytes) MB at most")
    }
}
