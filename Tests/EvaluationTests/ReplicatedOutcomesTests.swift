import Evaluation
import Testing

@Suite("Seeds and pairs of experts")
struct ReplicatedOutcomesTests {
    static let names = (0..<6).map { "p\($0)" }

    static func outcomes(_ values: [Double]) -> Outcomes {
        Outcomes(identifiers: names, amounts: values, weights: Array(repeating: 1, count: 6))
    }

    static func replicated(_ rows: [[Double]]) throws -> ReplicatedOutcomes {
        try ReplicatedOutcomes(metric: "m", replicates: rows.map { [outcomes($0)] })
    }

    static let rows = [
        [0.5, 0.25, 0, 0.75, 0.5, -0.25], [0.25, 0.25, -0.25, 1, 0.25, 0],
        [0, 0.5, 0.25, 0.5, 0, 0],
    ]

    @Test("Replicates are averaged problem by problem")
    func averaged() throws {
        let right = [true, false, true, false, true, false]
        let other = [true, true, false, false, true, false]
        let replicated = try ReplicatedOutcomes(
            metric: "m",
            replicates: [
                [right, other].map { Outcomes(identifiers: Self.names, correct: $0) },
                [right, right].map { Outcomes(identifiers: Self.names, correct: $0) },
            ]
        )
        #expect(replicated.seeds[0].amounts == [1, 0.5, 0.5, 0, 1, 0])
        #expect(replicated.seeds[0].kind == .continuous)
        #expect(replicated.seeds[1].amounts == [1, 0, 1, 0, 1, 0])
        #expect(!replicated.isSingleRun)
        #expect(try #require(replicated.measurement).value == 0.5)
    }

    // MS_s = .0104167, MS_p = .2583333, MS_e = .05625 from NumPy; quantile with scipy.stats.t.isf,
    // p with scipy.optimize.brentq: difference .25, error .108653, quantile 2.655487.
    @Test("Estimate and test against NumPy and SciPy")
    func worked() throws {
        let a = try Self.replicated(Self.rows)
        let zero = try Self.replicated(Self.rows.map { $0.map { _ in 0 } })
        let measurement = try #require(a.measurement)
        #expect(abs(measurement.value - 0.25) < 1e-14)
        #expect(abs(try #require(measurement.standardError) - 0.10865337342004415) < 1e-12)
        #expect(abs(try #require(measurement.quantile) - 2.6554872716222544) < 1e-9)
        #expect(measurement.count == 6)
        let interval = try #require(measurement.interval)
        #expect(abs(interval.lowerBound + 0.038527650135746994) < 1e-10)
        let test = try PairedTest(metric: "m", a: ("a", a), b: ("b", zero))
        #expect(abs(test.difference - 0.25) < 1e-14)
        #expect(abs(test.interval[0] + 0.038527650135746994) < 1e-10)
        #expect(abs(test.interval[1] - 0.538527650135747) < 1e-10)
        #expect(abs(test.p - 0.0750203212885386) < 1e-9)
        // The mean over the problems of each seed.
        let means = Self.rows.map { $0.reduce(0, +) / Double($0.count) }
        let differences = try #require(test.seedDifferences)
        #expect(differences.count == means.count)
        #expect(zip(differences, means).allSatisfy { abs($0 - $1) < 1e-12 })
        let reversed = try PairedTest(metric: "m", a: ("b", zero), b: ("a", a))
        #expect(reversed.p == test.p && reversed.interval[1] == -test.interval[0])
    }

    @Test("One run keeps McNemar's exact test, several pairs of one seed do not need it")
    func singleRun() throws {
        let names = (0..<20).map(String.init)
        let a = Outcomes(identifiers: names, correct: (0..<20).map { $0 < 15 })
        let b = Outcomes(identifiers: names, correct: (0..<20).map { $0 < 10 })
        let one = try ReplicatedOutcomes(metric: "m", replicates: [[a]])
        let other = try ReplicatedOutcomes(metric: "m", replicates: [[b]])
        #expect(one.isSingleRun)
        #expect(one.measurement == a.measurement)
        let test = try PairedTest(metric: "m", a: ("a", one), b: ("b", other))
        #expect(abs(test.p - 0.0625) < 1e-12)
        #expect(test == (try PairedTest(metric: "m", a: ("a", [a]), b: ("b", [b]))))
        // The same answers as two pairs: scipy.stats.ttest_rel(a, b).pvalue.
        let pairs = try ReplicatedOutcomes(metric: "m", replicates: [[a, a]])
        let paired = try PairedTest(metric: "m", a: ("a", pairs), b: ("b", other))
        #expect(abs(paired.p - 0.02099150467016482) < 1e-9)
        #expect(paired.interval[0] > 0)
    }

