import Datasets
import Evaluation
import Foundation
import Testing

@Suite("Breakdown of word problems")
struct MathBreakdownTests {
    static func evaluation() throws -> MathEvaluation {
        let tokenizer = try Fixture.tokenizer()
        var problems = Fixture.problems
        problems[0].usesUnknownWords = true
        problems[1].usesUnknownWords = false
        problems[2].usesUnknownWords = true
        let generator = ScriptedGenerator(
            tokenizer: tokenizer,
            scripts: [
                ["12 + 3 =", " 15", ". #### 15"], ["23 + 9 =", " 14", ". #### 14"],
                ["48/2=", "25", ". 25+48=", "73", ". #### 73"], ["It has 7 days."],
            ]
        )
        return try MathEvaluator(task: "target_math", questions: Questions(tokenizer: tokenizer))
            .evaluate(problems, with: generator)
    }

    @Test("Groups hold the problems whose property is known")
    func groups() throws {
        let exact = MathBreakdown(try Self.evaluation(), criterion: .exact)
        #expect(exact.names(by: .kind) == ["gain", "loss", "two"])
        #expect(exact.names(by: .steps) == ["1", "2"])
        #expect(exact.names(by: .vocabulary) == ["known_words", "unknown_words"])
        #expect(exact.measurements(by: .steps)["1"]?.value == 1)
        #expect(exact.measurements(by: .steps)["2"]?.value == 0)
        #expect(exact.measurements(by: .vocabulary)["unknown_words"]?.value == 0.5)
        #expect(exact.measurements(by: .kind)["gain"]?.count == 1)
        let unknown = try #require(exact.outcomes(of: "unknown_words", by: .vocabulary))
        #expect(unknown.identifiers == ["gain-1", "two-1"])
        #expect(unknown.amounts == [1, 0] && unknown.kind == .binary)
        #expect(exact.outcomes(of: "gain", by: .vocabulary) == nil)
    }

    @Test("Instances have columns of their own, and their spread")
    func instances() throws {
        var records = try Self.evaluation().records
        for place in records.indices { records[place].instance = place / 2 + 1 }
        let evaluation = try MathEvaluation(records: records, task: "t")
        let outcomes = evaluation.outcomes(in: .target, calculator: false)
        let metrics = Dictionary(
            outcomes.compactMap { metric, outcomes in outcomes.measurement.map { (metric, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        // Both problems of the first instance are right, and none of the second.
        #expect(metrics["target_math/instance/1"]?.value == 1)
        #expect(metrics["target_math/instance/2"]?.value == 0)
        // Two problems, each with one of two drawings right.
        let whole = try #require(metrics["target_math"])
        #expect(whole == evaluation.exact && whole.value == 0.5 && whole.count == 2)
        #expect(whole.standardError == 0)
        let row = ComparisonTable.Row(model: "math", metrics: metrics)
        let spread = try #require(row.spread(of: "target_math"))
        #expect(abs(spread - 0.5.squareRoot()) < 1e-12)
        #expect(row.spread(of: "english_math") == nil)
        let table = ComparisonTable(seeds: 1, rows: [row], tests: [])
        let text = try #require(table.text(of: "target_math", by: .instance))
        #expect(text.contains("spread") && text.contains("0.707"))
        #expect(table.text(of: "target_math", by: .kind)?.contains("spread") == false)
        let lines = try evaluation.jsonLines()
        #expect(try MathEvaluation(jsonLines: lines, path: "x") == evaluation)
    }

    @Test("The metric decides what is right")
    func metric() throws {
        let equation = MathBreakdown(try Self.evaluation(), criterion: .equation)
        #expect(equation.measurements(by: .kind)["loss"]?.value == 0)
        #expect(equation.measurements(by: .steps)["2"]?.value == 1)
        #expect(equation.measurements(by: .vocabulary)["unknown_words"]?.value == 1)
    }

    @Test("Steps are in the order of their number")
    func order() throws {
        var records = try Self.evaluation().records
        records[0].goldEquations = Array(repeating: "1 + 1", count: 10)
        let breakdown = MathBreakdown(
            try MathEvaluation(records: records, task: "t"),
            criterion: .flexible
        )
        #expect(breakdown.names(by: .steps) == ["1", "2", "10"])
    }

    @Test("Records carry the property, and older ones without it are read")
    func records() throws {
        let evaluation = try Self.evaluation()
        #expect(evaluation.records.map(\.unknownWords) == [true, false, true, nil])
        let data = try evaluation.jsonLines()
        #expect(try MathEvaluation(jsonLines: data, path: "x") == evaluation)
        let older = String(decoding: data, as: UTF8.self)
            .replacing(#/,"unknown_words":(true|false|null)/#, with: "")
        let read = try MathEvaluation(jsonLines: Data(older.utf8), path: "x")
        #expect(read.records.map(\.unknownWords) == [nil, nil, nil, nil])
        #expect(MathBreakdown(read, criterion: .exact).names(by: .vocabulary).isEmpty)
    }

    @Test("Problems without the property encode as before")
    func problems() throws {
        let encoded = String(
            decoding: try JSONEncoder().encode(Fixture.problems[0]),
            as: UTF8.self
        )
        #expect(!encoded.contains("usesUnknownWords"))
        let decoded = try JSONDecoder().decode(MathProblem.self, from: Data(encoded.utf8))
        #expect(decoded == Fixture.problems[0])
    }
}
