import Evaluation
import Testing

@Suite("Multiple comparisons")
struct MultipleComparisonsTests {
    static func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"), then "BH".
    @Test("Equal steps, as R's p.adjust has them")
    func equalSteps() {
        let p = [0.01, 0.02, 0.03, 0.04, 0.05]
        #expect(Self.isClose(MultipleComparisons.holm(p), [0.05, 0.08, 0.09, 0.09, 0.09]))
    }

    // Holm by hand: .005 · 5, .011 · 4, .02 · 3, .04 · 2, .13 · 1.
    @Test("Adjusted values come back in the order of the given ones")
    func order() {
        let p = [0.04, 0.005, 0.13, 0.011, 0.02]
        #expect(Self.isClose(MultipleComparisons.holm(p), [0.08, 0.025, 0.13, 0.044, 0.06]))
    }

    @Test("Nothing rises above 1, one test stays as it is, ties stay ties")
    func bounds() {
        #expect(MultipleComparisons.holm([0.6, 0.9, 0.7]) == [1, 1, 1])
        #expect(MultipleComparisons.holm([0.04]) == [0.04])
        #expect(MultipleComparisons.holm([]).isEmpty)
        #expect(Self.isClose(MultipleComparisons.holm([0.02, 0.01, 0.02]), [0.04, 0.03, 0.04]))
    }

    @Test("A family of tests knows its size")
    func family() {
        let tests = [0.04, 0.001, 0.03].map { p in
            PairedTest(metric: "m", a: "a", b: "b", difference: 1, interval: [0, 2], p: p)
        }
        let adjusted = MultipleComparisons.adjusted(tests)
        #expect(adjusted.map(\.p) == tests.map(\.p))
        #expect(adjusted.map(\.comparisons) == [3, 3, 3])
        #expect(Self.isClose(adjusted.compactMap(\.adjustedP), [0.06, 0.003, 0.06]))
    }
}
