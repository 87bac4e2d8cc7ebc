import Foundation
import Foundations

/// Measures how long messages take between rank 0 and another.
package struct RankProbe: Sendable {
    /// What was measured between rank 0 and one rank.
    package struct Path: Sendable {
        /// Seconds of the way of a short message, in one direction.
        package let latency: Double
        /// Bytes a second of a long message.
        package let bandwidth: Double
    }

    /// The length of a short and of a long message.
    private static let short = 8
    private static let long = 1 << 22
    /// How often each goes and comes back, besides once before the clock starts.
    private static let shortRounds = 200
    private static let longRounds = 8

    /// Sends messages to each rank in turn and takes them back; every rank of the group calls it.
    ///
    /// - Parameter group: The ranks.
    /// - Returns: At rank 0 the path to each other rank in order; nothing at others.
    /// - Throws: `RankGroup.Failure`.
    package static func paths(in group: RankGroup) throws -> [Path] {
        guard group.rank == 0 else {
            for _ in 0..<(2 + shortRounds + longRounds) {
                try group.send(group.receive(from: 0, .probe), to: 0, .probe)
            }
            return []
        }
        return try (1..<group.count).map { rank in
            let brief = try seconds(of: short, rounds: shortRounds, to: rank, in: group)
            let whole = try seconds(of: long, rounds: longRounds, to: rank, in: group)
            return Path(latency: brief / 2, bandwidth: 2 * Double(long) / whole)
        }
    }

    /// Seconds of one round.
    private static func seconds(
        of length: Int,
        rounds: Int,
        to rank: Int,
        in group: RankGroup
    ) throws -> Double {
        let message = Data(count: length)
        func turn() throws {
            try group.send(message, to: rank, .probe)
            _ = try group.receive(from: rank, .probe)
        }
        try turn()
        let start = ContinuousClock.now
        for _ in 0..<rounds { try turn() }
        return start.duration(to: .now).inSeconds / Double(rounds)
    }
}
