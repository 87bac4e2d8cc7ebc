import Datasets
import Foundation
import Foundations
import Kernels
import Training
import Transformer

/// Times training steps that several ranks do together, the same work without the others, and what
/// ranks send each other.
///
/// Every rank calls it; each computes on its threads. Rank 0 alone has the result.
package struct RankBenchmark {
    /// A model, and what one step reads.
    package struct Shape: Sendable {
        /// How it is called, such as `19m`.
        package let name: String
        package let configuration: ModelConfiguration
        /// Sequences of a step.
        package let rows: Int
        /// Tokens of a sequence.
        package let length: Int
        /// Steps that are timed.
        package let steps: Int
    }

    /// What can be measured: the quickstart's shape, 19 M parameters, and the real base's shape.
    package static let shapes: [Shape] = [
        Shape(
            name: "quickstart",
            configuration: ModelConfiguration(
                vocabularySize: 690,
                modelWidth: 128,
                layerCount: 8,
                headCount: 4,
                hiddenWidth: 336
            ),
            rows: 16,
            length: 128,
            steps: 24
        ),
        Shape(
            name: "19m",
            configuration: ModelConfiguration(
                vocabularySize: 4_096,
                modelWidth: 384,
                layerCount: 10,
                headCount: 6,
                hiddenWidth: 1_024
            ),
            rows: 16,
            length: 128,
            steps: 8
        ),
        Shape(
            name: "135m",
            configuration: BenchmarkModel.smolLM2,
            rows: 8,
            length: 128,
            steps: 3
        ),
    ]

    /// How the work of a step is divided.
    package enum Mode: String, Encodable, Sendable {
        /// One rank does all of it, while the others wait.
        case alone
        /// Each rank does its part of the same step, and none hears of the others.
        case apart
        /// All ranks do the same step together: strong scaling.
        case strong
        /// As many tokens for each rank as for one alone: weak scaling.
        case weak
    }

    /// One measurement.
    package struct Point: Encodable, Sendable {
        package var shape: String
        package var parameterCount: Int
        package var mode: Mode
        package var ranks: Int
        /// Tokens of a step at all ranks together.
        package var tokensPerStep: Int
        /// The median step, in milliseconds.
        package var milliseconds: Double
        /// Tokens a second at all ranks together, from the median step.
        package var tokensPerSecond: Double
        /// The share of the time in which a rank waits for the gradients of the others.
        package var waitShare: Double
        /// Bytes that each rank sends in a step.
        package var bytesPerStep: Int

        enum CodingKeys: String, CodingKey {
            case shape, mode, ranks
            case parameterCount = "params"
            case tokensPerStep = "tokens_per_step"
            case milliseconds = "step_ms_p50"
            case tokensPerSecond = "tokens_per_second"
            case waitShare = "wait_share"
            case bytesPerStep = "bytes_per_step"
        }
    }

    private let peers: any ModelPeers
    private let threadCount: Int

    /// Describes a measurement.
    package init(peers: any ModelPeers, threadCount: Int) {
        self.peers = peers
        self.threadCount = threadCount
    }

    /// Measures a shape in all modes; takes a minute and more for a large one.
    ///
    /// - Returns: A point a mode; the same at every rank, up to what each has measured itself.
    /// - Throws: Errors of training, and what keeps ranks from hearing each other.
    package func points(of shape: Shape) throws -> [Point] {
        var points: [Point] = []
        for mode in [Mode.alone, .apart, .strong, .weak] {
            // Nobody begins before all are ready: what is timed is not the end of something else.
            _ = try peers.collect([0])
            if mode == .alone, peers.rank > 0 {
                _ = try peers.collect([0])
                continue
            }
            let timed = try time(shape, mode)
            if mode == .alone { _ = try peers.collect([0]) }
            points.append(point(shape, mode, timed))
        }
        return points
    }

    private func point(
        _ shape: Shape,
        _ mode: Mode,
        _ timed: (seconds: [Double], waited: [Double], parameters: Int)
    ) -> Point {
        let median = TimingSummary(seconds: timed.seconds).median
        let whole = shape.rows * shape.length
        let tokens = mode == .weak ? whole * peers.count : whole
        let isTogether = mode == .strong || mode == .weak
        let sent = 2 * 4 * timed.parameters * (peers.count - 1) / peers.count
        return Point(
            shape: shape.name,
            parameterCount: timed.parameters,
            mode: mode,
            ranks: mode == .alone ? 1 : peers.count,
            tokensPerStep: tokens,
            milliseconds: median,
            tokensPerSecond: Double(tokens) / median * 1e3,
            waitShare: timed.waited.reduce(0, +) / timed.seconds.reduce(0, +),
            bytesPerStep: isTogether ? sent : 0
        )
    }

    private func time(
        _ shape: Shape,
        _ mode: Mode
    ) throws -> (seconds: [Double], waited: [Double], parameters: Int) {
        let rows =
            switch mode {
            case .alone, .strong: shape.rows
            case .apart: max(1, shape.rows / peers.count)
            case .weak: shape.rows * peers.count
            }
        let model = TransformerModel(configuration: shape.configuration, seed: 0)
        let steps = Self.warmupSteps + shape.steps
        let trainer = try Trainer(
            model: model,
            settings: TrainingSettings(
                steps: steps,
                schedule: LearningRateSchedule(
                    shape: .constant,
                    peak: 1e-4,
                    floor: 1,
                    warmupSteps: 0,
                    totalSteps: steps
                ),
                tokensPerBatch: rows * shape.length,
                maximumSequenceLength: shape.length,
                threadCount: threadCount
            ),
            cadence: TrainingCadence(),
            batches: [MadeUpBatch(shape, rows: rows)],
            validation: [],
            identity: "benchmark",
            checkpointFolder: nil,
            peers: mode == .strong || mode == .weak ? peers : nil
        )
        var seconds: [Double] = []
        var waited: [Double] = []
        _ = try trainer.run { event in
            guard case .step(let record) = event, record.step > Self.warmupSteps else { return }
            seconds.append(record.seconds)
            waited.append(record.waitSeconds ?? 0)
        }
        return withExtendedLifetime(model) { (seconds, waited, model.parameterCount) }
    }

    private static let warmupSteps = 2
}

/// The same made-up sequences at every step.
private struct MadeUpBatch: BatchProviding {
    private let batch: PackedBatch

    init(_ shape: RankBenchmark.Shape, rows: Int) {
        var generator = SeededGenerator(seed: 0, stream: "benchmark")
        var batch = PackedBatch(tokens: [], segmentOffsets: [0], targets: [])
        for _ in 0..<rows {
            let sequence = (0...shape.length).map { _ in
                Int32(generator.index(below: shape.configuration.vocabularySize))
            }
            batch.tokens += sequence.dropLast()
            batch.targets += sequence.dropFirst()
            batch.segmentOffsets.append(batch.tokens.count)
        }
        self.batch = batch
    }

    func batch(step: Int) -> PackedBatch { batch }
}
