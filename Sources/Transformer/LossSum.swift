import Foundation

/// A loss that is summed and not yet divided: the sum in nats and how many tokens it counts.
package struct LossSum: Sendable, Equatable, BitwiseCopyable {
    /// Σ of −log p over counted tokens, in nats.
    package var total: Double
    /// How many tokens are counted.
    package var count: Int

    /// A sum; by default of nothing.
    package init(total: Double = 0, count: Int = 0) {
        self.total = total
        self.count = count
    }

    /// Nats per counted token; not a number when nothing was counted.
    package var mean: Double { count == 0 ? .nan : total / Double(count) }

    /// Adds another sum to this one.
    package static func += (left: inout LossSum, right: LossSum) {
        left.total += right.total
        left.count += right.count
    }
}
