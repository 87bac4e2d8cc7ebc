import Evaluation
import Testing

@Suite("What a model gains over the base and over the better expert")
struct ModelGainTests {
    private static func test(_ rival: String, _ seeds: [Double]) -> PairedTest {
        PairedTest(
            metric: "target_math",
            a: "swap",
            b: rival,
            difference: seeds.reduce(0, +) / Double(seeds.count),
            interval: [-1, 1],
            p: 0.5,
            seedDifferences: seeds.count > 1 ? seeds : nil
        )
    }

    private static func table(
        _ differences: [(rival: String, seeds: [Double])],
        bound: String? = nil
    ) -> ComparisonTable {
        let names = differences.map(\.rival) + ["swap"]
        return ComparisonTable(
            seeds: differences[0].seeds.count,
            rows: names.map { .init(model: $0, metrics: [:], isBound: $0 == bound) },
            tests: differences.map { test($0.rival, $0.seeds) }
        )
    }

    @Test("differences to the base and to the better expert follow from those of one model")
    func leads() throws {
        // Answers: base .25 .5, math .5 .25, language .5 .75, soup .375 .875, swap .75 1.
        let gains = ModelGain.all(
            in: Self.table([
                ("base", [0.5, 0.5]), ("math", [0.25, 0.75]), ("language", [0.25, 0.25]),
                ("soup", [0.375, 0.125]),
            ]),
            compared: "swap"
        )
        #expect(gains.map(\.model) == ["base", "math", "language", "soup", "swap"])
        #expect(gains[0].overBase == nil)
        #expect(gains[2].overBestExpert == nil)
        let math = try #require(gains[1].overBase)
        #expect(math.seeds == [0.25, -0.25])
        #expect(math.difference == 0)
        #expect(math.seedsAbove == 1)
        let soup = try #require(gains[3].overBase)
        #expect(soup.seeds == [0.125, 0.375])
        #expect(soup.seedsAbove == 2)
        let overExpert = try #require(gains[3].overBestExpert)
        #expect(overExpert.rival == "language")
        #expect(overExpert.seeds == [-0.125, 0.125])
        #expect(gains[4].overBestExpert?.seeds == [0.25, 0.25])
        #expect(gains[4].overBase?.difference == 0.5)
    }

    @Test("the interval is that of the test, otherwise Student's over the seeds")
    func interval() throws {
        let gains = ModelGain.all(
            in: Self.table([("base", [0.1, 0.3, 0.2]), ("math", [0, 0, 0])]),
            compared: "swap"
        )
        #expect(gains.map(\.model) == ["base", "math", "swap"])
        #expect(gains[2].overBase?.interval == -1...1)
        #expect(gains[0].overBestExpert?.rival == "math")
        let interval = try #require(gains[1].overBase?.interval)
        // The mean .2, the standard error .1 / √3, the quantile 4.302653.
        #expect(abs(interval.lowerBound - (0.2 - 4.302653 * 0.1 / 3.0.squareRoot())) < 1e-6)
        #expect(abs(interval.upperBound - (0.2 + 4.302653 * 0.1 / 3.0.squareRoot())) < 1e-6)
        let single = ModelGain.all(in: Self.table([("base", [0.25])]), compared: "swap")
        #expect(single.last?.overBase?.seeds == [0.25])
        #expect(single.last?.overBestExpert == nil)
        let one = ModelGain.all(
            in: Self.table([("base", [0.5]), ("soup", [0.25])]),
            compared: "swap"
        )
        #expect(one.first { $0.model == "soup" }?.overBase?.interval == nil)
    }

    @Test("seeds that agree to the last answer have no interval of their own")
    func agreement() throws {
        let gains = ModelGain.all(
            in: Self.table([("base", [0.5, 0.5]), ("soup", [0.25, 0.25])]),
            compared: "swap"
        )
        let soup = try #require(gains.first { $0.model == "soup" }?.overBase)
        #expect(soup.difference == 0.25 && soup.interval == nil)
    }

    @Test("a test of the rival against the model has the interval with its ends exchanged")
    func reversed() throws {
        var table = Self.table([("base", [0.5, 0.25]), ("language", [0.25, 0.25])])
        table.tests[1].interval = [-0.25, 0.75]
        let gains = ModelGain.all(in: table, compared: "swap")
        #expect(gains.map(\.model) == ["base", "language", "swap"])
        #expect(gains[2].overBestExpert?.interval == -0.25...0.75)
        #expect(gains[0].overBestExpert?.rival == "language")
        table.tests.append(Self.test("base", [0.25, 0]))
        table.tests[2].a = "language"
        table.tests[2].interval = [-0.125, 0.5]
        let tested = ModelGain.all(in: table, compared: "swap")
        #expect(tested[1].overBase?.interval == -0.125...0.5)
        #expect(tested[0].overBestExpert?.interval == -0.5...0.125)
    }

    @Test("an upper bound gains nothing, and there is nothing without a base or without tests")
    func none() {
        let table = Self.table([("base", [0.5]), ("oracle", [-0.25])], bound: "oracle")
        #expect(ModelGain.all(in: table, compared: "swap").map(\.model) == ["base", "swap"])
        #expect(ModelGain.all(in: table, compared: "other").isEmpty)
        #expect(ModelGain.all(in: Self.table([("math", [0.5])]), compared: "swap").isEmpty)
    }
}
