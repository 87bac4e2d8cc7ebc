import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels

/// `layerswap benchmark scaling`.
struct ScalingBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Time a training step by threads, context and parameters, or by ranks.",
        discussion: """
            Steps of 4,096 tokens: a model of 7 M parameters on one thread up to all, the same with \
            sequences of 64 to 1,024 tokens, and models of 1 to 43 M parameters. Takes minutes.

            With --ranks, under mpirun: one model over all ranks, with the same work for all \
            together and with the same for each, against one rank alone; and by a formula that is \
            fitted to it, what up to 64 machines gain on networks of 1, 10 and 100 Gbit/s. The \
            formula is in the documentation, "Past one machine".
            """
    )

    @Option(name: .long, help: "Precision of the linear layers: fp32 or bf16.")
    var precision = LinearPrecision.float32
    @Option(name: .long, help: "Draw the figures into this SVG file.", completion: .file())
    var chart: String?
    @Flag(name: .long, help: "Time steps that all ranks of a launcher do together.")
    var ranks = false
    @Option(
        name: .long,
        parsing: .singleValue,
        help: """
            With --ranks, a shape that is timed: quickstart, 19m or 135m. May be repeated. \
            (default: quickstart and 19m)
            """
    )
    var shape: [RankShape] = []
    @Option(
        name: .long,
        parsing: .unconditional,
        help: """
            With --ranks, the microseconds that a message takes on the networks that are drawn. \
            (default: 30)
            """,
        transform: NumberArgument.decimal
    ) var latency = 30.0
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: BenchmarkOutputOptions

    func run() throws {
        try output.check()
        let place = chart.map { ScalingChart.place(URL(filePath: $0)) }
        try place?.check()
        if ranks { return try timeRanks(place) }
        let usable = precision.orFallback
        if let reason = usable.reason {
            Console.writeError("layerswap: note: \(reason); products stay in fp32")
        }
        let console = output.output.console
        let result = try ScalingBenchmark(
            threadCount: threads.count,
            precision: usable.precision
        ).run { point in
            console.remark(
                "\(point.axis.rawValue) \(NumberText.grouped(point.value)): "
                    + "\(Figure.text(point.microsecondsPerToken)) µs a token"
            )
        }
        try place?.writeFile(Data(ScalingChart(result).svg.utf8))
        let record = BenchmarkRecord(
            benchmark: "scaling",
            work: ["precision": usable.precision.rawValue, "threads": "\(threads.count)"],
            threads: threads.count,
            kernel: try usable.precision.load(),
            figures: result
        )
        let table = TextTable(
            header: ["what changes", "value", "µs a token", "share of plain products"],
            rows: result.points.map { point in
                [
                    point.axis.rawValue, NumberText.grouped(point.value),
                    Figure.text(point.microsecondsPerToken),
                    "\(Figure.text(100 * point.gemmShare)) %",
                ]
            },
            rightAligned: [1, 2, 3]
        )
        console.remark("")
        try output.report(record, table)
    }
}
