import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels

/// `layerswap benchmark kernels`.
struct KernelsBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time each kernel of a training step by itself, on one thread."
    )

    @OptionGroup var shape: ShapeOptions
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of tokens that a kernel processes at a time. (default: 512)",
        transform: NumberArgument.whole
    ) var tokens = 512
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of tokens of one sequence. (default: 128)",
        transform: NumberArgument.whole
    ) var length = 128
    @OptionGroup var output: BenchmarkOutputOptions

    func run() throws {
        try output.check()
        let result = try KernelBenchmark(
            configuration: shape.configuration,
            tokens: tokens,
            length: length
        ).run()
        let record = BenchmarkRecord(
            benchmark: "kernels",
            work: shape.work.merging(["tokens": "\(tokens)", "length": "\(length)"]) { $1 },
            threads: 1,
            kernel: try ProductMethod.preferred.load(),
            figures: result
        )
        let table = TextTable(
            header: ["kernel", "µs (median)", "µs (95th)", "GFLOP/s", "G elements/s"],
            rows: result.kernels.map { line in
                [
                    line.name, Figure.text(line.medianMicroseconds),
                    Figure.text(line.slowMicroseconds), line.gflops.map(Figure.text) ?? "",
                    line.gigaelements.map(Figure.text) ?? "",
                ]
            },
            rightAligned: [1, 2, 3, 4]
        )
        try output.report(record, table)
    }
}
