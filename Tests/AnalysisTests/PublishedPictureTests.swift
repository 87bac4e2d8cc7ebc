import Analysis
import Foundation
import Foundations
import Testing

@Suite("The published picture")
struct PublishedPictureTests {
    /// A record of layers alone.
    private func record(math: [Double], language: [Double]) throws -> ChangeRecord {
        func estimate(_ value: Double) -> String { "{\"n\": 4, \"value\": \(value)}" }
        let layers = zip(math, language).map { math, language in
            """
            {"math": \(estimate(math)), "language": \(estimate(language)), "math_norm": 0, \
            "language_norm": 0}
            """
        }
        let text =
            "{\"thresholds\": [], \"tensors\": [], \"layers\": ["
            + layers.joined(separator: ",") + "]}"
        return try JSONDecoder().decode(ChangeRecord.self, from: Data(text.utf8))
    }

    private let middle = [1, 1.1, 1, 1.2, 2, 2.1, 2.2, 2, 2.3, 2.1, 2, 2.2, 1.1, 1, 1.2, 1]
    private let ends = [3, 2.9, 3.2, 2.8, 1, 1.1, 1, 1.2, 1.1, 1, 1.3, 1, 2.8, 3.1, 2.7, 3]

    // The half width is that of scipy.stats.ttest_ind(x, y, equal_var=False).confidence_interval()
    // with x and y what inner and outer layers add to the difference.
    @Test("mathematics in the middle and language at the ends is the picture; exchanged it is not")
    func answers() throws {
        let there = try #require(PublishedPicture(record(math: middle, language: ends)))
        #expect(there.isThere == true && there.math > 0 && there.language < 0)
        #expect(abs(there.math - 0.6755514186695657) < 1e-12)
        let interval = try #require(there.interval)
        #expect(abs(interval.lowerBound - 1.5236843322508062) < 1e-9)
        #expect(abs(interval.upperBound - 1.8147732960674756) < 1e-9)
        #expect(there.words.contains("neighbouring layers are not independent"))
        let opposite = try #require(PublishedPicture(record(math: ends, language: middle)))
        #expect(opposite.isThere == false && opposite.words.contains("the opposite"))
        let same = try #require(PublishedPicture(record(math: ends, language: ends)))
        #expect(same.isThere == nil && same.difference == 0 && same.interval == nil)
    }

    @Test("fewer than 16 layers have no interval, whatever they show")
    func fewLayers() throws {
        let few = try #require(
            PublishedPicture(
                record(
                    math: [1, 1.1, 2, 2.1, 2.2, 2, 1.1, 1],
                    language: [3, 3, 1, 1, 1, 1, 3, 3.1]
                )
            )
        )
        #expect(few.difference > 1 && few.interval == nil && few.isThere == nil)
        #expect(few.words.hasSuffix("too few or too alike for an interval."))
    }

    // In NumPy 5.4 and 6.3 % of 800; a percentile bootstrap decides in 11.4 and 8.0 %.
    @Test("experts that change alike get a verdict in about 5 % of draws", arguments: [16, 30])
    func level(_ layers: Int) throws {
        var random = SeededGenerator(seed: 20_260_105, stream: "published picture")
        var decided = 0
        for _ in 0..<600 {
            let changes = (0..<2).map { _ in (0..<layers).map { _ in exp(0.3 * random.normal()) } }
            let picture = PublishedPicture(try record(math: changes[0], language: changes[1]))
            if picture?.isThere != nil { decided += 1 }
        }
        #expect((15...51).contains(decided), "decides in \(decided) of 600")
    }

    @Test("few layers, and an expert that has not changed, say nothing")
    func nothing() throws {
        #expect(PublishedPicture(try record(math: [1, 2, 1], language: [2, 1, 2])) == nil)
        let none = [Double](repeating: 0, count: 8)
        #expect(PublishedPicture(try record(math: none, language: none)) == nil)
    }
}
