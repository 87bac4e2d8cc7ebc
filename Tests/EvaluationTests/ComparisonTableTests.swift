import Evaluation
import Foundation
import Testing

@Suite("Comparison table")
struct ComparisonTableTests {
    static let table = ComparisonTable(
        seeds: 1,
        rows: [
            .init(
                model: "soup",
                metrics: [
                    "target_math": Estimate(value: 0.38, standardError: 0.02, count: 500),
                    "zone": Estimate(value: 2, standardError: nil, count: 1),
                ]
            ),
            .init(
                model: "swap",
                metrics: [
                    "target_math": Estimate(value: 0.41, standardError: 0.022, count: 500),
                    "target_bits_per_byte": Estimate(
                        value: 1.25,
                        standardError: 0.01,
                        count: 80
                    ),
                ]
            ),
        ],
        tests: [
            PairedTest(
                metric: "target_math",
                a: "swap",
                b: "soup",
                difference: 0.03,
                interval: [0.01, 0.05],
                p: 0.01
            )
        ]
    )

    @Test("tests over several seeds say in how many the first model was ahead")
    func seedColumn() throws {
        var table = Self.table
        table.tests[0].seedDifferences = [0.05, -0.01, 0.05, 0]
        #expect(
            table.description.contains(
                """
                comparison   metric       difference      95% interval  seeds above 0       p
                swap − soup  target math      +0.030  [+0.010, +0.050]         2 of 4  0.0100  *

                """
            )
        )
        let json = String(decoding: try table.json(pretty: false), as: UTF8.self)
        #expect(json.contains(#""seed_differences":[0.05,-0.01,0.05,0]"#))
    }

    @Test("results.json has the agreed form")
    func json() throws {
        let expected = """
            {"rows":[{"metrics":{"target_math":{"n":500,"stderr":0.02,"value":0.38},\
            "zone":{"n":1,"stderr":null,"value":2}},"model":"soup"},\
            {"metrics":{"target_bits_per_byte":{"n":80,"stderr":0.01,"value":1.25},\
            "target_math":{"n":500,"stderr":0.022,"value":0.41}},"model":"swap"}],"seeds":1,\
            "tests":[{"a":"swap","b":"soup","difference":0.03,"interval":[0.01,0.05],\
            "metric":"target_math","p":0.01}]}
            """
        #expect(String(decoding: try Self.table.json(pretty: false), as: UTF8.self) == expected)
        for pretty in [true, false] {
            let data = try Self.table.json(pretty: pretty)
            #expect(try JSONDecoder().decode(ComparisonTable.self, from: data) == Self.table)
        }
    }

    @Test("The text is aligned")
    func text() {
        let expected = """
            model   target math  target bits per byte   zone
            soup   0.380 ±0.020                     –  2.000
            swap   0.410 ±0.022          1.250 ±0.010      –

            ± one standard error; 1 seed; target math n = 500, target bits per byte n = 80, \
            zone n = 1

            95% interval     target math  target bits per byte  zone
            soup          [0.341, 0.419]                     –     –
            swap          [0.367, 0.453]        [1.230, 1.270]     –

            comparison   metric       difference      95% interval       p
            swap − soup  target math      +0.030  [+0.010, +0.050]  0.0100  *

            * p < .05; one comparison

            """
        #expect(Self.table.description == expected)
    }

    @Test("Seeds, pairs and the family of tests are stated, and the adjusted p decides the mark")
    func severalSeeds() throws {
        var table = Self.table
        table.seeds = 3
        table.pairs = 4
        var second = table.tests[0]
        second.a = "soup"
        second.b = "base"
        second.p = 0.03
        var third = second
        third.b = "math"
        third.p = 0.00001
        table.tests = MultipleComparisons.adjusted([table.tests[0], second, third])
        table.tests[1].adjustedP = 0.06
        let text = table.description
        #expect(text.contains("; mean of 3 seeds, 4 pairs of experts each; target math n = 500"))
        #expect(
            text.hasSuffix(
                """
                comparison   metric       difference      95% interval       p  adjusted p
                swap − soup  target math      +0.030  [+0.010, +0.050]  0.0100      0.0200  *
                soup − base  target math      +0.030  [+0.010, +0.050]  0.0300      0.0600
                soup − math  target math      +0.030  [+0.010, +0.050]  <.0001      <.0001  *

                * adjusted p < .05 (Holm over 3 comparisons)

                """
            )
        )
        table.tests[0].adjustedP = nil
        #expect(table.description.contains("  0.0100           –  *\n"))
        #expect(table.description.hasSuffix("3 comparisons); – not adjusted\n"))
        for index in table.tests.indices { table.tests[index].adjustedP = nil }
        #expect(table.description.hasSuffix("* p < .05, not adjusted for the 3 comparisons\n"))
    }

    @Test("What several seeds add to results.json is added, and kept")
    func addedKeys() throws {
        var table = Self.table
        table.pairs = 4
        table.tests = MultipleComparisons.adjusted(table.tests)
        table.rows[0].metrics["target_math"]?.quantile = 4.3
        let json = String(decoding: try table.json(pretty: false), as: UTF8.self)
        #expect(json.contains(#""n":500,"quantile":4.3,"stderr":0.02"#))
        #expect(json.contains(#"{"a":"swap","adjusted_p":0.01,"b":"soup","comparisons":1,"#))
        #expect(json.contains(#""pairs":4,"#))
        #expect(try JSONDecoder().decode(ComparisonTable.self, from: Data(json.utf8)) == table)
    }

    @Test("A number that is none cannot be written")
    func notANumber() {
        var table = Self.table
        table.rows[0].metrics["target_math"]?.value = .nan
        #expect(throws: EncodingError.self) { try table.json() }
    }
}
