import Evaluation
import Foundation
import Testing

/// The tables of Recipes/Results/README.md against the records that they are about.
@Suite(
    "Tables of recorded results",
    .enabled(if: !ResultsPage.records.isEmpty, "no records are in Recipes/Results")
)
struct RecordedResultsTests {
    /// The metrics by the titles of columns.
    private static let metrics: [String: Metric] = [
        "answers": "target_math", "first operator": "target_operator", "English": "english_math",
        "right equations": "target_equation",
        "with calculator": "target_math_calculator", "bits per byte": "target_bits_per_byte",
        "English with calculator": "english_math_calculator",
        "English operator": "english_operator", "choices": "target_choice",
        "French with calculator": "fr_math_calculator",
        "Spanish with calculator": "es_math_calculator",
        "German with calculator": "de_math_calculator",
        "Bengali with calculator": "bn_math_calculator",
    ]

    @Test("every number of a table is that of its record", arguments: ResultsPage.records)
    func tables(_ name: String) throws {
        let data = try Data(contentsOf: ResultsPage.folder.appending(path: "\(name).json"))
        let record = try JSONDecoder().decode(ComparisonTable.self, from: data)
        let tables = try ResultsPage.tables(of: name)
        let rows = record.rows.filter { !$0.model.hasSuffix(" (best)") }
        let models = tables.filter { $0[0][0] == "model" }
        #expect(!models.isEmpty && models.allSatisfy { $0.count == rows.count + 1 })
        for table in models {
            for (cells, row) in zip(table.dropFirst(), rows) {
                try Self.check(cells, table[0], row, record)
            }
        }
        let comparisons = tables.filter { $0[0][0] == "swap minus" }
        #expect(!comparisons.isEmpty)
        for table in comparisons { try Self.check(table, record) }
    }

