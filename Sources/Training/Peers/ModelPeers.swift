import Kernels

/// The processes that train one model together, each on its part of every batch; a process is a
/// rank.
///
/// Every rank calls the same methods in the same order. A call returns when its rank has what it
/// asked for, and may wait for all others.
package protocol ModelPeers: AnyObject, Sendable {
    /// The number of this process, from 0.
    var rank: Int { get }
    /// How many there are.
    var count: Int { get }

    /// Sends each rank its span of a buffer, and receives this rank's span from each.
    ///
    /// - Parameters:
    ///   - buffer: What this rank has; it stays as it is.
    ///   - spans: One a rank, the same everywhere.
    ///   - received: Gets what each rank has of this rank's span, one after the other by rank.
    /// - Throws: What keeps ranks from hearing each other.
    func distribute(_ buffer: FloatView, spans: [Range<Int>], into received: FloatView) throws

    /// Completes a buffer of which every rank has its span.
    ///
    /// - Parameters:
    ///   - buffer: Overwritten in the spans of the others.
    ///   - spans: One a rank, the same everywhere.
    /// - Throws: What keeps ranks from hearing each other.
    func collect(_ buffer: FloatView, spans: [Range<Int>]) throws

    /// Shows every rank the numbers of all.
    ///
    /// - Parameter numbers: As many at every rank.
    /// - Returns: The numbers of all ranks, one after the other by rank.
    /// - Throws: What keeps ranks from hearing each other.
    func collect(_ numbers: [Double]) throws -> [Double]
}

/// Another rank cannot go on, and says itself why.
package struct PeerFailure: Error, CustomStringConvertible {
    /// The first rank that cannot.
    package let rank: Int

    package init(rank: Int) { self.rank = rank }

    package var description: String { "rank \(rank) cannot continue" }
}

extension ModelPeers {
    /// Waits for all ranks, and ends the work of all when one of them has failed.
    ///
    /// - Parameter failure: What this rank has failed with.
    /// - Throws: The failure of this rank, `PeerFailure` when only others have failed.
    package func agree(_ failure: (any Error)?) throws {
        let flags = try collect([failure == nil ? 0 : 1])
        if let failure { throw failure }
        if let rank = flags.firstIndex(of: 1) { throw PeerFailure(rank: rank) }
    }
}
