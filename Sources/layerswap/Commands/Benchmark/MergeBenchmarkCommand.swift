import ArgumentParser
import Foundation
import Pipeline

/// `layerswap benchmark merge`.
struct MergeBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Time merges of two checkpoints on disk, proof included.",
        discussion: """
            Two models with fresh weights of the given shape are written to a temporary folder, \
            merged by each method, and removed.
            """
    )

    @OptionGroup var shape: ShapeOptions
    @Option(name: .long, help: "How often each merge is done.") var rounds = 5
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func run() throws {
        let result = try MergeBenchmark(
            configuration: shape.configuration,
            rounds: rounds,
            threads: threads.count
        ).run()
        let record = BenchmarkRecord(
            benchmark: "merge",
            work: shape.work,
            threads: threads.count,
            kernel: "none",
            figures: result
        )
        let table = TextTable(
            header: ["method", "MB/s", "ms (median)", "ms (95th percentile)"],
            rows: result.methods.map { method in
                [
                    method.name, Figure.text(method.megabytesPerSecond),
                    Figure.text(method.medianMilliseconds), Figure.text(method.slowMilliseconds),
                ]
            },
            rightAligned: [1, 2, 3]
        )
        output.output.console.result(
            "\(NumberText.bytes(result.weightBytes)) of weights in each model, "
                + "\(result.extraResidentMegabytes) MB of memory more than before\n"
        )
        try output.report(record, table)
    }
}
