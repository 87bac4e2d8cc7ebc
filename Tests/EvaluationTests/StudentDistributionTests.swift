import Evaluation
import Testing

/// Expected numbers were computed with SciPy 1.17; the call is named beside each.
@Suite("Student's distribution")
struct StudentDistributionTests {
    @Test(
        "Tails are 2 * scipy.stats.t.sf(t, df)",
        arguments: [
            (1.5, 2.0, 0.2723931248910011), (3, 2, 0.09546596626670913),
            (0.3, 1, 0.8144528418445154), (2, 499, 0.04604176678785596),
            (8, 4, 0.0013238969092171672), (40, 30, 1.3726045194406417e-27), (0, 3, 1),
        ]
    )
    func tail(_ t: Double, _ degreesOfFreedom: Double, _ expected: Double) {
        for sign in [1.0, -1] {
            let tail = StudentDistribution.twoSidedTail(
                of: sign * t,
                degreesOfFreedom: degreesOfFreedom
            )
            #expect(abs(tail - expected) < 1e-11 * expected)
        }
    }

    @Test(
        "Quantiles are scipy.stats.t.isf(p / 2, df)",
        arguments: [
            (0.05, 1.0, 12.706204736174705), (0.05, 2, 4.302652729749464),
            (0.05, 4, 2.7764451051977943), (0.05, 119, 1.98009987645694),
            (0.001, 2, 31.59905457644362), (1e-9, 3, 1301.6371672916928),
            (0.5, 2.5, 0.7850136829922992), (1, 4, 0),
            // scipy.stats.norm.isf(p / 2)
            (0.05, .infinity, 1.9599639845400545), (0.001, .infinity, 3.2905267314918945),
        ]
    )
    func quantile(_ probability: Double, _ degreesOfFreedom: Double, _ expected: Double) {
        let t = StudentDistribution.quantile(
            twoSided: probability,
            degreesOfFreedom: degreesOfFreedom
        )
        #expect(abs(t - expected) <= 1e-10 * expected)
    }

    @Test(
        "Degrees of freedom are found again from a quantile",
        arguments: [0.7, 1.0, 2, 4, 119, 1e6]
    )
    func degreesOfFreedom(_ expected: Double) {
        let quantile = StudentDistribution.quantile(twoSided: 0.05, degreesOfFreedom: expected)
        let found = StudentDistribution.degreesOfFreedom(quantile: quantile, twoSided: 0.05)
        #expect(abs(found - expected) < 1e-3 * expected)
        // At the normal quantile and below there is no such number.
        #expect(StudentDistribution.degreesOfFreedom(quantile: 1.5, twoSided: 0.05) == .infinity)
    }
}
