import Foundation
import Foundations
import Training
import Transformer

/// What `layerswap benchmark scaling --ranks` measures, and what follows for more machines.
package struct RankScaling: Encodable, Sendable {
    /// A step at some number of machines on some network, by the fitted formula.
    package struct Prediction: Encodable, Sendable {
        package var shape: String
        package var parameterCount: Int
        package var tokensPerStep: Int
        /// Gigabits a second of the network.
        package var gigabits: Double
        /// Times faster than one machine, at 1, 2, 4, … machines.
        package var speedups: [Double]
        /// The most machines of which the last doubling was worth half of its machines.
        package var worthwhile: Int

        enum CodingKeys: String, CodingKey {
            case shape, gigabits, speedups, worthwhile
            case parameterCount = "params"
            case tokensPerStep = "tokens_per_step"
        }
    }

    /// How near the formula is to a measured step.
    package struct Check: Encodable, Sendable {
        package var shape: String
        package var mode: RankBenchmark.Mode
        /// The measured step, in milliseconds.
        package var measured: Double
        /// The same by the formula.
        package var predicted: Double
    }

    package var points: [RankBenchmark.Point]
    /// The way between the ranks that were measured.
    package var path: RankPath
    package var checks: [Check]
    package var predictions: [Prediction]

    /// Machines that predictions go to.
    package static let machines = [1, 2, 4, 8, 16, 32, 64]
    /// Networks that are drawn, in gigabits a second.
    package static let networks = [1.0, 10, 100]

    /// Models that are drawn, with the tokens of a step that suit their size.
    private static let drawn: [(name: String, configuration: ModelConfiguration, tokens: Int)] = [
        (
            "2 M",
            ModelConfiguration(
                vocabularySize: 2_048,
                modelWidth: 128,
                layerCount: 8,
                headCount: 4,
                hiddenWidth: 352
            ), 1 << 11
        ),
        ("135 M", BenchmarkModel.namedShapes["smollm2-135m"], 1 << 14),
        ("1.1 B", BenchmarkModel.namedShapes["tinyllama-1.1b"], 1 << 17),
    ].compactMap { name, configuration, tokens in
        configuration.map { (name, $0, tokens) }
    }

    /// Measures; every rank calls it, and rank 0 alone has the whole result.
    ///
    /// - Parameters:
    ///   - shapes: What is measured.
    ///   - peers: The ranks.
    ///   - threadCount: Threads of each rank.
    ///   - latency: Seconds that a message takes on the networks that are drawn.
    ///   - onPoint: Gets each point as it is measured.
    /// - Throws: Errors of training, and what keeps ranks from hearing each other.
    package init(
        _ shapes: [RankBenchmark.Shape],
        peers: any ModelPeers,
        threadCount: Int,
        latency: Double,
        onPoint: (RankBenchmark.Point) -> Void = { _ in }
    ) throws {
        let benchmark = RankBenchmark(peers: peers, threadCount: threadCount)
        path = try RankPath.measured(peers)
        points = []
        checks = []
        var rates: [(parameters: Int, operations: Double)] = []
        for shape in shapes {
            let found = try benchmark.points(of: shape)
            found.forEach(onPoint)
            points += found
            guard let apart = found.first(where: { $0.mode == .apart }) else { continue }
            let perToken =
                apart.milliseconds / 1e3 * Double(peers.count) / Double(apart.tokensPerStep)
            rates.append((apart.parameterCount, 6 * Double(apart.parameterCount) / perToken))
            let model = RankTimeModel(shape.configuration, secondsPerToken: perToken)
            for point in found where point.mode == .strong || point.mode == .weak {
                let seconds = model.seconds(
                    tokens: point.tokensPerStep,
                    ranks: peers.count,
                    path: path
                )
                checks.append(
                    Check(
                        shape: shape.name,
                        mode: point.mode,
                        measured: point.milliseconds,
                        predicted: 1e3 * seconds
                    )
                )
            }
        }
        predictions = Self.drawn.flatMap { name, configuration, tokens in
            let parameters = ParameterLayout(configuration).elementCount
            // As fast as the measured model that is nearest in size.
            let rate =
                rates.min {
                    abs(log(Double($0.parameters) / Double(parameters)))
                        < abs(log(Double($1.parameters) / Double(parameters)))
                }?.operations ?? .nan
            let model = RankTimeModel(
                configuration,
                secondsPerToken: 6 * Double(parameters) / rate
            )
            return Self.networks.map { gigabits in
                let path = RankPath(latency: latency, bandwidth: gigabits * 1e9 / 8)
                return Prediction(
                    shape: name,
                    parameterCount: parameters,
                    tokensPerStep: tokens,
                    gigabits: gigabits,
                    speedups: Self.machines.map {
                        model.speedup(tokens: tokens, ranks: $0, path: path)
                    },
                    worthwhile: model.ranksWorthwhile(
                        tokens: tokens,
                        upTo: Self.machines.last ?? 1,
                        path: path
                    )
                )
            }
        }
    }
}
