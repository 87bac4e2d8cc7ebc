import Foundation
import Kernels
import Synchronization
import Training

/// The beginning of a training by all ranks: rank 0 has its inputs ready, says how it computes, and
/// all are there.
final class TrainingMeeting: Sendable {
    /// How every rank computes: what sums depend on has to be the same everywhere.
    struct Terms: Equatable {
        /// Threads of each rank.
        let threads: Int
        let precision: LinearPrecision
    }

    /// The ranks.
    let peers: any TrainingPeers
    private let isOpen = Mutex(false)

    init(_ peers: any TrainingPeers) { self.peers = peers }

    /// Begins, at rank 0.
    ///
    /// - Throws: What keeps ranks from hearing each other.
    func open(_ terms: Terms) throws {
        isOpen.withLock { $0 = true }
        let precision = LinearPrecision.allCases.firstIndex(of: terms.precision) ?? 0
        _ = try peers.collect([Double(terms.threads), Double(precision)])
    }

    /// Begins at the other ranks, which wait for rank 0.
    ///
    /// - Returns: The terms; nil when there will be no training.
    /// - Throws: What keeps ranks from hearing each other.
    func attend() throws -> Terms? {
        let terms = try peers.collect([0, 0])
        guard terms[0] > 0 else { return nil }
        return Terms(
            threads: Int(terms[0]),
            precision: LinearPrecision.allCases[Int(terms[1])]
        )
    }

    /// Makes what a rank needs before it begins; when one cannot, none begins.
    ///
    /// - Throws: What `make` throws, `PeerFailure` when another rank has failed.
    func agreed<Thing>(_ make: () throws -> Thing) throws -> Thing {
        let thing = Result { try make() }
        switch thing {
        case .success: try peers.agree(nil)
        case .failure(let error): try peers.agree(error)
        }
        return try thing.get()
    }

    /// Tells the others at rank 0 that there will be no training, if it has not begun.
    ///
    /// - Throws: What keeps ranks from hearing each other.
    func callOff() throws {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return isOpen
        }
        guard !wasOpen else { return }
        _ = try peers.collect([0, 0])
    }
}
