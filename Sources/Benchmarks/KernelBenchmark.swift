import Foundation
import Foundations
import Kernels
import Transformer

/// Times each kernel of a training step by itself, on one thread.
package struct KernelBenchmark {
    /// The model whose shapes are measured.
    package var configuration: ModelConfiguration
    /// Tokens that a kernel gets at a time.
    package var tokens: Int
    /// Tokens of one sequence.
    package var length: Int

    /// Describes a measurement.
    package init(configuration: ModelConfiguration, tokens: Int, length: Int) {
        self.configuration = configuration
        self.tokens = tokens
        self.length = length
    }

    /// What was measured of one kernel.
    package struct Line: Encodable, Sendable {
        /// The kernel and, for products, its shape.
        package var name: String
        /// The median call, in microseconds.
        package var medianMicroseconds: Double
        /// The 95th percentile of the calls, in microseconds.
        package var slowMicroseconds: Double
        /// Floating-point operations a second, in units of 10⁹, for products and attention.
        package var gflops: Double?
        /// Elements a second, in units of 10⁹, for all else.
        package var gigaelements: Double?

        enum CodingKeys: String, CodingKey {
            case name
            case medianMicroseconds = "us_p50"
            case slowMicroseconds = "us_p95"
            case gflops
            case gigaelements = "gelements"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// Each kernel.
        package var kernels: [Line]
    }

    /// Measures; takes some seconds.
    ///
    /// - Throws: `OptionError` for sizes that cannot be measured, errors of loading OpenBLAS.
    package func run() throws -> Result {
        if let problem = configuration.problem {
            throw OptionError(
                "\(problem.key): found \(problem.found), expected \(problem.rule)"
            )
        }
        guard tokens >= 1, length >= 1 else {
            throw OptionError("--tokens and --length: expected 1 or more")
        }
        let columns =
            configuration.vocabularySize + 4 * configuration.modelWidth
            + 4 * configuration.hiddenWidth
            + 4 * (configuration.headCount + 2 * configuration.keyValueHeadCount)
            * configuration.headWidth
        let matrices = 4 * Double(tokens) * Double(columns)
        let scratch = 32 * Double(length) * Double(configuration.headWidth + 16)
        try AvailableMemory().require(
            matrices + scratch + MemoryEstimate(configuration).modelBytes,
            for: "measuring with \(tokens) tokens in sequences of \(length)",
            advice: "take fewer --tokens, a shorter --length or a smaller --width"
        )
        return Result(kernels: try products() + attention() + elementwise())
    }

    private func time(
        _ name: String,
        operations: Double? = nil,
        elements: Int? = nil,
        _ work: () -> Void
    ) -> Line {
        // As many calls as fit in a fifth of a second, so that small kernels are seen often.
        let probe = TimingSummary.of(rounds: 3, warmup: 2, work)
        let rounds = max(5, min(5_000, Int(200 / max(probe.shortest, 1e-3))))
        let timing = TimingSummary.of(rounds: rounds, warmup: 0, work)
        let seconds = timing.median / 1e3
        return Line(
            name: name,
            medianMicroseconds: 1e3 * timing.median,
            slowMicroseconds: 1e3 * timing.slow,
            gflops: operations.map { $0 / seconds / 1e9 },
            gigaelements: elements.map { Double($0) / seconds / 1e9 }
        )
    }

    /// Matrices of made-up numbers; the user of the views keeps this alive.
    private final class Matrices {
        private let buffers: [SharedBuffer]
        let views: [MatrixView]

        init(_ shapes: [(rows: Int, columns: Int)]) {
            buffers = shapes.map { SharedBuffer(count: $0.rows * $0.columns) }
            views = zip(buffers, shapes).map {
                MatrixView($0.view, rows: $1.rows, columns: $1.columns)
            }
            var generator = SeededGenerator(seed: 0, stream: "benchmark")
            for buffer in buffers {
                let values = (0..<buffer.view.count).map { _ in
                    Float(generator.uniform() - 0.5)
                }
                buffer.view.copy(from: values)
            }
        }
    }

    private func products() throws -> [Line] {
        let heads = configuration.headCount + 2 * configuration.keyValueHeadCount
        let layers = [
            ("query, key, value", configuration.modelWidth, heads * configuration.headWidth),
            ("gate, up", configuration.modelWidth, 2 * configuration.hiddenWidth),
            ("down", configuration.hiddenWidth, configuration.modelWidth),
            ("head", configuration.modelWidth, configuration.vocabularySize),
        ]
        try OpenBLAS.load()
        let methods =
            ProductMethod.preferred == .openBLAS ? [.openBLAS] : [ProductMethod.tiles, .openBLAS]
        return methods.flatMap { method in
            layers.flatMap { name, width, outputs in
                let all = Matrices([(tokens, width), (outputs, width), (tokens, outputs)])
                let (x, weight, y) = (all.views[0], all.views[1], all.views[2])
                let products = LinearProduct(method: method)
                let operations = 2 * Double(tokens) * Double(width) * Double(outputs)
                let label = "\(name) \(width) → \(outputs), \(method.rawValue)"
                defer { withExtendedLifetime(all) {} }
                return [
                    time("\(label), forward", operations: operations) {
                        products.forward(input: x, weight: weight, output: y)
                    },
                    time("\(label), to the input", operations: operations) {
                        products.backwardInput(outputGradient: y, weight: weight, inputGradient: x)
                    },
                    time("\(label), to the weight", operations: operations) {
                        products.backwardWeight(outputGradient: y, input: x, weightGradient: weight)
                    },
                ]
            }
        }
    }

    private func attention() -> [Line] {
        let attention = Attention(
            headCount: configuration.headCount,
            keyValueHeadCount: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth
        )
        let offsets = Array(stride(from: 0, to: tokens, by: length)) + [tokens]
        let segments = PackedSegments(offsets)
        let all = Matrices([
            (tokens, attention.packedWidth), (tokens, attention.outputWidth),
            (tokens, attention.headCount), (tokens, attention.outputWidth),
            (tokens, attention.packedWidth),
        ])
        let scratch = AttentionScratch(
            attention: attention,
            maximumSegmentLength: min(length, tokens)
        )
        // Half of all pairs of a sequence: scores and weighted values, two operations each.
        let pairs = zip(offsets, offsets.dropFirst()).reduce(0.0) { sum, border in
            let count = Double(border.1 - border.0)
            return sum + count * (count + 1) / 2
        }
        let operations = 4 * pairs * Double(attention.outputWidth)
        defer { withExtendedLifetime(all) {} }
        return [
            time("attention, forward", operations: operations) {
                attention.forward(
                    packed: all.views[0],
                    segments: segments,
                    output: all.views[1],
                    logSums: all.views[2],
                    scratch: scratch
                )
            },
            // Scores once more, and the gradients of both products to both of their operands.
            time("attention, backward", operations: 2.5 * operations) {
                attention.backward(
                    packed: all.views[0],
                    segments: segments,
                    output: all.views[1],
                    logSums: all.views[2],
                    outputGradient: all.views[3],
                    packedGradient: all.views[4],
                    scratch: scratch
                )
            },
        ]
    }

    private func elementwise() -> [Line] {
        let width = configuration.modelWidth
        let hidden = configuration.hiddenWidth
        let vocabulary = configuration.vocabularySize
        let all = Matrices([
            (tokens, width), (tokens, width), (1, width), (1, tokens), (tokens, 2 * hidden),
            (tokens, hidden), (64, vocabulary), (tokens, width), (1, width),
        ])
        let gain = all.views[2].row(0)
        let inverse = all.views[3].row(0)
        let targets = (0..<64).map { Int32($0 % vocabulary) }
        let buffers = Matrices(Array(repeating: (1, 1 << 20), count: 4))
        let parameters = buffers.views.map { $0.row(0) }
        // A second moment is a mean of squares.
        parameters[3].fill(0.1)
        defer { withExtendedLifetime((all, buffers)) {} }
        let rule = AdamW(learningRate: 1e-3, step: 1)
        return [
            time("RMSNorm, forward", elements: tokens * width) {
                RMSNorm.forward(
                    input: all.views[0],
                    gain: gain,
                    epsilon: 1e-5,
                    output: all.views[1],
                    inverseRMS: inverse
                )
            },
            time("RMSNorm, backward", elements: tokens * width) {
                RMSNorm.backward(
                    input: all.views[0],
                    gain: gain,
                    inverseRMS: inverse,
                    outputGradient: all.views[1],
                    inputGradient: all.views[7],
                    gainGradient: all.views[8].row(0)
                )
            },
            time("SwiGLU, forward", elements: tokens * hidden) {
                SwiGLU.forward(gateUp: all.views[4], output: all.views[5])
            },
            time("SwiGLU, backward", elements: tokens * hidden) {
                SwiGLU.backward(gateUp: all.views[4], outputGradient: all.views[5])
            },
            time("cross-entropy, both ways", elements: 64 * vocabulary) {
                targets.withUnsafeBufferPointer {
                    _ = CrossEntropy.forwardBackward(logits: all.views[6], targets: $0)
                }
            },
            time("AdamW", elements: 1 << 20) {
                rule.update(
                    parameters: parameters[0],
                    gradients: parameters[1],
                    firstMoment: parameters[2],
                    secondMoment: parameters[3],
                    gradientScale: 1,
                    weightDecay: 0.1
                )
            },
        ]
    }
}