    /// Whether a row of a table says what its model has.
    private static func check(
        _ cells: [String],
        _ titles: [String],
        _ row: ComparisonTable.Row,
        _ record: ComparisonTable
    ) throws {
        for (title, cell) in zip(titles, cells) {
            if title == "best experts" {
                let best = record.rows.first { $0.model == "\(row.model) (best)" }
                #expect(
                    best == nil
                        ? cell.isEmpty
                        : ResultsPage.says(cell, [best?.metrics["target_math"]?.value]),
                    "\(row.model), \(title): \(cell)"
                )
            }
            guard let metric = metrics[title] else { continue }
            let value = try #require(row.metrics[metric])
            var expected: [Double?] = [value.value]
            if cell.contains("±") { expected.append(value.standardError) }
            if cell.contains("[") {
                expected += [value.interval?.lowerBound, value.interval?.upperBound]
            }
            #expect(ResultsPage.says(cell, expected), "\(row.model), \(title): \(cell)")
        }
    }

    /// Whether a table of differences says what its record has; its second column names the metric.
    private static func check(_ table: [[String]], _ record: ComparisonTable) throws {
        let metric = try #require(metrics[table[0][1]])
        let tests = record.tests.filter { $0.a == "swap" && $0.metric == metric }
        #expect(table.count == tests.count + 1)
        for (cells, test) in zip(table.dropFirst(), tests) {
            let ahead = test.seedDifferences?.count { $0 > 0 }
            let expected: [String: [Double?]] = [
                table[0][1]: [test.difference], "95 % interval": test.interval, "p": [test.p],
                "adjusted p": [test.adjustedP],
                "seeds ahead": [ahead.map(Double.init), Double(record.seeds)],
            ]
            for (title, cell) in zip(table[0], cells) {
                guard let values = expected[title] else { continue }
                #expect(ResultsPage.says(cell, values), "swap − \(test.b), \(title): \(cell)")
            }
        }
    }

    /// A question that was asked in several languages, and the section with its tables.
    struct Question: CustomTestStringConvertible, Sendable {
        var section: String
        /// The records by language.
        var records: [String: String]

        var testDescription: String { section }

        func record(of language: String) throws -> ComparisonTable {
            let name = try #require(records[language])
            let data = try Data(contentsOf: ResultsPage.folder.appending(path: "\(name).json"))
            return try JSONDecoder().decode(ComparisonTable.self, from: data)
        }
    }

    private static let questions = [
        Question(
            section: "# Recorded results",
            records: [
                "Swahili": "paper-swahili-third", "Telugu": "paper-telugu",
                "Bengali": "paper-bengali", "Japanese": "paper-japanese",
            ]
        ),
        Question(
            section: "Where both experts have something to teach",
            records: [
                "Swahili": "room-swahili", "Telugu": "room-telugu", "Bengali": "room-bengali",
                "Japanese": "room-japanese",
            ]
        ),
    ]

    /// The models by the names that tables have for them.
    private static let models = [
        "base": "base", "math expert": "math", "language expert": "language",
        "average (soup)": "soup", "both data sets (joint)": "joint", "joint": "joint",
        "swap": "swap",
    ]

    /// The two-sided p of Student's t with 3 degrees of freedom, which has a closed form.
    private static func studentOfThree(_ t: Double) -> Double {
        let x = abs(t) / 3.0.squareRoot()
        return 1 - 2 / Double.pi * (atan(x) + x / (1 + x * x))
    }

    @Test("the answer in one table is that of the records", arguments: questions)
    func summary(_ question: Question) throws {
        let tables = try ResultsPage.tables(of: question.section)
        let summary = try #require(tables.first { $0[0][0] == "swap minus" })
        var differences: [String: [Double]] = [:]
        #expect(summary.count == question.records.count + 1)
        for cells in summary.dropFirst() {
            let record = try question.record(of: cells[0])
            for (title, cell) in zip(summary[0], cells).dropFirst() {
                let test = try #require(
                    record.tests.first {
                        $0.a == "swap" && $0.b == Self.models[title] && $0.metric == "target_math"
                    }
                )
                #expect(test.role == .primary)
                #expect(
                    ResultsPage.says(cell, [test.difference, test.adjustedP]),
                    "\(cells[0]): \(cell)"
                )
                differences[title, default: []].append(test.difference)
            }
        }
        let means = try #require(tables.first { $0[0][0] == "mean of the four" })
        #expect(means.count == 6)
        for cells in means.dropFirst() {
            let values = try #require(differences[cells[0]])
            #expect(values.count == 4)
            let mean = values.reduce(0, +) / 4
            let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot() / 2
            let half = 3.182446 * error
            let p = Self.studentOfThree(mean / error)
            let cell = cells.dropFirst().joined(separator: " ")
            #expect(
                ResultsPage.says(cell, [mean, mean - half, mean + half, p]),
                "\(cells[0]): \(cell)"
            )
        }
        let words = try #require(tables.first { $0[0][0] == "answers, words" })
        #expect(words.count == 9)
        for cells in words.dropFirst() {
            let parts = cells[0].components(separatedBy: ", ")
            let group = parts[1] == "new" ? "unknown_words" : "known_words"
            let record = try question.record(of: parts[0])
            for (title, cell) in zip(words[0], cells).dropFirst() {
                let row = record.rows.first { $0.model == Self.models[title] }
                let value = row?.metrics[Metric(.math, .target).part(group, by: .vocabulary)]?.value
                #expect(ResultsPage.says(cell, [value]), "\(cells[0]), \(title): \(cell)")
            }
        }
    }

    @Test("a number that is changed is noticed")
    func changed() {
        #expect(ResultsPage.says("+.016 [−.004, +.036]", [0.0162, -0.0039, 0.0361]))
        #expect(!ResultsPage.says("+.017", [0.0162]))
        #expect(ResultsPage.says("<.0001", [0.00002]) && !ResultsPage.says("<.0001", [0.0002]))
        #expect(!ResultsPage.says(".016", [0.0162, 0.02]))
        #expect(ResultsPage.records.count >= 5)
    }
}
