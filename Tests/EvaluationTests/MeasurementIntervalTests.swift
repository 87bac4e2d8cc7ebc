import Evaluation
import Foundation
import Testing

@Suite("Intervals of measurements")
struct MeasurementIntervalTests {
    @Test("A share of one run has Wilson's interval")
    func proportion() throws {
        let outcomes = (0..<200).map { $0 < 155 }
        let interval = try #require(Measurement.proportion(of: outcomes)?.interval)
        #expect(abs(interval.lowerBound - 0.7122587676433947) < 1e-12)
        #expect(abs(interval.upperBound - 0.8273763028491088) < 1e-12)
        let all = try #require(Measurement.proportion(of: [true, true, true])?.interval)
        #expect(all.upperBound == 1 && all.lowerBound > 0.4 && all.lowerBound < 0.5)
    }

    @Test("Other values have the normal interval, or that of their quantile")
    func other() throws {
        var measurement = Measurement(value: 1.2, standardError: 0.1, count: 50)
        #expect(abs(try #require(measurement.interval).lowerBound - 1.0040036) < 1e-6)
        measurement.quantile = 4
        #expect(abs(try #require(measurement.interval).upperBound - 1.6) < 1e-12)
        // As many successes, but the error is of several seeds.
        let share = Measurement(value: 0.5, standardError: 0.1, count: 200)
        #expect(abs(try #require(share.interval).upperBound - 0.6959964) < 1e-6)
    }

    @Test("A share over several seeds has an interval between 0 and 1, by its log odds")
    func severalSeeds() throws {
        var share = Measurement(
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
        #expect(share.interval == 1...1)
        share.isShare = false
        #expect(try #require(share.interval).upperBound > 1)
        let json = try JSONEncoder().encode(Measurement.proportion(of: [true, false]))
        #expect(String(decoding: json, as: UTF8.self).contains("\"share\":true"))
        #expect(try JSONDecoder().decode(Measurement.self, from: json).isShare)
    }

    @Test("Without an error there is no interval")
    func unknown() {
        #expect(Measurement(value: 1, standardError: nil, count: 1).interval == nil)
        #expect(Measurement(value: .nan, standardError: 1, count: 3).interval == nil)
    }
}
