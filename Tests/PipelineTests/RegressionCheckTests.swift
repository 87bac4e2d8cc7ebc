import Evaluation
import RunRecords
import Testing

@Suite("Checks against a recorded table")
struct RegressionCheckTests {
    private func table(_ value: Double, quantile: Double?) -> ComparisonTable {
        let measurement = Estimate(
            value: value,
            standardError: 0.02,
            count: 500,
            quantile: quantile
        )
        return ComparisonTable(
            seeds: 3,
            rows: [.init(model: "swap", metrics: ["target_math": measurement])],
            tests: []
        )
    }

    private func verdict(_ fall: Double, quantile: Double?) throws -> RegressionCheck.Verdict? {
        try RegressionCheck(
            table(0.8 - fall, quantile: quantile),
            against: table(0.8, quantile: quantile),
            metrics: ["target_math"]
        ).lines.first?.verdict
    }

    @Test("Few seeds explain a larger fall than the normal 1.645 errors")
    func fewSeeds() throws {
        // 1.645 errors of the difference are .0465; t.isf(0.05, 2) of them are .0826.
        #expect(try verdict(0.06, quantile: nil) == .worse)
        #expect(try verdict(0.06, quantile: 4.302652729749464) == .kept)
        #expect(try verdict(0.09, quantile: 4.302652729749464) == .worse)
    }

    @Test("A gain is never worse, and a tolerance is added")
    func oneSided() throws {
        #expect(try verdict(-0.3, quantile: nil) == .kept)
        let check = try RegressionCheck(
            table(0.7, quantile: nil),
            against: table(0.8, quantile: nil),
            metrics: ["target_math"],
            tolerance: 0.06
        )
        #expect(check.isPassed)
    }
}
