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

    private func table(_ values: [Double], count: Int = 500, seeds: Int = 3) -> ComparisonTable {
        ComparisonTable(
            seeds: seeds,
            rows: values.enumerated().map { number, value in
                let own = Estimate(value: value, standardError: 0.02, count: count)
                return .init(model: "model-\(number)", metrics: ["target_math": own])
            },
            tests: []
        )
    }

    private func verdicts(_ falls: [Double]) throws -> [RegressionCheck.Verdict] {
        try RegressionCheck(
            table(falls.map { 0.8 - $0 }),
            against: table(falls.map { _ in 0.8 }),
            metrics: ["target_math"]
        ).lines.map(\.verdict)
    }

    @Test("Of many numbers one falls further by chance, and what is worse no longer counts")
    func family() throws {
        // Errors of a difference are .0283. One-sided normal bounds at 5 %, 2.5 % and 1 % are 1.645,
        // 1.960 and 2.326 of them: .0465, .0554 and .0658.
        #expect(try verdicts([0.05]) == [.worse])
        #expect(try verdicts([0.05, 0, 0, 0, 0]) == [.kept, .kept, .kept, .kept, .kept])
        #expect(try verdicts([0.07, 0, 0, 0, 0]).first == .worse)
        #expect(try verdicts([0.05, 0.06]) == [.worse, .worse])
        #expect(try verdicts([0.05, 0.05]) == [.kept, .kept])
    }

    @Test("A record of one seed is known as such")
    func seeds() throws {
        let check = try RegressionCheck(
            table([0.8]),
            against: table([0.8], seeds: 1),
            metrics: ["target_math"]
        )
        #expect(check.recordedSeeds == 1)
    }

    @Test("A record of other problems is refused, and says so")
    func otherProblems() throws {
        #expect {
            try RegressionCheck(
                table([0.8], count: 8),
                against: table([0.1]),
                metrics: ["target_math"]
            )
        } throws: {
            "\($0)".hasPrefix(
                "target math of model-0 was recorded with n = 500 and is here with n = 8"
            )
        }
    }

    @Test(
        "A record of another recipe, or another target language, is refused although it is as good",
        arguments: [
            (
                ComparisonTable.Origin(recipe: "paper", target: "te"),
                ComparisonTable.Origin(recipe: "room", target: "te")
            ),
            (
                ComparisonTable.Origin(recipe: "paper", target: "te"),
                ComparisonTable.Origin(recipe: "paper", target: "sw")
            ),
        ]
    )
    func otherRecipe(_ recorded: ComparisonTable.Origin, _ own: ComparisonTable.Origin) throws {
        var found = table([0.8])
        var record = table([0.8])
        found.origin = own
        record.origin = recorded
        #expect { try RegressionCheck(found, against: record) } throws: {
            "\($0)".hasPrefix("the record is of the recipe \"paper\" with")
        }
        // Nothing is known of old records, and the folder of an old run names its recipe alone.
        record.origin = nil
        #expect(try RegressionCheck(found, against: record, metrics: ["target_math"]).isPassed)
        record.origin = ComparisonTable.Origin(recipe: own.recipe)
        #expect(try RegressionCheck(found, against: record, metrics: ["target_math"]).isPassed)
    }
}
