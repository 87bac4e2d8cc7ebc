import Evaluation
import Testing

@Suite("Differences of independent measurements")
struct IndependentDifferenceTests {
    private func seeds(_ value: Double, error: Double = 0.02) -> Estimate {
        // Three seeds: scipy.stats.t.isf(0.025, 2).
        Estimate(value: value, standardError: error, count: 500, quantile: 4.302652729749464)
    }

    private func share(_ right: Int, of count: Int) throws -> Estimate {
        try #require(Estimate.proportion(of: (0..<count).map { $0 < right }))
    }

    @Test("Shares of single runs have Newcombe's interval")
    func newcombe() throws {
        // 56 of 70 against 48 of 80: the example of Newcombe (1998), method 10.
        let difference = try #require(IndependentDifference(share(56, of: 70), share(48, of: 80)))
        #expect(abs(difference.value - 0.2) < 1e-12)
        #expect(abs(difference.interval.lowerBound - 0.05243147240236498) < 1e-12)
        #expect(abs(difference.interval.upperBound - 0.333872654036906) < 1e-12)
        #expect(difference.twoSidedP < 0.05)
    }

    @Test("Three seeds have Student's quantile, not 1.96")
    func fewSeeds() throws {
        let difference = try #require(IndependentDifference(seeds(0.7), seeds(0.6)))
        // 0.1 - t.isf(0.025, 2) * 0.02 * sqrt(2); with 1.96 it would leave zero out.
        #expect(abs(difference.interval.lowerBound + 0.0216973968918662) < 1e-9)
        // 2 * t.sf(0.1 / (0.02 * sqrt(2)), 2); the normal p is .0004.
        #expect(abs(difference.twoSidedP - 0.0715233091147407) < 1e-6)
        let bound = difference.interval(leavingOut: 0.1)
        #expect(abs(bound.upperBound - difference.value - 0.08258966419340225) < 1e-9)
    }

    @Test("p is below .05 exactly when the interval leaves zero out")
    func oneProcedure() throws {
        for step in 0..<40 {
            let difference = try #require(
                IndependentDifference(seeds(0.5 + 0.005 * Double(step)), seeds(0.5, error: 0.01))
            )
            #expect((difference.twoSidedP < 0.05) == !difference.interval.contains(0))
        }
    }

    @Test("Where everything is right on both sides the interval still has a width")
    func ceiling() throws {
        let difference = try #require(IndependentDifference(share(100, of: 100), share(90, of: 90)))
        #expect(difference.value == 0 && difference.twoSidedP == 1)
        #expect(difference.interval.lowerBound < -0.03 && difference.interval.upperBound > 0.03)
    }

    @Test("An unknown error gives no difference")
    func unknown() {
        let lone = Estimate(value: 1.5, standardError: nil, count: 1)
        #expect(IndependentDifference(lone, seeds(1.2)) == nil)
    }
}
