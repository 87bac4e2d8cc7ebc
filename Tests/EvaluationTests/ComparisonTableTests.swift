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
                    "target_math": Measurement(value: 0.38, standardError: 0.02, count: 500),
                    "zone": Measurement(value: 2, standardError: nil, count: 1),
                ]
            ),
            .init(
                model: "swap",
                metrics: [
                    "target_math": Measurement(value: 0.41, standardError: 0.022, count: 500),
                    "target_bits_per_byte": Measurement(
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

            comparison   metric       difference      95% interval       p
            swap − soup  target math      +0.030  [+0.010, +0.050]  0.0100  *

            """
        #expect(Self.table.description == expected)
    }

    @Test("A number that is none cannot be written")
    func notANumber() {
        var table = Self.table
        table.rows[0].metrics["target_math"]?.value = .nan
        #expect(throws: EncodingError.self) { try table.json() }
    }
}
