import ArgumentParser
import Benchmarks
import CAllocator
import Foundation
import Foundations
import Studio

/// `layerswap benchmark studio`.
struct StudioBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Time how long a page of Studio waits after a change of the setting.",
        discussion: """
            Tries settings by chance, each planned, merged and asked problems of both languages as \
            for a page: until the stack can be drawn, until the first answers, until all. The memory \
            after a tenth of the changes and after the last shows whether it grows.
            """
    )

    @Argument(help: .finishedRun)
    var name = "quickstart"

    @OptionGroup var experiment: AnalyzedRunOptions

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How many settings are tried. (default: 50)",
        transform: NumberArgument.whole
    )
    var changes = 50

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How many problems each is asked in each language. (default: 100)",
        transform: NumberArgument.whole
    )
    var problems = 100

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func validate() throws {
        guard (10...100_000).contains(changes) else {
            throw ValidationError("--changes: found \(changes), expected 10 to 100000")
        }
    }

    func run() throws {
        try output.check()
        // As Studio does.
        allocator_share_freed_memory()
        let console = output.output.console
        let folder = try experiment.folder.catalogue.find(name)
        let workshop = try Workshop(at: folder, cell: experiment.cell, threads: threads.count)
        let benchmark = StudioBenchmark(workshop, changes: changes, problems: problems)
        let line = SharedProgressLine(console: console)
        let result = try Waiting.result { [changes] in
            try await benchmark.run { done in line.update("\(done) of \(changes) changes") }
        }
        line.close()
        let record = BenchmarkRecord(
            benchmark: "studio",
            work: ["changes": "\(changes)", "problems": "\(problems)"],
            threads: threads.count,
            kernel: "tiles",
            figures: result
        )
        func row(_ name: String, _ times: StudioBenchmark.Times) -> [String] {
            [name, Figure.text(times.median), Figure.text(times.slow)]
        }
        let table = TextTable(
            header: ["until", "median, ms", "95th percentile, ms"],
            rows: [
                row("the stack can be drawn", result.plan),
                row("the merge is made", result.merge),
                row("the first answers", result.first),
                row("all answers in both languages", result.all),
            ],
            rightAligned: [1, 2]
        )
        try output.report(record, table)
        console.result(
            "\nmemory: \(result.residentBefore) MB after a tenth of the changes, "
                + "\(result.residentAfter) MB after the last"
        )
    }
}
