import ArgumentParser
import Benchmarks
import Foundation
import Foundations
import Kernels
import Transformer

/// `layerswap benchmark`: how fast this machine works.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the speed of this machine.",
        discussion: """
            Nothing else should run on the machine at the same time. With --json the last line is an \
            object with the figures, the processor, the kernel, the toolchain and the commit; \
            --compare sets a measurement against such a line in a file.
            """,
        subcommands: [
            TrainBenchmarkCommand.self, GenerateBenchmarkCommand.self, MergeBenchmarkCommand.self,
            KernelsBenchmarkCommand.self, ScalingBenchmarkCommand.self, StudioBenchmarkCommand.self,
            PeerBenchmarkCommand.self,
        ],
        defaultSubcommand: TrainBenchmarkCommand.self
    )
}

/// The shape of the model that is measured; by default that of Recipes/quickstart.yaml.
struct ShapeOptions: ParsableArguments {
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Size of the vocabulary. (default: 690)",
        transform: NumberArgument.whole
    ) var vocab = 690
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Width of the model. (default: 128)",
        transform: NumberArgument.whole
    ) var width = 128
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of layers. (default: 8)",
        transform: NumberArgument.whole
    )
    var layers = 8
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of attention heads. (default: 4)",
        transform: NumberArgument.whole
    ) var heads = 4
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Width of the feed-forward network. (default: 336)",
        transform: NumberArgument.whole
    ) var hidden = 336

    func validate() throws {
        for (name, value) in [
            ("vocab", vocab), ("width", width), ("layers", layers), ("heads", heads),
            ("hidden", hidden),
        ] where value < 1 {
            throw ValidationError("--\(name): found \(value), expected 1 or more")
        }
    }

    var configuration: ModelConfiguration {
        ModelConfiguration(
            vocabularySize: vocab,
            modelWidth: width,
            layerCount: layers,
            headCount: heads,
            hiddenWidth: hidden
        )
    }

    var work: [String: String] {
        [
            "vocab": "\(vocab)", "width": "\(width)", "layers": "\(layers)", "heads": "\(heads)",
            "hidden": "\(hidden)",
        ]
    }
}

/// Where a measurement goes, and what it is compared with.
struct BenchmarkOutputOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions

    @Option(
        name: .long,
        help: "Compare with the last measurement in this file, written with --json.",
        completion: .file()
    )
    var compare: String?

    /// Checks, before anything is measured, what the measurement is to be compared with.
    func check() throws {
        if let compare { try BenchmarkComparison.check(URL(filePath: compare)) }
    }

    /// Shows the rows of a measurement, the comparison if one is asked for, and the object.
    func report(_ record: BenchmarkRecord, _ table: TextTable) throws {
        let console = output.console
        for line in table.lines { console.result(line) }
        if let compare {
            let comparison = try BenchmarkComparison(record, with: URL(filePath: compare))
            console.result("")
            for line in Self.table(comparison).lines { console.result(line) }
            for difference in comparison.differences { console.result("note: \(difference)") }
        }
        try console.object(record)
    }

    private static func table(_ comparison: BenchmarkComparison) -> TextTable {
        TextTable(
            header: ["figure", "before", "now", "ratio"],
            rows: comparison.lines.map { line in
                [
                    line.name, Figure.text(line.before), Figure.text(line.now),
                    String(format: "%.3f", line.ratio),
                ]
            },
            rightAligned: [1, 2, 3]
        )
    }
}

/// Numbers of measurements, with about four digits.
enum Figure {
    static func text(_ value: Double) -> String {
        let digits = value == value.rounded() || abs(value) >= 1_000 ? 0 : abs(value) >= 10 ? 1 : 3
        return value.formatted(
            .number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US"))
        )
    }
}

extension LinearPrecision: ExpressibleByArgument {}