    @Test("Equal values are not certain, one problem shows nothing")
    func degenerate() throws {
        let half = try Self.replicated([[0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
        let same = try Self.replicated(Array(repeating: half.seeds[0].amounts, count: 3))
        let zero = try Self.replicated(Array(repeating: [0, 0, 0, 0, 0, 0], count: 3))
        let test = try PairedTest(metric: "m", a: ("a", same), b: ("b", zero))
        #expect(test.p == 1.0 / 32)
        #expect(abs(test.interval[0] - 0.1) < 1e-15 && test.interval[0] == test.interval[1])
        let single = Outcomes(identifiers: ["x"], correct: [true])
        let wrong = Outcomes(identifiers: ["x"], correct: [false])
        let lone = try PairedTest(
            metric: "m",
            a: ("a", [single, single]),
            b: ("b", [wrong, wrong])
        )
        #expect(lone.p == 1 && lone.difference == 1)
        let measurement = try ReplicatedOutcomes(metric: "m", replicates: [[single], [single]])
            .measurement
        #expect(
            measurement == Estimate(value: 1, standardError: nil, count: 1, isShare: true)
        )
    }

    // Each seed loses one problem of six, another one each: MS_s = 0, MS_p = .1, MS_e = .2 by hand,
    // so that the error is sqrt(.2 / 18) and the quantile Student's with 2 degrees of freedom.
    @Test("Seeds that agree to the last answer are not certain")
    func agreement() throws {
        let rows = (0..<3).map { seed in (0..<6).map { $0 == seed ? 1.0 : 0 } }
        let lost = try Self.replicated(rows)
        let measurement = try #require(lost.measurement)
        #expect(abs(try #require(measurement.standardError) - (0.2 / 18).squareRoot()) < 1e-12)
        #expect(abs(try #require(measurement.quantile) - 4.302652729911275) < 1e-9)
        let zero = try Self.replicated(rows.map { $0.map { _ in 0 } })
        let test = try PairedTest(metric: "m", a: ("a", lost), b: ("b", zero))
        #expect(test.p > 0.05 && test.interval[0] < 0)
        // Values that are the same for every seed have an error from the problems alone.
        let same = try Self.replicated(Array(repeating: rows[0], count: 3))
        #expect(abs(try #require(same.measurement?.standardError) - 1.0 / 6) < 1e-12)
    }

    @Test("Ratios keep their weights")
    func ratios() throws {
        let weights = [1.0, 2, 3, 4, 5, 6]
        func bits(_ amounts: [Double]) -> Outcomes {
            Outcomes(identifiers: Self.names, amounts: amounts, weights: weights)
        }
        let first = bits([2, 3, 7, 8, 9, 14])
        let pairs = try ReplicatedOutcomes(metric: "bits", replicates: [[first, first]])
        let measurement = try #require(pairs.measurement)
        let plain = try #require(first.measurement)
        #expect(abs(measurement.value - 43.0 / 21) < 1e-14)
        // One seed: the error of the delta method, as without replicates.
        #expect(
            abs(try #require(measurement.standardError) - (try #require(plain.standardError)))
                < 1e-14
        )
    }

    @Test("What does not belong together is refused")
    func refused() throws {
        #expect(throws: ComparisonError.noReplicates(metric: "m")) {
            try ReplicatedOutcomes(metric: "m", replicates: [])
        }
        let row = Self.outcomes(Self.rows[0])
        #expect(throws: ComparisonError.noReplicates(metric: "m")) {
            try ReplicatedOutcomes(metric: "m", replicates: [[row], []])
        }
        var renamed = row
        renamed.identifiers[2] = "x"
        #expect(throws: ComparisonError.differentProblems(metric: "m", a: "p2", b: "x")) {
            try ReplicatedOutcomes(metric: "m", replicates: [[row, renamed]])
        }
        let one = try Self.replicated([Self.rows[0]])
        let three = try Self.replicated(Self.rows)
        #expect(throws: ComparisonError.seedCounts(metric: "m", a: 1, b: 3)) {
            try PairedTest(metric: "m", a: ("a", one), b: ("b", three))
        }
    }
}
