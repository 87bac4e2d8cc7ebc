import Foundation
import Foundations
import Kernels
import Training
import Transformer

/// The way of messages between ranks: α + bytes / β for each message.
package struct RankPath: Encodable, Sendable {
    /// α, seconds that every message takes, however short.
    package var latency: Double
    /// β, bytes a second.
    package var bandwidth: Double

    /// Describes a way.
    package init(latency: Double, bandwidth: Double) {
        self.latency = latency
        self.bandwidth = bandwidth
    }

    enum CodingKeys: String, CodingKey {
        case latency
        case bandwidth = "bytes_per_second"
    }

    /// Bytes of the spans that are timed.
    private static let sizes = [1 << 12, 1 << 16, 1 << 20, 1 << 22]
    private static let rounds = 9

    /// Fits the way between ranks to what they need to add up and share spans of several sizes.
    ///
    /// Every rank calls it. The fit weighs each size alike: it is by least squares over
    /// t / t_measured.
    ///
    /// - Throws: What keeps ranks from hearing each other.
    package static func measured(_ peers: any TrainingPeers) throws -> RankPath {
        let (ranks, largest) = (peers.count, (sizes.max() ?? 0) / 4)
        let buffer = SharedBuffer(count: largest * ranks)
        let received = SharedBuffer(count: largest * ranks)
        var points: [(bytes: Double, seconds: Double)] = []
        for bytes in sizes {
            let count = bytes / 4
            let spans = (0..<ranks).map { ($0 * count)..<(($0 + 1) * count) }
            var times: [Double] = []
            for round in 0...rounds {
                let start = ContinuousClock.now
                try peers.distribute(buffer.view, spans: spans, into: received.view)
                try peers.collect(buffer.view, spans: spans)
                if round > 0 { times.append(start.duration(to: .now).inSeconds) }
            }
            let median = TimingSummary(seconds: times).median / 1e3
            // Each of both sends a span to every other rank.
            points.append((Double(bytes), median / Double(2 * (ranks - 1))))
        }
        return fit(points)
    }

    /// The α and β that are nearest to some messages.
    package static func fit(_ points: [(bytes: Double, seconds: Double)]) -> RankPath {
        // Σ (α/t + x/(βt) − 1)² is smallest where its two derivatives are zero.
        var (aa, ab, bb, a, b) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (bytes, seconds) in points {
            let (u, v) = (1 / seconds, bytes / seconds)
            aa += u * u
            ab += u * v
            bb += v * v
            a += u
            b += v
        }
        let determinant = aa * bb - ab * ab
        let latency = (a * bb - b * ab) / determinant
        let perByte = (b * aa - a * ab) / determinant
        return RankPath(latency: max(0, latency), bandwidth: 1 / max(perByte, 1e-15))
    }
}

/// How long a training step over ranks takes.
///
/// With D tokens, N ranks, c seconds of computing a token and the buckets of 4 P_b bytes of the
/// model's sections:
///
///     C = c · D / N                                           computing
///     X_b = (N − 1) (α + 4 P_b / (N β))                       adding up the gradients of a bucket
///     T = C + max(Σ X_b − ⅔ C, X_last) + Σ X_b
///
/// Gradients are added up during the backward pass, two thirds of the computing; the last bucket,
/// the embedding's, is complete at its end. The second sum is that of the new parameters, which
/// ranks share after the update.
package struct RankTimeModel: Sendable {
    /// c, seconds of computing for each token, at one rank while all compute.
    package let secondsPerToken: Double
    /// The elements of each bucket, the last one last.
    private let buckets: [Int]

    /// A model whose computing was measured.
    package init(_ configuration: ModelConfiguration, secondsPerToken: Double) {
        self.secondsPerToken = secondsPerToken
        buckets = ParameterLayout(configuration).sections.map(\.count)
    }

    /// T.
    package func seconds(tokens: Int, ranks: Int, path: RankPath) -> Double {
        let computing = secondsPerToken * Double(tokens) / Double(ranks)
        guard ranks > 1 else { return computing }
        let others = Double(ranks - 1)
        let times = buckets.map { elements in
            others * (path.latency + 4 * Double(elements) / (Double(ranks) * path.bandwidth))
        }
        let sum = times.reduce(0, +)
        return computing + max(sum - computing * 2 / 3, times.last ?? 0) + sum
    }

    /// How many times faster than one rank.
    package func speedup(tokens: Int, ranks: Int, path: RankPath) -> Double {
        seconds(tokens: tokens, ranks: 1, path: path)
            / seconds(tokens: tokens, ranks: ranks, path: path)
    }

    /// The most ranks, by doubling, of which the last doubling was worth half of its machines: it
    /// made the step at least 1.5 times as fast.
    package func ranksWorthwhile(tokens: Int, upTo most: Int, path: RankPath) -> Int {
        var ranks = 1
        while 2 * ranks <= most {
            let before = seconds(tokens: tokens, ranks: ranks, path: path)
            guard before >= 1.5 * seconds(tokens: tokens, ranks: 2 * ranks, path: path) else {
                break
            }
            ranks *= 2
        }
        return ranks
    }
}
