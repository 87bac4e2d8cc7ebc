import Foundation
import Foundations

/// Tests of paired differences against zero.
package enum SignificanceTests {
    /// How many random samples the resampling methods draw.
    package static let resampleCount = 10_000

    /// McNemar's exact test: the two-sided binomial p value of the discordant pairs.
    ///
    /// Under the null a problem that one model alone solves is as likely solved by either:
    /// p = min(1, 2 Σ_{k ≤ min(b, c)} C(b + c, k) / 2^(b + c)); 1 without discordant pairs.
    ///
    /// - Parameters:
    ///   - onlyFirst: b, the problems that only the first model solves.
    ///   - onlySecond: c, those that only the second solves.
    /// - Returns: The p value, above 0 and at most 1.
    package static func mcNemar(onlyFirst: Int, onlySecond: Int) -> Double {
        let pairs = onlyFirst + onlySecond
        guard pairs > 0 else { return 1 }
        let logHalf = -Double(pairs) * log(2)
        var tail = 0.0
        for k in 0...min(onlyFirst, onlySecond) {
            tail += exp(logFactorial(pairs) - logFactorial(k) - logFactorial(pairs - k) + logHalf)
        }
        return min(1, 2 * tail)
    }

    /// The sign-flip permutation test of Σ differences = 0, two-sided.
    ///
    /// Under the null each difference is as likely positive as negative. Up to 13 differences all
    /// sign patterns are counted, p = k / 2ⁿ; beyond that `resampleCount` random ones are drawn,
    /// p = (k + 1) / (draws + 1), where k counts sums at least as far from zero as the observed.
    package static func signFlip(_ differences: [Double], seed: UInt64) -> Double {
        let observed = abs(differences.reduce(0, +))
        let scale = differences.reduce(0) { $0 + abs($1) }
        // Sums in another order differ by rounding; a tie must still count as a tie.
        let threshold = observed - 1e-12 * scale
        guard scale > 0 else { return 1 }
        if differences.count <= 13 {
            let patterns = 1 << differences.count
            let extreme = (0..<patterns).count { pattern in
                abs(flippedSum(differences, signs: UInt64(pattern))) >= threshold
            }
            return Double(extreme) / Double(patterns)
        }
        var random = SeededGenerator(seed: seed, stream: "evaluation/sign-flip")
        var extreme = 0
        for _ in 0..<resampleCount {
            var sum = 0.0
            var start = 0
            while start < differences.count {
                let end = min(start + 64, differences.count)
                sum += flippedSum(differences[start..<end], signs: random.next())
                start = end
            }
            if abs(sum) >= threshold { extreme += 1 }
        }
        return Double(extreme + 1) / Double(resampleCount + 1)
    }

    private static func flippedSum(_ values: some Collection<Double>, signs: UInt64) -> Double {
        var bits = signs
        var sum = 0.0
        for value in values {
            sum += bits & 1 == 0 ? value : -value
            bits >>= 1
        }
        return sum
    }

    private static func logFactorial(_ n: Int) -> Double { lgamma(Double(n) + 1) }
}
