import Evaluation
import Foundation
import Recipes
import RunRecords
import Testing

@Suite("The table of a study")
struct ResultsTableTests {
    private static let problems = (0..<8).map { "problem \($0)" }
    private static let documents = ["a", "b", "c"]

    /// Right for the first problems.
    private static func right(_ count: Int) -> Outcomes {
        Outcomes(identifiers: problems, correct: problems.indices.map { $0 < count })
    }

    private static func bits(_ first: Double) -> Outcomes {
        Outcomes(identifiers: documents, amounts: [first, 8, 12], weights: [4, 4, 8])
    }

    /// A model whose experts solve so many problems, each with a score on the development problems.
    private static func scores(
        _ model: String,
        _ experts: [(right: Int, development: Double?)]
    ) -> ModelScores {
        var scores = ModelScores(model: model, settings: nil, point: 0, searched: 1)
        for (number, expert) in experts.enumerated() {
            scores.add(
                replicate: experts.count == 1 ? "" : "math-\(number + 1)",
                development: expert.development,
                outcomes: [
                    ("target_math", right(expert.right)), ("target_math/steps/1", right(1)),
                    ("target_bits_per_byte", bits(Double(expert.right))),
                ]
            )
        }
        return scores
    }

    /// Two seeds; the better expert on the development problems is not the better on the test.
    private static let seeds = [
        [
            scores("base", [(1, nil)]),
            scores("swap", [(6, 0.2), (4, 0.7)]),
            scores("soup", [(2, 0.5), (8, 0.5)]),
        ],
        [
            scores("base", [(3, nil)]),
            scores("swap", [(5, 0.9), (7, 0.1)]),
            scores("soup", [(1, 0.0), (2, 0.3)]),
        ],
    ]

    private func value(_ table: ComparisonTable, _ model: String, _ metric: Metric) throws -> Double
    {
        let row = try #require(table.rows.first { $0.model == model })
        return try #require(row.metrics[metric]).value
    }

