import Datasets
import Evaluation
import Foundation
import Kernels
import Synchronization
import Training
import Transformer

/// The ranks that measure a model together: all ask the same questions in the same order, and each
/// answers its part of them.
///
/// Whatever the ranks do together begins with an agreement that none has failed. So nobody waits for
/// a rank that is gone.
final class EvaluationTeam: Sendable {
    private struct State {
        /// What has failed at this rank since the last agreement.
        var failure: (any Error)?
        /// Whether the ranks are apart: nothing more can be agreed upon.
        var isOver = false
    }

    private let peers: any ModelPeers
    private let state = Mutex(State())

    init(_ peers: any ModelPeers) { self.peers = peers }

    /// Does what all ranks do, to its end at all of them.
    ///
    /// - Throws: What this rank has failed with, `PeerFailure` when it is another.
    func finish<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            let result = try work()
            try agree()
            return result
        } catch {
            // The others wait for the next agreement, unless it was this that has failed.
            if !state.withLock({ $0.isOver }) { try peers.agree(error) }
            throw error
        }
    }

    /// Does what can fail at one rank alone; its error is thrown at the next agreement.
    func attempt(_ work: () throws -> Void) {
        do { try work() } catch { state.withLock { $0.failure = $0.failure ?? error } }
    }

    /// Makes something at every rank.
    ///
    /// - Throws: What this rank has failed with, `PeerFailure` when it is another.
    func agreed<Thing>(_ make: () throws -> Thing) throws -> Thing {
        var thing: Thing?
        attempt { thing = try make() }
        try agree()
        guard let thing else { preconditionFailure("a rank has agreed to what it has not made") }
        return thing
    }

    /// What rank 0 knows, at all ranks.
    ///
    /// - Parameter ask: Asked at rank 0 alone; nil when it does not know.
    /// - Returns: What rank 0 has said.
    /// - Throws: What has failed at a rank.
    func known(_ ask: () throws -> Double?) throws -> Double? {
        var own: Double?
        if peers.rank == 0 { attempt { own = try ask() } }
        try agree()
        let all = try together { try peers.collect([own == nil ? 0 : 1, own ?? 0]) }
        return all[0] == 1 ? all[1] : nil
    }

    /// Whether a rank was asked to stop.
    ///
    /// - Throws: What has failed at a rank.
    func isStopping(_ own: Bool) throws -> Bool {
        try agree()
        return try together { try peers.collect([own ? 1 : 0]) }.contains(1)
    }

    /// The places of a list that are this rank's: all ranks have about as many, one after the other.
    func share(of count: Int) -> Range<Int> { share(of: count, rank: peers.rank) }

    /// Where the shares of all ranks lie among as many segments, by their tokens.
    func shares(of offsets: [Int]) -> [Range<Int>] {
        let tokens = offsets.last ?? 0
        let borders = (0...peers.count).map { rank in
            rank == peers.count
                ? offsets.count - 1
                : offsets.firstIndex { $0 >= tokens * rank / peers.count } ?? 0
        }
        return (0..<peers.count).map { borders[$0]..<borders[$0 + 1] }
    }

    /// The lists of all ranks, one after the other.
    ///
    /// - Parameters:
    ///   - lists: Those of this rank's share.
    ///   - count: How many all ranks have.
    /// - Returns: The lists in order.
    /// - Throws: What has failed at a rank.
    func collect(_ lists: [[Int32]], of count: Int) throws -> [[Int32]] {
        let own = lists.flatMap { [Double($0.count)] + $0.map(Double.init) }
        let lengths = try together { try peers.collect([Double(own.count)]) }
        let most = Int(lengths.max() ?? 0)
        let padding = [Double](repeating: 0, count: most - own.count)
        let all = try together { try peers.collect(own + padding) }
        var result: [[Int32]] = []
        for rank in 0..<peers.count {
            var place = rank * most
            for _ in share(of: count, rank: rank) {
                let end = place + 1 + Int(all[place])
                result.append(all[(place + 1)..<end].map { Int32($0) })
                place = end
            }
        }
        return result
    }

    /// Completes numbers of which every rank has its span.
    ///
    /// - Throws: What has failed at a rank.
    func collect(_ own: [Float], spans: [Range<Int>]) throws -> [Float] {
        let buffer = SharedBuffer(count: spans.last?.upperBound ?? 0)
        buffer.view[spans[peers.rank]].copy(from: own)
        try together { try peers.collect(buffer.view, spans: spans) }
        return withExtendedLifetime(buffer) { buffer.view.array() }
    }

    /// The largest of the numbers of all ranks.
    ///
    /// - Throws: What has failed at a rank.
    func largest(_ own: Int) throws -> Int {
        Int(try together { try peers.collect([Double(own)]) }.max() ?? 0)
    }

    /// This rank's place among all.
    var rank: Int { peers.rank }

    /// How many ranks there are.
    var count: Int { peers.count }

    /// Waits for all ranks, and ends the work of all when one of them has failed.
    private func agree() throws {
        let failure = state.withLock { $0.failure }
        try together { try peers.agree(failure) }
    }

    private func together<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch {
            state.withLock { $0.isOver = true }
            throw error
        }
    }

    /// A rank's share of a list.
    func share(of count: Int, rank: Int) -> Range<Int> {
        (count * rank / peers.count)..<(count * (rank + 1) / peers.count)
    }
}
