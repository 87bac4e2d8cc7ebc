import Kernels
import Ranks
import Training

/// The ranks of a group as those that train one model together.
package final class GroupPeers: ModelPeers {
    private let group: RankGroup
    /// Throws when the others need not be waited for any more.
    private let check: @Sendable () throws -> Void

    /// Lets the ranks of a group train together.
    ///
    /// - Parameters:
    ///   - group: The ranks.
    ///   - check: Called while others are waited for; what it throws ends the waiting.
    package init(_ group: RankGroup, check: @escaping @Sendable () throws -> Void) {
        self.group = group
        self.check = check
    }

    package var rank: Int { group.rank }
    package var count: Int { group.count }

    package func distribute(
        _ buffer: FloatView,
        spans: [Range<Int>],
        into received: FloatView
    ) throws {
        try group.distribute(buffer, spans: spans, into: received, whileWaiting: check)
    }

    package func collect(_ buffer: FloatView, spans: [Range<Int>]) throws {
        try group.collect(buffer, spans: spans, whileWaiting: check)
    }

    package func collect(_ numbers: [Double]) throws -> [Double] {
        try group.collect(numbers, whileWaiting: check)
    }
}
