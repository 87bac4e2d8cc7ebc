import Checkpointing
import Foundation
import Kernels
import Merging
import Training
import Transformer

/// Times merges of two checkpoints on disk, from opening to the proof after writing.
package struct MergeBenchmark {
    /// The models' shape.
    package var configuration: ModelConfiguration
    /// How often each merge is done.
    package var rounds: Int
    /// How many threads merge.
    package var threads: Int

    /// Describes a measurement.
    package init(configuration: ModelConfiguration, rounds: Int, threads: Int) {
        self.configuration = configuration
        self.rounds = rounds
        self.threads = threads
    }

    /// What was measured of one way to merge.
    package struct Method: Encodable, Sendable {
        /// Its name.
        package var name: String
        /// Bytes of the merged weights a second, in units of 10⁶, from the median round.
        package var megabytesPerSecond: Double
        /// The median round, in milliseconds.
        package var medianMilliseconds: Double
        /// The 95th percentile of the rounds, in milliseconds.
        package var slowMilliseconds: Double

        enum CodingKeys: String, CodingKey {
            case name
            case megabytesPerSecond = "mb_per_second"
            case medianMilliseconds = "round_ms_p50"
            case slowMilliseconds = "round_ms_p95"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// Each way to merge.
        package var methods: [Method]
        /// Bytes of one model's weights.
        package var weightBytes: Int
        /// The most memory that the merges have held above what was there before, in units of
        /// 2²⁰ bytes.
        package var extraResidentMegabytes: Int

        enum CodingKeys: String, CodingKey {
            case methods
            case weightBytes = "weight_bytes"
            case extraResidentMegabytes = "extra_rss_mb"
        }
    }

    /// Measures in a temporary folder, which is removed.
    ///
    /// - Throws: `ToolError.option` for sizes that cannot be measured, errors of writing.
    package func run() throws -> Result {
        if let problem = configuration.problem {
            throw ToolError.option(
                "\(problem.key): found \(problem.found), expected \(problem.rule)"
            )
        }
        guard (1...1_000).contains(rounds) else {
            throw ToolError.option("--rounds: found \(rounds), expected 1 to 1000")
        }
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appending(path: "layerswap-\(UUID().uuidString)")
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(at: folder) }
        let inputs = try ["math", "language"].enumerated().map { seed, name in
            let place = folder.appending(path: name)
            try manager.createDirectory(at: place, withIntermediateDirectories: true)
            try TransformerModel(configuration: configuration, seed: UInt64(seed)).write(to: place)
            return MergeInput(name: name, folder: place)
        }
        let swap = LayerSwap.defaults(layerCount: configuration.layerCount)
        let soup = WeightedAverage.uniform(of: [LayerSwap.math, LayerSwap.language])
        let workspace = MergeWorkspace(threadCount: threads)
        let before = ProcessMemory.peakBytes
        let weights = 4 * TransformerModel(zeros: configuration).parameterCount
        let methods = try [MergeMethod.layerSwap(swap), .average(soup)].map { method in
            let timing = try TimingSummary.of(rounds: rounds) {
                let executor = try MergeExecutor(method, of: inputs, workspace: workspace)
                _ = try executor.write(
                    to: folder.appending(path: "merged"),
                    replacing: true,
                    version: ProgramVersion.current
                )
            }
            return Method(
                name: method.name,
                megabytesPerSecond: Double(weights) / 1e6 / (timing.median / 1e3),
                medianMilliseconds: timing.median,
                slowMilliseconds: timing.slow
            )
        }
        return Result(
            methods: methods,
            weightBytes: weights,
            extraResidentMegabytes: (ProcessMemory.peakBytes - before) >> 20
        )
    }
}
