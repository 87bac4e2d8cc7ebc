import Foundation
import Foundations

/// Training steps of this program and of a PyTorch script, in turn and on the same shapes.
package struct PeerComparison {
    /// One measured program on one shape: medians over the rounds.
    package struct Row: Encodable, Sendable {
        /// The shape's letter.
        package var shape: String
        /// The numbers that linear layers multiply.
        package var precision: String
        /// `LayerSwap`, or the script's mode.
        package var who: String
        /// Tokens a second.
        package var tokensPerSecond: Double
        /// How many times as fast LayerSwap is; nil for LayerSwap itself.
        package var advantage: Double?
        /// The most memory that the process has held, in units of 2²⁰ bytes.
        package var peakResidentMegabytes: Int
        /// The arithmetic rate as a share of plain products; nil for the script.
        package var gemmShare: Double?
        /// Tokens a second of each round.
        package var rounds: [Double]

        enum CodingKeys: String, CodingKey {
            case shape, precision, who, rounds
            case tokensPerSecond = "tokens_per_second"
            case advantage
            case peakResidentMegabytes = "peak_rss_mb"
            case gemmShare = "gemm_share"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// Shape by shape, LayerSwap first.
        package var rows: [Row]
    }

    private struct Shape {
        let name: String
        let flags: [String]
        /// Steps that are timed, fewer where they are long, and steps before them.
        let steps: (timed: Int, warmup: Int)
    }

    private static let shapes = [
        Shape(name: "A", flags: shape(2048, 128, 8, 4, 352, 32, 128), steps: (12, 4)),
        Shape(name: "B", flags: shape(2048, 256, 8, 8, 704, 32, 128), steps: (8, 2)),
        Shape(name: "C", flags: shape(4096, 384, 10, 6, 1024, 16, 256), steps: (4, 2)),
        Shape(name: "D", flags: shape(8192, 512, 12, 8, 1408, 8, 512), steps: (3, 1)),
    ]

    private static func shape(
        _ vocabulary: Int,
        _ width: Int,
        _ layers: Int,
        _ heads: Int,
        _ hidden: Int,
        _ rows: Int,
        _ length: Int
    ) -> [String] {
        [
            "--vocab", "\(vocabulary)", "--width", "\(width)", "--layers", "\(layers)", "--heads",
            "\(heads)", "--hidden", "\(hidden)", "--rows", "\(rows)", "--length", "\(length)",
        ]
    }

    private struct Measured: Decodable {
        var mode: String?
        var dtype: String?
        var tokens_per_second: Double
        var peak_rss_mb: Int
        var gemm_share: Double?
    }

    private let script: URL
    private let python: String
    private let chosen: [Shape]
    private let precisions: [String]
    private let modes: [String]
    private let rounds: Int
    private let threadCount: Int

    /// Describes a comparison.
    ///
    /// - Throws: `OptionError` for what cannot be measured.
    package init(
        script: URL,
        python: String,
        shapes: [String],
        precisions: [String],
        modes: [String],
        rounds: Int,
        threadCount: Int
    ) throws {
        guard FileManager.default.isReadableFile(atPath: script.path) else {
            throw OptionError("\(script.shownPath) cannot be read; expected a Python script")
        }
        chosen = try shapes.map { name in
            guard let shape = Self.shapes.first(where: { $0.name == name }) else {
                throw OptionError("--shapes: found \"\(name)\", expected some of A, B, C, D")
            }
            return shape
        }
        for precision in precisions where !["fp32", "bf16"].contains(precision) {
            throw OptionError("--precisions: found \"\(precision)\", expected fp32 or bf16")
        }
        guard (1...100).contains(rounds) else {
            throw OptionError("--rounds: found \(rounds), expected 1 to 100")
        }
        self.script = script
        self.python = python
        self.precisions = precisions
        self.modes = modes
        self.rounds = rounds
        self.threadCount = threadCount
    }

    /// Measures; takes minutes.
    ///
    /// - Parameter onProgress: Gets a line for each measurement.
    /// - Returns: Medians over the rounds.
    /// - Throws: `OptionError` when a program fails, with what it said last.
    package func run(onProgress: (String) -> Void) throws -> Result {
        try BenchmarkProcess.check(python: python)
        var rows: [Row] = []
        for shape in chosen {
            for precision in precisions {
                var measured: [(who: String, Measured)] = []
                for round in 1...rounds {
                    // The script first: when it cannot run, nothing was waited for.
                    for who in modes + ["LayerSwap"] {
                        let found = try measure(who, shape, precision)
                        measured.append((who, found))
                        onProgress(
                            "\(shape.name) \(precision), round \(round): \(who) "
                                + "\(Int(found.tokens_per_second.rounded())) tokens/s"
                        )
                    }
                }
                let own = Self.row("LayerSwap", shape, precision, measured, own: nil)
                rows.append(own)
                rows += modes.map { Self.row($0, shape, precision, measured, own: own) }
            }
        }
        return Result(rows: rows)
    }

    private static func row(
        _ who: String,
        _ shape: Shape,
        _ precision: String,
        _ measured: [(who: String, Measured)],
        own: Row?
    ) -> Row {
        let found = measured.filter { $0.who == who }.map(\.1)
        let rates = found.map(\.tokens_per_second)
        let rate = rates.sorted()[rates.count / 2]
        return Row(
            shape: shape.name,
            precision: precision,
            who: who,
            tokensPerSecond: rate,
            advantage: own.map { $0.tokensPerSecond / rate },
            peakResidentMegabytes: found.map(\.peak_rss_mb).max() ?? 0,
            gemmShare: found.compactMap(\.gemm_share).sorted().dropFirst(found.count / 2).first,
            rounds: rates
        )
    }

    private func measure(_ who: String, _ shape: Shape, _ precision: String) throws -> Measured {
        let common =
            shape.flags + [
                "--threads", "\(threadCount)", "--steps", "\(shape.steps.timed)", "--warmup",
                "\(shape.steps.warmup)",
            ]
        if who == "LayerSwap" {
            let arguments = ["benchmark", "train"] + common + ["--precision", precision, "--json"]
            return try BenchmarkProcess.lastObject(
                Measured.self,
                of: BenchmarkProcess.ownProgram(),
                arguments
            ).object
        }
        let arguments = [script.path] + common + ["--mode", who, "--dtype", precision]
        return try BenchmarkProcess.lastObject(
            Measured.self,
            of: "/usr/bin/env",
            [python] + arguments
        ).object
    }
}