    @Test("a row is the mean over seeds and experts")
    func mean() throws {
        let table = try ResultsTable(seeds: Self.seeds, plan: ComparisonPlan(compared: ["swap"]))
            .table
        #expect(table.seeds == 2 && table.pairs == 2)
        #expect(
            table.rows.map(\.model) == ["base", "swap", "swap (best)", "soup", "soup (best)"]
        )
        #expect(try value(table, "base", "target_math") == 2.0 / 8.0)
        #expect(try value(table, "swap", "target_math") == 5.5 / 8.0)
        // Bits over bytes: the first document has as many bits as problems are solved.
        #expect(try value(table, "swap", "target_bits_per_byte") == 25.5 / 16.0)
        let expected = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [[Self.right(6), Self.right(4)], [Self.right(5), Self.right(7)]]
        )
        let row = try #require(table.rows.first { $0.model == "swap" })
        #expect(row.metrics["target_math"] == expected.measurement)
    }

    @Test("the best expert is chosen by the development problems and reported by the others")
    func best() throws {
        let table = try ResultsTable(seeds: Self.seeds, plan: ComparisonPlan(compared: [])).table
        // The second of the first seed, the first of the second seed.
        #expect(try value(table, "swap (best)", "target_math") == 4.5 / 8.0)
        // Of equals the first.
        #expect(try value(table, "soup (best)", "target_math") == 2.0 / 8.0)
        #expect(table.tests.isEmpty)
    }

    @Test("without development problems there is no best expert")
    func unchosen() throws {
        let scores = Self.scores("swap", [(6, nil), (4, nil)])
        #expect(scores.best == nil)
        #expect(Self.scores("swap", [(6, 0.5), (4, nil)]).best == nil)
        let table = try ResultsTable(seeds: [[scores]], plan: ComparisonPlan(compared: [])).table
        #expect(table.rows.map(\.model) == ["swap"])
        #expect(table.seeds == 1 && table.pairs == 2)
    }

    @Test("primary tests are adjusted among themselves, others for all, upper bounds not at all")
    func roles() throws {
        let seeds = Self.seeds.enumerated().map { number, models in
            models + [
                Self.scores("told", [(8, nil)]), Self.scores("ties", [(4 + number, nil)]),
            ]
        }
        let plan = ComparisonPlan(compared: ["swap"], primary: ["base"], bounds: ["told"])
        let table = try ResultsTable(seeds: seeds, plan: plan).table
        #expect(table.rows.filter { $0.bound == true }.map(\.model) == ["told"])
        #expect(table.rows.first { $0.model == "told" }?.title == "told (upper bound)")
        let tests = table.tests.filter { $0.metric == "target_math" }
        #expect(tests.map(\.b) == ["base", "soup", "told", "ties"])
        #expect(tests.map(\.role) == [.primary, nil, .bound, nil])
        #expect(tests.map(\.comparisons) == [1, 3, nil, 3])
        #expect(tests[0].adjustedP == tests[0].p && tests[2].adjustedP == nil)
        let all = MultipleComparisons.holm([tests[0].p, tests[1].p, tests[3].p])
        #expect(tests[1].adjustedP == all[1] && tests[3].adjustedP == all[2])
        let text = table.description
        let primary = try #require(text.range(of: "primary comparison  metric"))
        let other = try #require(text.range(of: "other comparison  metric"))
        #expect(primary.lowerBound < other.lowerBound)
        #expect(text.contains("(Holm over 1 comparison)"))
        #expect(text.contains("told (upper bound)"))
        #expect(text.hasSuffix("(Holm over 3 comparisons); – not adjusted\n"))
        let decoded = try JSONDecoder().decode(ComparisonTable.self, from: table.json())
        #expect(decoded == table)
    }

    @Test("the tests of one metric are one family, adjusted by Holm's method")
    func families() throws {
        let table = try ResultsTable(seeds: Self.seeds, plan: ComparisonPlan(compared: ["swap"]))
            .table
        #expect(
            table.tests.map { [$0.metric.rawValue, $0.a, $0.b] } == [
                ["target_math", "swap", "base"], ["target_math", "swap", "soup"],
                ["target_bits_per_byte", "swap", "base"],
                ["target_bits_per_byte", "swap", "soup"],
            ]
        )
        for metric: Metric in ["target_math", "target_bits_per_byte"] {
            let family = table.tests.filter { $0.metric == metric }
            #expect(family.map(\.comparisons) == [2, 2])
            #expect(family.compactMap(\.adjustedP) == MultipleComparisons.holm(family.map(\.p)))
            #expect(family.contains { ($0.adjustedP ?? 0) > $0.p })
        }
        #expect(table.tests[0].difference == 3.5 / 8.0)
        #expect(table.tests.allSatisfy { $0.role == nil })
        let all = try ResultsTable(
            seeds: Self.seeds,
            plan: ComparisonPlan(compared: ["swap", "base"])
        ).table
        #expect(
            all.tests.map { [$0.a, $0.b] }.prefix(2) == [["base", "soup"], ["swap", "soup"]]
        )
    }

    @Test("one seed with one expert of each has no pairs")
    func single() throws {
        let seed = [Self.scores("base", [(1, nil)]), Self.scores("swap", [(5, nil)])]
        let table = try ResultsTable(seeds: [seed], plan: ComparisonPlan(compared: ["swap"])).table
        #expect(table.seeds == 1 && table.pairs == nil)
        #expect(table.rows[1].metrics["target_math"] == Self.right(5).measurement)
        #expect(table.tests.count == 2 && table.tests[0].comparisons == 1)
    }

    @Test("models that were measured on different problems are refused")
    func unpaired() throws {
        var other = ModelScores(model: "swap", settings: nil, point: 0, searched: 1)
        let right = Outcomes(
            identifiers: Self.problems.reversed(),
            correct: Self.problems.map { _ in true }
        )
        other.add(replicate: "", development: nil, outcomes: [("target_math", right)])
        #expect(throws: ComparisonError.self) {
            try ResultsTable(
                seeds: [[Self.scores("base", [(1, nil)]), other]],
                plan: ComparisonPlan(compared: ["swap"])
            )
        }
    }

    /// Three problems with two drawings each, as scores are stored.
    private static func drawn(_ model: String, _ right: [Bool]) -> ModelScores {
        var scores = ModelScores(model: model, settings: nil, point: 0, searched: 1)
        let names = ["a1", "b1", "c1", "a2", "b2", "c2"]
        func outcomes(_ places: Range<Int>) -> Outcomes {
            Outcomes(identifiers: Array(names[places]), correct: Array(right[places]))
        }
        scores.add(
            replicate: "",
            development: nil,
            outcomes: [
                ("target_math", outcomes(0..<6)), ("target_math/instance/1", outcomes(0..<3)),
                ("target_math/instance/2", outcomes(3..<6)), ("target_equation", outcomes(0..<6)),
            ]
        )
        return scores
    }

    @Test("drawings of one problem are averaged, as their metrics by instance tell")
    func drawings() throws {
        let base = Self.drawn("base", [false, false, true, false, false, false])
        let swap = Self.drawn("swap", [true, false, true, true, true, true])
        for metric: Metric in ["target_math", "target_equation"] {
            let outcomes = swap.outcomes(of: metric)
            #expect(outcomes.map(\.problems) == [["a1", "b1", "c1", "a1", "b1", "c1"]])
        }
        #expect(swap.outcomes(ofReplicate: 0).map(\.1.problems?.count) == [6, nil, nil, 6])
        #expect(swap.outcomes(of: "target_math/instance/2").map(\.problems) == [nil])
        let table = try ResultsTable(
            seeds: [[base, swap], [base, swap]],
            plan: ComparisonPlan(compared: ["swap"])
        ).table
        let row = try #require(table.rows.first { $0.model == "swap" })
        #expect(row.metrics["target_math"]?.count == 3)
        #expect(row.metrics["target_math/instance/1"]?.count == 3)
        func averaged(_ amounts: [Double]) -> Outcomes {
            Outcomes(identifiers: ["a", "b", "c"], amounts: amounts, weights: [1, 1, 1])
        }
        let expected = try PairedTest(
            metric: "target_math",
            a: ("swap", [averaged([1, 0.5, 1]), averaged([1, 0.5, 1])]),
            b: ("base", [averaged([0, 0, 0.5]), averaged([0, 0, 0.5])])
        )
        let found = try #require(table.tests.first { $0.metric == "target_math" })
        #expect(found.difference == expected.difference && found.p == expected.p)
        #expect(found.interval == expected.interval)
    }

    @Test("scores are read back as they were written, and problems are written once")
    func roundTrip() throws {
        var scores = ModelScores(model: "grid", settings: "bottom 1", point: 3, searched: 12)
        for (number, amount) in [0.1 + 0.2, 1e-300, 5].enumerated() {
            scores.add(
                replicate: "math-\(number)",
                development: 1 / 3,
                outcomes: [
                    ("target_math", Self.right(number)), ("english_math", Self.right(8 - number)),
                    ("target_bits_per_byte", Self.bits(amount)),
                ]
            )
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-scores-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = try scores.json()
        try data.write(to: folder.appending(path: ModelScores.fileName))
        let read = try ModelScores(in: folder)
        #expect(read == scores)
        #expect(try read.json() == data)
        #expect(read.metrics == ["target_math", "english_math", "target_bits_per_byte"])
        #expect(read.outcomes(of: "english_math") == [8, 7, 6].map { Self.right($0) })
        #expect(read.outcomes(of: "target_bits_per_byte")[0] == Self.bits(0.1 + 0.2))
        #expect(read.outcomes(of: "nothing").isEmpty)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text.components(separatedBy: "problem 7").count == 2)
        #expect(text.contains("\"right\":\"11000000\""))
    }
}
