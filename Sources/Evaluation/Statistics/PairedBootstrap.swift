import Foundations

/// Resampled differences between two models on the same units.
///
/// The units (problems, documents) are drawn with replacement; the statistic is Σ differences /
/// Σ weights. It takes the two trained models as given: several seeds are `SeedProblemMean`'s.
struct PairedBootstrap {
    /// The resampled statistics in ascending order.
    let sorted: [Double]

    /// Draws `SignificanceTests.resampleCount` samples, the same ones for the same `seed`.
    init(differences: [Double], weights: [Double], seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: "evaluation/bootstrap")
        var statistics: [Double] = []
        statistics.reserveCapacity(SignificanceTests.resampleCount)
        for _ in 0..<SignificanceTests.resampleCount {
            var above = 0.0
            var below = 0.0
            for _ in differences.indices {
                let index = random.index(below: differences.count)
                above += differences[index]
                below += weights[index]
            }
            statistics.append(below > 0 ? above / below : 0)
        }
        sorted = statistics.sorted()
    }

    /// The percentile interval that holds `coverage` of the resampled statistics.
    func interval(coverage: Double = 0.95) -> ClosedRange<Double> {
        let tail = (1 - coverage) / 2
        return Self.percentile(tail, of: sorted)...Self.percentile(1 - tail, of: sorted)
    }

    /// The value below which `share` of the sorted values lie, linear between neighbours.
    ///
    /// Position share · (n − 1), as the default of `numpy.percentile` (type 7).
    static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        let position = share * Double(sorted.count - 1)
        let low = Int(position)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
    }
}

extension SeededGenerator {
    /// An index below `count`, which must be below 2³²; uniform up to count / 2³².
    fileprivate mutating func index(below count: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(count)) >> 32)
    }
}
