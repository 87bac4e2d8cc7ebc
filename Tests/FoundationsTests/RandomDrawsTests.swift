import Foundations
import Testing

@Suite("Draws")
struct RandomDrawsTests {
    @Test("SplitMix64 gives the numbers of its reference, one by one or behind others")
    func referenceNumbers() {
        // Vigna's splitmix64.c, state 1234567.
        var chance = SplitMix64(state: 1_234_567)
        #expect(chance.next() == 6_457_827_717_110_365_317)
        #expect(chance.next() == 3_203_168_211_198_807_973)
        var behind = SplitMix64(state: 1_234_567)
        behind.skip(1)
        #expect(behind.next() == 3_203_168_211_198_807_973)
    }

    // All numbers were written down from `shuffled(using:)` and `random(in:using:)` of Swift 6.3.
    @Test("orders and indices are those of Swift 6.3, whatever compiler builds this")
    func recorded() {
        var chance = SplitMix64(state: 7)
        #expect(chance.shuffledIndices(below: 12) == [4, 1, 11, 8, 7, 6, 3, 5, 0, 10, 9, 2])
        #expect(chance.state == 14_727_398_570_297_873_646)
        chance = SplitMix64(state: 7)
        #expect(
            (0..<8).map { _ in chance.index(below: 1000) }
                == [389, 16, 900, 582, 452, 249, 467, 328]
        )
        chance = SplitMix64(state: 7)
        #expect((0..<8).map { _ in chance.index(below: 10) } == [3, 0, 9, 5, 4, 2, 4, 3])
    }

    @Test("a product that would favour some numbers is drawn again")
    func rejection() {
        var chance = SplitMix64(state: 3)
        let found = (0..<8).map { _ in chance.index(below: 3 << 61) }
        #expect(
            found == [
                784_796_034_376_177_144, 4_844_300_708_147_666_835, 4_240_270_159_725_351_648,
                504_057_766_768_307_117, 1_497_223_817_712_687_512, 4_401_086_337_079_033_250,
                6_147_735_565_366_335_176, 3_396_938_787_272_243_565,
            ]
        )
        // Nine steps of the generator gave eight numbers.
        #expect(chance.state == 10_372_713_005_361_028_288)
    }

    @Test("nothing and one thing are not drawn")
    func trivial() {
        var chance = SplitMix64(state: 7)
        #expect(chance.shuffledIndices(below: 0) == [])
        #expect(chance.shuffledIndices(below: 1) == [0])
        #expect(chance.state == 7)
    }

    @Test("every place has every number as often")
    func even() {
        var chance = SeededGenerator(seed: 1, stream: "draws")
        var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
        for _ in 0..<40_000 {
            for (place, number) in chance.shuffledIndices(below: 4).enumerated() {
                counts[place][number] += 1
            }
        }
        // 10,000 expected, with a deviation of 87.
        #expect(counts.joined().allSatisfy { abs($0 - 10_000) < 450 })
    }
}
