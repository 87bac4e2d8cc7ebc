import Kernels

/// Resampled differences between two models on the same units.
///
/// With one seed the units (problems, documents) are drawn with replacement. With several, seeds
/// and units are: each draw takes a sample of the seeds and one sample of the units, used for all
/// of its seeds when they share the problems (the pigeonhole bootstrap of Owen, 2007) and drawn
/// anew for each when they do not. The statistic is the mean over seeds of Σ differences / Σ weights.
/// With two or three seeds the spread between seeds is known badly: read such intervals so.
struct PairedBootstrap {
    /// Differences of one seed by unit, with the units' weights.
    struct Run {
        var differences: [Double]
        var weights: [Double]
    }

    /// The resampled statistics in ascending order.
    let sorted: [Double]

    init(runs: [Run], sharesUnits: Bool, seed: UInt64) {
        var random = SeededGenerator(seed: seed, stream: "evaluation/bootstrap")
        var statistics: [Double] = []
        statistics.reserveCapacity(SignificanceTests.resampleCount)
        var indices: [Int] = []
        for _ in 0..<SignificanceTests.resampleCount {
            var sum = 0.0
            if sharesUnits { random.fill(&indices, count: runs[0].differences.count) }
            for _ in runs.indices {
                let run = runs[runs.count == 1 ? 0 : random.index(below: runs.count)]
                if !sharesUnits { random.fill(&indices, count: run.differences.count) }
                sum += Self.ratio(of: run, at: indices)
            }
            statistics.append(sum / Double(runs.count))
        }
        sorted = statistics.sorted()
    }

    private static func ratio(of run: Run, at indices: [Int]) -> Double {
        var above = 0.0
        var below = 0.0
        for index in indices {
            above += run.differences[index]
            below += run.weights[index]
        }
        return below > 0 ? above / below : 0
    }

    /// The percentile interval that holds `coverage` of the resampled statistics.
    func interval(coverage: Double = 0.95) -> ClosedRange<Double> {
        let tail = (1 - coverage) / 2
        return Self.percentile(tail, of: sorted)...Self.percentile(1 - tail, of: sorted)
    }

    /// Twice the smaller share of statistics on one side of zero, at most 1.
    ///
    /// One is added above and below, so that no finite number of draws claims certainty.
    var twoSidedP: Double {
        let below = sorted.count { $0 <= 0 }
        let above = sorted.count { $0 >= 0 }
        return min(1, 2 * Double(min(below, above) + 1) / Double(sorted.count + 1))
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

    /// Draws `count` indices below `count`.
    fileprivate mutating func fill(_ indices: inout [Int], count: Int) {
        if indices.count != count { indices = Array(repeating: 0, count: count) }
        for position in indices.indices { indices[position] = index(below: count) }
    }
}
