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
            A base and two experts in BF16, in shards, of the form of a Llama of a billion parameters are \
            made in the folder; each way to merge is a process of its own and is timed from its start to \
            its end, hashes, proof and record included. With --peer, such as \
            Tests/Peers/mergekit_merge.py, mergekit does the same merges in turn, from the files that \
            'merge --mergekit' writes.
            """
    )

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The size of each model, in units of 10⁹ bytes.",
        transform: NumberArgument.decimal
    )
    var gigabytes = 2.0

    @Option(
        name: .long,
        help: "Ways to merge, with semicolons between them; all when left out."
    )
    var methods: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How often each is measured.",
        transform: NumberArgument.whole
    ) var rounds = 3

    @Option(
        name: .long,
        help: "Where the models are made and left; a temporary folder when left out.",
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
