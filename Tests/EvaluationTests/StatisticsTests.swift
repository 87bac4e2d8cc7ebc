import Evaluation
import Foundation
import Testing

/// Expected numbers were computed with SciPy 1.17 and NumPy; the call is named beside each.
@Suite("Statistics")
struct StatisticsTests {
    @Test(
        "McNemar's exact p value is scipy.stats.binomtest(b, b + c).pvalue",
        arguments: [
            (5, 0, 0.0625), (0, 5, 0.0625), (10, 3, 0.09228515625), (1, 1, 1.0), (0, 0, 1.0),
            (55, 71, 0.18122406088142354), (120, 60, 9.14458588461025e-06), (3, 12, 0.03515625),
        ]
    )
    func mcNemar(_ onlyFirst: Int, _ onlySecond: Int, _ expected: Double) {
        let p = SignificanceTests.mcNemar(onlyFirst: onlyFirst, onlySecond: onlySecond)
        #expect(abs(p - expected) < 1e-10 * max(expected, 1e-3))
    }

    @Test(
        "Wilson's interval is binomtest(k, n).proportion_ci(method='wilson')",
        arguments: [
            (0, 10, 0.0, 0.27753279986288926), (10, 10, 0.7224672001371109, 1.0),
            (3, 10, 0.10779126740630102, 0.6032218525388546),
            (155, 200, 0.7122587676433947, 0.8273763028491088),
        ]
    )
    func wilson(_ successes: Int, _ count: Int, _ low: Double, _ high: Double) throws {
        let interval = try #require(ProportionInterval.wilson(successes: successes, of: count))
        #expect(abs(interval.lowerBound - low) < 1e-12)
        #expect(abs(interval.upperBound - high) < 1e-12)
    }

    @Test("Wilson's interval needs observations")
    func wilsonOfNothing() {
        #expect(ProportionInterval.wilson(successes: 0, of: 0) == nil)
        #expect(ProportionInterval.wilson(successes: 3, of: 2) == nil)
    }

    @Test("The error of a share is scipy.stats.sem of its zeros and ones")
    func proportion() throws {
        let outcomes = Array(repeating: true, count: 7) + Array(repeating: false, count: 3)
        let share = try #require(Estimate.proportion(of: outcomes))
        #expect(abs(share.value - 0.7) < 1e-15)
        #expect(abs(try #require(share.standardError) - 0.15275252316519466) < 1e-15)
        #expect(share.count == 10)
        #expect(Estimate.proportion(of: []) == nil)
        #expect(Estimate.proportion(of: [true])?.standardError == nil)
        #expect(Estimate.proportion(of: [true, true])?.standardError == 0)
    }

