import Foundations

/// What repeated timings of the same work say together.
package struct TimingSummary: Codable, Sendable, Hashable {
    /// The middle one, in milliseconds.
    package let median: Double
    /// The one that 95 in 100 do not exceed, in milliseconds.
    package let slow: Double
    /// The shortest, in milliseconds: what the machine gives when nothing disturbs it.
    package let shortest: Double
    /// The sum of all, in seconds.
    package let totalSeconds: Double

    /// Sums up timings in seconds; at least one.
    package init(seconds: [Double]) {
        precondition(!seconds.isEmpty, "nothing was timed")
        let sorted = seconds.sorted()
        median = 1e3 * sorted[sorted.count / 2]
        slow = 1e3 * sorted[min(sorted.count - 1, sorted.count * 95 / 100)]
        shortest = 1e3 * sorted[0]
        totalSeconds = sorted.reduce(0, +)
    }

    /// Does something several times, after some times that do not count.
    package static func of(
        rounds: Int,
        warmup: Int = 1,
        _ work: () throws -> Void
    ) rethrows -> TimingSummary {
        for _ in 0..<warmup { try work() }
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try work()
            times.append(start.duration(to: .now).inSeconds)
        }
        return TimingSummary(seconds: times)
    }
}
