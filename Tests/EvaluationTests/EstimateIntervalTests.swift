import Evaluation
import Foundation
import Testing

@Suite("Intervals of measurements")
struct EstimateIntervalTests {
    @Test("A share of one run has Wilson's interval")
    func proportion() throws {
        let outcomes = (0..<200).map { $0 < 155 }
        let interval = try #require(Estimate.proportion(of: outcomes)?.interval)
        #expect(abs(interval.lowerBound - 0.7122587676433947) < 1e-12)
        #expect(abs(interval.upperBound - 0.8273763028491088) < 1e-12)
        let all = try #require(Estimate.proportion(of: [true, true, true])?.interval)
        #expect(all.upperBound == 1 && all.lowerBound > 0.4 && all.lowerBound < 0.5)
    }

    @Test("Other values have Student's interval for their count, or that of their quantile")
    func other() throws {
        var measurement = Estimate(value: 1.2, standardError: 0.1, count: 50)
        // 1.2 - 0.1 * scipy.stats.t.isf(0.025, 49)
        #expect(abs(try #require(measurement.interval).lowerBound - 0.999042476287076) < 1e-12)
        measurement.quantile = 4
        #expect(abs(try #require(measurement.interval).upperBound - 1.6) < 1e-12)
        // As many successes, but the error is of several seeds.
        let share = Estimate(value: 0.5, standardError: 0.1, count: 200)
        #expect(abs(try #require(share.interval).upperBound - 0.6971956544251754) < 1e-12)
    }

    @Test("A share over several seeds has an interval between 0 and 1, by its log odds")
    func severalSeeds() throws {
        var share = Estimate(
            value: 0.95,
            standardError: 0.02,
            count: 1_000,
            quantile: 2.776,
            isShare: true
        )
        // log(.95 / .05) ± 2.776 · .02 / (.95 · .05), back to shares.
        let interval = try #require(share.interval)
        #expect(abs(interval.lowerBound - 0.8551) < 1e-4)
        #expect(abs(interval.upperBound - 0.9839) < 1e-4)
        share.value = 1
        share.isShare = false
        #expect(try #require(share.interval).upperBound > 1)
        let json = try JSONEncoder().encode(Estimate.proportion(of: [true, false]))
        #expect(String(decoding: json, as: UTF8.self).contains("\"share\":true"))
        #expect(try JSONDecoder().decode(Estimate.self, from: json).isShare)
    }

    @Test("Seeds that all have everything right, or nothing, have an interval of some width")
    func certain() throws {
        for isRight in [true, false] {
            let seed = Outcomes(
                identifiers: (0..<200).map(String.init),
                correct: Array(repeating: isRight, count: 200)
            )
            let outcomes = try ReplicatedOutcomes(
                metric: "m",
                replicates: [[seed], [seed], [seed]]
            )
            let interval = try #require(outcomes.measurement?.interval)
            // q² / (n + q²) with q = scipy.stats.t.isf(0.025, 2): three seeds know little.
            #expect(
                abs((isRight ? 1 - interval.lowerBound : interval.upperBound) - 0.0847219) < 1e-7
            )
            #expect((isRight ? interval.upperBound : interval.lowerBound) == (isRight ? 1 : 0))
        }
        // Records of earlier versions have a quantile of zero there.
        let old = Estimate(value: 1, standardError: 0, count: 200, quantile: 0, isShare: true)
        #expect(abs(try #require(old.interval).lowerBound - 0.9811546736227335) < 1e-12)
    }

    @Test("Without an error there is no interval")
    func unknown() {
        #expect(Estimate(value: 1, standardError: nil, count: 1).interval == nil)
        #expect(Estimate(value: .nan, standardError: 1, count: 3).interval == nil)
    }
}
