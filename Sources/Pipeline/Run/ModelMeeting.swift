import Foundation
import Kernels
import Synchronization
import Training

/// The beginning of a stage that all ranks make together: rank 0 has its inputs ready, says how it
/// computes, and all are there.
package final class ModelMeeting: Sendable {
    /// How every rank computes: what sums depend on has to be the same everywhere.
    package struct Terms: Equatable {
        /// Threads of each rank.
        package let threads: Int
        package let precision: LinearPrecision
    }

    /// The ranks.
    package let peers: any ModelPeers
    private let isOpen = Mutex(false)

    /// Ranks that are to meet.
    package init(_ peers: any ModelPeers) { self.peers = peers }

    /// Begins, at rank 0.
    ///
    /// - Throws: What keeps ranks from hearing each other.
    package func open(_ terms: Terms) throws {
        isOpen.withLock { $0 = true }
        let precision = LinearPrecision.allCases.firstIndex(of: terms.precision) ?? 0
        _ = try peers.collect([Double(terms.threads), Double(precision)])
    }

    /// Begins at the other ranks, which wait for rank 0.
    ///
    /// - Returns: The terms; nil when nothing will be made.
    /// - Throws: What keeps ranks from hearing each other.
    package func attend() throws -> Terms? {
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
    package func agreed<Thing>(_ make: () throws -> Thing) throws -> Thing {
        let thing = Result { try make() }
        switch thing {
        case .success: try peers.agree(nil)
        case .failure(let error): try peers.agree(error)
        }
        return try thing.get()
    }

    /// Tells the others at rank 0 that nothing will be made, if they have not met.
    ///
    /// - Throws: What keeps ranks from hearing each other.
    package func callOff() throws {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return isOpen
        }
        guard !wasOpen else { return }
        _ = try peers.collect([0, 0])
    }
}
