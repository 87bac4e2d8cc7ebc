import Kernels
import Transformer

/// Times a training step while one thing changes at a time: threads, context, parameters.
package struct ScalingBenchmark {
    /// The most threads.
    package var threadCount: Int
    /// The numbers that linear layers multiply.
    package var precision: LinearPrecision

    /// Describes a measurement.
    package init(threadCount: Int, precision: LinearPrecision) {
        self.threadCount = threadCount
        self.precision = precision
    }

    /// What changes.
    package enum Axis: String, Encodable, CaseIterable, Sendable {
        /// Threads from one to all.
        case threads
        /// Tokens of one sequence, with as many tokens in a step.
        case context
        /// Parameters of the model.
        case parameters
    }

    /// One measured step.
    package struct Point: Encodable, Sendable {
        /// What changes.
        package var axis: Axis
        /// Its value here.
        package var value: Int
        /// Microseconds that a step takes for each of its tokens, from the median step.
        package var microsecondsPerToken: Double
        /// The arithmetic rate as a share of that of plain products on as many threads.
        package var gemmShare: Double

        /// Describes a point.
        package init(axis: Axis, value: Int, microsecondsPerToken: Double, gemmShare: Double) {
            self.axis = axis
            self.value = value
            self.microsecondsPerToken = microsecondsPerToken
            self.gemmShare = gemmShare
        }

        enum CodingKeys: String, CodingKey {
            case axis, value
            case microsecondsPerToken = "us_per_token"
            case gemmShare = "gemm_share"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// All points, axis by axis.
        package var points: [Point]

        /// Gathers points.
        package init(points: [Point]) { self.points = points }
    }

    private struct Shape {
        var vocabulary: Int
        var width: Int
        var layers: Int
        var heads: Int
        var hidden: Int

        var configuration: ModelConfiguration {
            ModelConfiguration(
                vocabularySize: vocabulary,
                modelWidth: width,
                layerCount: layers,
                headCount: heads,
                hiddenWidth: hidden
            )
        }
    }

    /// About 7 M parameters: in the middle of what this project is made for.
    private static let middle = Shape(
        vocabulary: 2048,
        width: 256,
        layers: 8,
        heads: 8,
        hidden: 704
    )

    /// About 1, 2, 7, 19 and 43 M parameters.
    private static let sizes = [
        Shape(vocabulary: 1024, width: 96, layers: 8, heads: 4, hidden: 256),
        Shape(vocabulary: 2048, width: 128, layers: 8, heads: 4, hidden: 352),
        middle,
        Shape(vocabulary: 4096, width: 384, layers: 10, heads: 6, hidden: 1024),
        Shape(vocabulary: 8192, width: 512, layers: 12, heads: 8, hidden: 1408),
    ]

    private static let contexts = [64, 128, 256, 512, 1024]
    private static let tokensPerStep = 4096

    /// Measures; takes minutes.
    ///
    /// - Parameter onPoint: Gets each point as it is measured.
    /// - Returns: All points, axis by axis.
    /// - Throws: Errors of the single measurements.
    package func run(onPoint: (Point) -> Void = { _ in }) throws -> Result {
        var rates: [Int: Double] = [:]
        func rate(_ threads: Int) throws -> Double {
            if let known = rates[threads] { return known }
            let rate = try ProductRate.best(precision: precision, threads: threads)
            rates[threads] = rate
            return rate
        }
        var points: [Point] = []
        func measure(_ axis: Axis, _ shape: Shape, context: Int, threads: Int) throws {
            var benchmark = TrainingBenchmark(
                configuration: shape.configuration,
                rows: Self.tokensPerStep / context,
                length: context,
                threadCount: threads,
                steps: 5,
                warmupSteps: 1
            )
            benchmark.precision = precision
            let result = try benchmark.run(gemmRate: rate(threads))
            let point = Point(
                axis: axis,
                value: axis == .threads
                    ? threads : axis == .context ? context : result.parameterCount,
                microsecondsPerToken: 1e3 * result.medianMilliseconds
                    / Double(result.tokensPerStep),
                gemmShare: result.gemmShare
            )
            points.append(point)
            onPoint(point)
        }
        for threads in 1...max(1, threadCount) {
            try measure(.threads, Self.middle, context: 128, threads: threads)
        }
        for context in Self.contexts {
            try measure(.context, Self.middle, context: context, threads: threadCount)
        }
        for size in Self.sizes {
            try measure(.parameters, size, context: 128, threads: threadCount)
        }
        return Result(points: points)
    }
}
