import Foundations
import Kernels
import Training

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
    /// - Returns: The way.
    /// - Throws: What keeps ranks from hearing each other.
    package static func measured(_ peers: any ModelPeers) throws -> RankPath {
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