    // y = [12.5, 30, 8.25, 41, 19.5], x = [5, 11, 4, 17, 9], R = y.sum() / x.sum(),
    // sqrt(n / (n - 1) * ((y - R * x)**2).sum()) / x.sum()
    @Test("The error of a ratio by the delta method")
    func ratio() throws {
        let ratio = try #require(
            Estimate.ratio(
                numerators: [12.5, 30, 8.25, 41, 19.5],
                denominators: [5, 11, 4, 17, 9]
            )
        )
        #expect(abs(ratio.value - 2.4184782608695654) < 1e-14)
        #expect(abs(try #require(ratio.standardError) - 0.10561020558213406) < 1e-14)
        #expect(Estimate.ratio(numerators: [1], denominators: [0]) == nil)
    }

    // scipy.stats.permutation_test((d,), sum, permutation_type='samples', n_resamples=inf): 16 /
    // 2**8
    @Test("The sign-flip test counts all patterns of few differences")
    func signFlipExact() {
        let differences = [0.3, -0.1, 0.25, 0.4, -0.05, 0.2, 0.15, 0.05]
        #expect(SignificanceTests.signFlip(differences, seed: 1) == 0.0625)
        #expect(SignificanceTests.signFlip([], seed: 1) == 1)
        #expect(SignificanceTests.signFlip([0, 0], seed: 1) == 1)
    }

    // d[i] = (37 i mod 101) / 101 - .45: permutation_test with 200,000 resamples gives .02727, of
    // which 10,000 have a standard error of .0016; percentiles of 200,000 bootstrap means are
    // .00550 and .08545.
    @Test("Continuous differences against long runs of SciPy and NumPy")
    func continuous() throws {
        let differences = (0..<200).map { Double($0 * 37 % 101) / 101 - 0.45 }
        let names = (0..<200).map(String.init)
        let ones = Array(repeating: 1.0, count: 200)
        let a = Outcomes(identifiers: names, amounts: differences, weights: ones)
        let b = Outcomes(
            identifiers: names,
            amounts: Array(repeating: 0, count: 200),
            weights: ones
        )
        let test = try PairedTest(metric: "bits", a: ("a", [a]), b: ("b", [b]))
        #expect(abs(test.difference - 0.04549504950495049) < 1e-12)
        #expect(abs(test.p - 0.02727) < 0.0065)
        #expect(abs(test.interval[0] - 0.00550) < 0.003)
        #expect(abs(test.interval[1] - 0.08545) < 0.003)
    }

    // dd = a - b with 36 + 12 discordant pairs of 200: np.percentile of 200,000 bootstrap means
    // gives .055 and .185; binomtest(36, 48).pvalue
    static func binaryPair() -> (Outcomes, Outcomes) {
        let names = (0..<200).map(String.init)
        let a = (0..<200).map { $0 < 155 }
        let b = (0..<200).map { $0 < 119 || ($0 >= 155 && $0 < 167) }
        return (Outcomes(identifiers: names, correct: a), Outcomes(identifiers: names, correct: b))
    }

    @Test("Right-or-wrong outcomes against SciPy and NumPy")
    func binary() throws {
        let (a, b) = Self.binaryPair()
        let test = try PairedTest(metric: "target_math", a: ("swap", [a]), b: ("soup", [b]))
        #expect(abs(test.difference - 0.12) < 1e-12)
        #expect(abs(test.interval[0] - 0.055) < 0.0051)
        #expect(abs(test.interval[1] - 0.185) < 0.0051)
        #expect(abs(test.p - 0.0007172696733945829) < 1e-12)
        let again = try PairedTest(metric: "target_math", a: ("swap", [a]), b: ("soup", [b]))
        #expect(again == test)
        let reversed = try PairedTest(metric: "target_math", a: ("soup", [b]), b: ("swap", [a]))
        #expect(abs(reversed.difference + test.difference) < 1e-12)
        #expect(abs(reversed.interval[0] + test.interval[1]) < 1e-12)
        #expect(reversed.p == test.p)
    }

    @Test("A model against itself does not differ")
    func same() throws {
        let (a, _) = Self.binaryPair()
        let test = try PairedTest(metric: "m", a: ("x", [a]), b: ("y", [a]))
        #expect(test.difference == 0 && test.p == 1)
        // q² / (n + q²): so many problems could still differ although none of n did.
        let n = Double(a.identifiers.count)
        #expect(abs(test.interval[1] - 3.841458820694124 / (n + 3.841458820694124)) < 1e-12)
        #expect(test.interval[0] == -test.interval[1])
        let seeds = try PairedTest(metric: "m", a: ("x", [a, a]), b: ("y", [a, a]))
        #expect(seeds.difference == 0 && seeds.p == 1)
        let square = 12.706204736174705 * 12.706204736174705
        #expect(abs(seeds.interval[1] - square / (n + square)) < 1e-9)
    }

    @Test("One model right and the other wrong on every problem is no certainty either")
    func allDifferent() throws {
        let names = (0..<50).map(String.init)
        let right = Outcomes(identifiers: names, correct: Array(repeating: true, count: 50))
        let wrong = Outcomes(identifiers: names, correct: Array(repeating: false, count: 50))
        let test = try PairedTest(metric: "m", a: ("x", [right]), b: ("y", [wrong]))
        #expect(test.difference == 1 && test.interval[1] == 1)
        #expect(abs(test.interval[0] - (1 - 2 * 3.841458820694124 / 53.841458820694124)) < 1e-12)
        let same = Outcomes(identifiers: names, amounts: right.amounts, weights: right.weights)
        let texts = try PairedTest(metric: "m", a: ("x", [same]), b: ("y", [same]))
        #expect(texts.interval == [0, 0])
    }

    // With d = 1 the interval reaches 0 at q² = n: Student's tails beyond 10, in closed form
    // 1 − 2 atan(10) / π for two seeds and 1 − 10 / √102 for three.
    @Test("Few seeds that differ by the same on every problem have a p value of few seeds")
    func sameDifference() throws {
        func test(_ problems: Int, _ seeds: Int) throws -> PairedTest {
            let names = (0..<problems).map(String.init)
            let right = Outcomes(identifiers: names, correct: names.map { _ in true })
            let wrong = Outcomes(identifiers: names, correct: names.map { _ in false })
            return try PairedTest(
                metric: "m",
                a: ("x", Array(repeating: right, count: seeds)),
                b: ("y", Array(repeating: wrong, count: seeds))
            )
        }
        #expect(abs(try test(100, 2).p - 0.0634510348611071) < 1e-9)
        #expect(abs(try test(100, 3).p - 0.00985245702332569) < 1e-9)
        for problems in [2, 5, 15, 30, 100, 200, 1_000] {
            for seeds in 2...5 {
                let test = try test(problems, seeds)
                #expect((test.p < 0.05) == (test.interval[0] > 0), "\(problems), \(seeds)")
            }
        }
    }

    @Test("Seeds that disagree widen the interval, seeds that agree do not narrow it")
    func severalSeeds() throws {
        let (a, b) = Self.binaryPair()
        let single = try PairedTest(metric: "m", a: ("a", [a]), b: ("b", [b]))
        let agreeing = try PairedTest(metric: "m", a: ("a", [a, a, a]), b: ("b", [b, b, b]))
        let disagreeing = try PairedTest(metric: "m", a: ("a", [a, a, b]), b: ("b", [b, b, a]))
        func width(_ test: PairedTest) -> Double { test.interval[1] - test.interval[0] }
        #expect(abs(width(agreeing) - width(single)) < 0.011)
        #expect(abs(agreeing.difference - 0.12) < 1e-12)
        #expect(agreeing.p < 0.005)
        #expect(abs(disagreeing.difference - 0.04) < 1e-12)
        #expect(width(disagreeing) > 1.5 * width(single))
        #expect(disagreeing.p > 0.2)
    }

    @Test("Seeds with their own problems average their chance")
    func separateProblems() throws {
        let (a, b) = Self.binaryPair()
        func renamed(_ outcomes: Outcomes, _ seed: Int) -> Outcomes {
            var outcomes = outcomes
            outcomes.identifiers = outcomes.identifiers.map { "\(seed)-\($0)" }
            return outcomes
        }
        let test = try PairedTest(
            metric: "m",
            a: ("a", (0..<4).map { renamed(a, $0) }),
            b: ("b", (0..<4).map { renamed(b, $0) })
        )
        // Four times the problems: half the width of .13, and no spread between these seeds.
        #expect(abs(test.interval[1] - test.interval[0] - 0.065) < 0.008)
    }

    @Test("Outcomes that are not paired are refused")
    func unpaired() {
        let (a, b) = Self.binaryPair()
        var other = b
        other.identifiers[3] = "x"
        #expect(throws: ComparisonError.differentProblems(metric: "m", a: "3", b: "x")) {
            try PairedTest(metric: "m", a: ("a", [a]), b: ("b", [other]))
        }
        #expect(throws: ComparisonError.seedCounts(metric: "m", a: 2, b: 1)) {
            try PairedTest(metric: "m", a: ("a", [a, a]), b: ("b", [b]))
        }
        let empty = Outcomes(identifiers: [], correct: [])
        #expect(throws: ComparisonError.noProblems(metric: "m")) {
            try PairedTest(metric: "m", a: ("a", [empty]), b: ("b", [empty]))
        }
    }

    // 200 experiments of 60 documents whose true difference is .1: the interval must hold it in
    // about 95 % of them. Normal noise by Box and Muller from a linear congruential generator.
    @Test("The bootstrap interval covers the truth about as often as it says")
    func coverage() throws {
        var state: UInt64 = 12345
        func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Double(state >> 11) + 0.5) / 9_007_199_254_740_992
        }
        let names = (0..<60).map(String.init)
        let ones = Array(repeating: 1.0, count: 60)
        let zeros = Outcomes(
            identifiers: names,
            amounts: Array(repeating: 0, count: 60),
            weights: ones
        )
        var covered = 0
        for experiment in 0..<200 {
            let values = (0..<60).map { _ in
                0.1 + (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
            }
            let a = Outcomes(identifiers: names, amounts: values, weights: ones)
            let test = try PairedTest(
                metric: "m",
                a: ("a", [a]),
                b: ("b", [zeros]),
                seed: UInt64(experiment)
            )
            if test.interval[0] <= 0.1 && 0.1 <= test.interval[1] { covered += 1 }
        }
        // 190 expected with a standard deviation of 3.1, a few less for so few documents.
        #expect((178...199).contains(covered))
    }
}
