import Analysis
import Foundation
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

    @Test("mathematics in the middle and language at the ends is the picture; exchanged it is not")
    func answers() throws {
        let middle = [1, 1.1, 2, 2.1, 2.2, 2, 1.1, 1]
        let ends = [3, 2.9, 1, 1.1, 1, 1.2, 2.8, 3.1]
        let there = try #require(PublishedPicture(record(math: middle, language: ends)))
        #expect(there.isThere == true && there.math > 0 && there.language < 0)
        #expect(abs(there.math - log(2.075 / 1.05)) < 1e-12)
        #expect(there.interval.contains(there.difference))
        let opposite = try #require(PublishedPicture(record(math: ends, language: middle)))
        #expect(opposite.isThere == false && opposite.words.contains("the opposite"))
        let same = try #require(PublishedPicture(record(math: ends, language: ends)))
        #expect(same.isThere == nil && same.difference == 0)
    }

    @Test("few layers, and an expert that has not changed, say nothing")
    func nothing() throws {
        #expect(PublishedPicture(try record(math: [1, 2, 1], language: [2, 1, 2])) == nil)
        let none = [Double](repeating: 0, count: 8)
        #expect(PublishedPicture(try record(math: none, language: none)) == nil)
    }
}
