import ArgumentParser
import Benchmarks
import Foundation
import Foundations

/// `layerswap benchmark merge`.
struct MergeBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Time merges of checkpoints on disk, beside cp and mergekit.",
        discussion: """
            Writes a base and two experts into the folder: BF16, in shards, shaped like a Llama of a \
            billion parameters. Each merge runs in a process of its own and is timed from start to \
            end, hashes, verification and record included. With --peer, such as \
            Tests/Peers/mergekit_merge.py, mergekit does the same merges in turn, from the \
            configurations that 'merge --mergekit' prints.
            """
    )

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The size of each model, in units of 10⁹ bytes. (default: 2)",
        transform: NumberArgument.decimal
    )
    var gigabytes = 2.0

    @Option(
        name: .long,
        help: "Merges to time, separated by semicolons. (default: all)"
    )
    var methods: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of measurements of each merge. (default: 3)",
        transform: NumberArgument.whole
    ) var rounds = 3

    @Option(
        name: .long,
        help: "The folder to write the models to, and to keep. (default: a temporary folder)",
        completion: .directory
    )
    var folder: String?

    @Option(
        name: .long,
        help: "A script that runs mergekit.",
        completion: .file(extensions: ["py"])
    )
    var peer: String?

    @Option(name: .long, help: "The Python that has mergekit.") var python = "python3"
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func run() throws {
        try output.check()
        let console = output.output.console
        let result = try MergeBenchmark(
            gigabytes: gigabytes,
            methods: methods?.split(separator: ";").map {
                $0.trimmingCharacters(in: .whitespaces)
            },
            rounds: rounds,
            threads: threads.count,
            folder: folder.map { URL(filePath: $0) },
            peer: peer.map { (URL(filePath: $0), python) }
        ).run { console.remark($0) }
        let record = BenchmarkRecord(
            benchmark: "merge",
            work: ["gigabytes": "\(gigabytes)"],
            threads: threads.count,
            kernel: "none",
            figures: result
        )
        let table = TextTable(
            header: [
                "method", "s", "merging alone", "memory", "mergekit, s", "times as fast",
                "its memory",
            ],
            rows: result.methods.map { row in
                [
                    row.name, String(format: "%.2f", row.seconds),
                    row.mergingSeconds.map { String(format: "%.2f", $0) } ?? "",
                    Self.memory(row.peakResidentMegabytes),
                    row.peerSeconds.map { String(format: "%.2f", $0) } ?? "",
                    row.advantage.map { String(format: "%.1f", $0) } ?? "",
                    Self.memory(row.peerResidentMegabytes),
                ]
            },
            rightAligned: [1, 2, 3, 4, 5, 6]
        )
        console.result("\(NumberText.bytes(result.weightBytes)) of weights in each model\n")
        try output.report(record, table)
    }

    private static func memory(_ megabytes: Int?) -> String {
        megabytes.map { "\(NumberText.grouped($0)) MB" } ?? ""
    }
}
