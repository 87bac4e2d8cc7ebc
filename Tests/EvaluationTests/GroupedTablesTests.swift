import Evaluation
import Testing

@Suite("Tables beside each other")
struct GroupedTablesTests {
    private static func table(_ values: [(String, Double)], p: Double) -> ComparisonTable {
        ComparisonTable(
            seeds: 2,
            rows: values.map { model, value in
                .init(
                    model: model,
                    metrics: [
                        "target_math": Estimate(value: value, standardError: 0.01, count: 100)
                    ],
                    isBound: model == "oracle"
                )
            },
            tests: ["soup", "oracle"].map { rival in
                var test = PairedTest(
                    metric: "target_math",
                    a: "swap",
                    b: rival,
                    difference: 0.125,
                    interval: [0.01, 0.2],
                    p: p
                )
                if rival == "oracle" { test.role = .bound }
                return test
            }
        )
    }

    private static let grouped = GroupedTables(
        setting: "stages.language.steps",
        groups: [
            .init(value: "9", table: table([("soup", 0.5), ("swap", 0.625)], p: 0.3)),
            .init(
                value: "10",
                table: table([("soup", 0.5), ("oracle", 1), ("swap", 0.625)], p: 0.01)
            ),
        ]
    )

    @Test("models and differences stand by values, in the order of the values")
    func text() {
        #expect(Self.grouped.metrics == ["target_math"])
        #expect(
            Self.grouped.text(of: "target_math") == """
                target math by stages.language.steps             9            10
                soup                                  0.500 ±0.010  0.500 ±0.010
                swap                                  0.625 ±0.010  0.625 ±0.010
                oracle (upper bound)                             –  1.000 ±0.010

                difference          9        10
                swap − soup  +0.125    +0.125 *

                * p < .05, adjusted within its column where tests are adjusted

                """
        )
    }

    @Test("primary comparisons stand alone, and upper bounds are none")
    func comparisons() {
        var tables = Self.grouped.groups
        #expect(Self.grouped.comparisons(of: "target_math").map(\.b) == ["soup"])
        var primary = tables[1].table.tests[0]
        primary.b = "joint"
        primary.role = .primary
        tables[1].table.tests.append(primary)
        let grouped = GroupedTables(setting: "seed", groups: tables)
        #expect(grouped.comparisons(of: "target_math").map(\.b) == ["joint"])
        #expect(grouped.comparisons(of: "english_math").isEmpty)
    }

    @Test("one table is nothing to lay beside another")
    func single() {
        let one = GroupedTables(setting: "", groups: [Self.grouped.groups[0]])
        #expect(one.metrics.isEmpty)
    }
}
