import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels

/// `layerswap benchmark peer`.
struct PeerBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peer",
        abstract: "Time training side by side with a PyTorch script.",
        discussion: """
            The script, such as Tests/Peers/torch_train.py, takes --vocab --width --layers --heads \
            --hidden --rows --length --threads --steps --warmup --mode --dtype and prints one JSON \
            object per line with mode, dtype, tokens_per_second and peak_rss_mb. Each round measures \
            this program and every mode of the script once, each in a process of its own; the \
            table has the medians.
            """
    )

    @Argument(help: "The PyTorch script.", completion: .file(extensions: ["py"])) var script: String
    @Option(name: .long, help: "The Python that has PyTorch.") var python = "python3"
    @Option(name: .long, help: "Shapes to measure, of A, B, C and D.") var shapes = "A,B,C,D"
    @Option(name: .long, help: "Precisions: fp32, bf16 or both.") var precisions = "fp32"
    @Option(name: .long, help: "Modes of the script.") var modes = "eager,compile"
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of rounds. (default: 3)",
        transform: NumberArgument.whole
    )
    var rounds = 3
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let comparison = try PeerComparison(
            script: URL(filePath: script),
            python: python,
            shapes: shapes.split(separator: ",").map(String.init),
            precisions: precisions.split(separator: ",").map(String.init),
            modes: modes.split(separator: ",").map(String.init),
            rounds: rounds,
            threadCount: threads.count
        )
        let result = try comparison.run { console.remark($0) }
        let record = BenchmarkRecord(
            benchmark: "peer",
            work: ["rounds": "\(rounds)", "threads": "\(threads.count)"],
            threads: threads.count,
            kernel: try ProductMethod.preferred.load(),
            figures: result
        )
        console.remark("")
        let table = TextTable(
            header: [
                "shape", "precision", "who", "tokens/s", "times as fast", "memory",
                "share of plain products",
            ],
            rows: result.rows.map { row in
                [
                    row.shape, row.precision, row.who, Figure.text(row.tokensPerSecond.rounded()),
                    row.advantage.map { String(format: "%.2f", $0) } ?? "",
                    "\(NumberText.grouped(row.peakResidentMegabytes)) MB",
                    row.gemmShare.map { "\(Figure.text(100 * $0)) %" } ?? "",
                ]
            },
            rightAligned: [3, 4, 5, 6]
        )
        for line in table.lines { console.result(line) }
        try console.object(record)
    }
}
