import Checkpointing
import Evaluation
import Foundation
import Foundations
import RecipeTestSupport
import RunRecords
import Testing

@Suite("Comparisons out of a database")
struct RunComparisonTests {
    /// Two models in three cells, each right on other problems.
    private func filled(_ folder: DatabaseFolder) throws -> RunDatabase {
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        for (index, cell) in ["seed-1", "seed-2", "seed-3"].enumerated() {
            for (model, divisor) in [("soup", 5 + index), ("swap", 2 + index)] {
                let right = Example.binary(divisor)
                let row = Example.evaluation(
                    "\(model) \(cell)",
                    cell: cell,
                    model: model,
                    right: right
                )
                _ = try database.store(row, right: right)
            }
        }
        return database
    }

    private func compare(
        _ database: RunDatabase,
        _ a: String = "swap",
        _ b: String = "soup",
        metric: Metric = "target_math",
        split: String = "test",
        cells: [String] = [],
        sweep: String = "{seed: [1, 2, 3, 4]}"
    ) throws -> RunComparison {
        let recipe = try RecipeSupport.load(RecipeSupport.tinyText() + "\nsweep: \(sweep)\n")
        return try RunComparison(
            database,
            of: recipe.sweep,
            a,
            b,
            metric: metric,
            split: split,
            cells: cells
        )
    }

    @Test("the test is the one of the outcomes, cell by cell")
    func paired() throws {
        let folder = try DatabaseFolder()
        let database = try filled(folder)
        let all = try compare(database)
        let expected = try PairedTest(
            metric: "target_math",
            a: ("swap", [2, 3, 4].map { Example.binary($0) }),
            b: ("soup", [5, 6, 7].map { Example.binary($0) })
        )
        #expect(all.test == expected)
        #expect(all.pairs == 1 && all.cells == 3)
        let pooled = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [2, 3, 4].map { [Example.binary($0)] }
        )
        #expect(all.a == pooled.measurement)
        let one = try compare(database, cells: ["seed-2"])
        #expect(one.pairs == 1)
        #expect(
            one.test
                == (try PairedTest(
                    metric: "target_math",
                    a: ("swap", [Example.binary(3)]),
                    b: ("soup", [Example.binary(6)])
                ))
        )
    }

    @Test("models that were not evaluated in the same places, or on the same problems, are refused")
    func unpaired() throws {
        let folder = try DatabaseFolder()
        let database = try filled(folder)
        _ = try database.store(Example.evaluation("more", cell: "seed-4"))
        #expect {
            _ = try compare(database)
        } throws: {
            "\($0)".contains("swap was evaluated in the cell seed-4, and soup was not")
        }
        #expect {
            _ = try compare(database, "soup", "swap")
        } throws: {
            "\($0)".contains("swap was evaluated in the cell seed-4, and soup was not")
        }
        let others = Example.binary(2, Example.problems.reversed())
        _ = try database.store(
            Example.evaluation("other", cell: "seed-4", model: "soup", right: others),
            right: others
        )
        #expect(throws: ComparisonError.self) { _ = try compare(database) }
        #expect(throws: Never.self) { _ = try compare(database, cells: ["seed-1", "seed-3"]) }
    }

    @Test("languages are not pooled, and seeds of one are")
    func groups() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        for cell in ["sw-seed-1", "sw-seed-2", "te-seed-1"] {
            for (model, divisor) in [("soup", 5), ("swap", 2)] {
                let right = Example.binary(divisor)
                let row = Example.evaluation(
                    "\(model) \(cell)",
                    cell: cell,
                    model: model,
                    right: right
                )
                _ = try database.store(row, right: right)
            }
        }
        let sweep = "{languages: {target: [sw, te]}, seed: [1, 2]}"
        #expect {
            _ = try compare(database, sweep: sweep)
        } throws: {
            "\($0)".contains("more than their seeds (sw, te)")
        }
        let one = try compare(database, cells: ["sw-seed-1", "sw-seed-2"], sweep: sweep)
        #expect(one.cells == 2)
    }

    @Test("what is named like a seed and is another setting is not pooled")
    func otherSeeds() throws {
        let folder = try DatabaseFolder()
        let database = try filled(folder)
        #expect {
            _ = try compare(database, sweep: "{world: {seed: [1, 2]}}")
        } throws: {
            "\($0)".contains("more than their seeds (seed-1, seed-2)")
        }
    }

    @Test("seeds and experts that the recipe has no more are left out, what is reused stays")
    func gone() throws {
        let folder = try DatabaseFolder()
        // The experts had one seed.
        let database = try filled(folder)
        let second = try database.begin(Example.facts).id
        for (index, cell) in ["seed-1", "seed-2"].enumerated() {
            for (replicate, divisor) in [("math-1", 3 + index), ("math-2", 4 + index)] {
                let right = Example.binary(divisor)
                var row = Example.evaluation(
                    "\(replicate) \(cell)",
                    cell: cell,
                    replicate: replicate,
                    right: right
                )
                row.run = second
                _ = try database.store(row, right: right)
            }
            let soup = Example.identity("soup \(cell)")
            _ = try database.reuse(identity: soup, in: cell, as: "soup", by: second)
        }
        let found = try compare(database, sweep: "{seed: [1, 2]}")
        #expect(found.cells == 2 && found.pairs == 2)
        let swap = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [[3, 4], [4, 5]].map { $0.map { Example.binary($0) } }
        )
        let soup = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [[Example.binary(5)], [Example.binary(6)]]
        )
        #expect(
            found.test
                == (try PairedTest(metric: "target_math", a: ("swap", swap), b: ("soup", soup)))
        )
        // A run that did nothing about this cell has not replaced what is there.
        #expect(try compare(database, cells: ["seed-3"]).pairs == 1)
        #expect {
            _ = try compare(database, cells: ["seed-3"], sweep: "{seed: [1, 2]}")
        } throws: {
            "\($0)".contains("no cell \"seed-3\"")
        }
    }

    @Test("several evaluations of one place are refused, replicates of a cell are averaged")
    func places() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        func store(_ cell: String, _ model: String, _ replicate: String, _ divisor: Int) throws {
            let right = Example.binary(divisor)
            let row = Example.evaluation(
                [cell, model, replicate].joined(separator: " "),
                cell: cell,
                model: model,
                replicate: replicate,
                right: right
            )
            _ = try database.store(row, right: right)
        }
        for (number, cell) in ["seed-1", "seed-2"].enumerated() {
            try store(cell, "swap", "math-1", 2 + number)
            try store(cell, "swap", "math-2", 4 + number)
            // It has one model, as a base has.
            try store(cell, "soup", "", 7)
        }
        let comparison = try compare(database)
        #expect(comparison.pairs == 2 && comparison.cells == 2)
        let swap = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [[2, 4], [3, 5]].map { $0.map { Example.binary($0) } }
        )
        let soup = try ReplicatedOutcomes(
            metric: "target_math",
            replicates: [[Example.binary(7)], [Example.binary(7)]]
        )
        #expect(comparison.a == swap.measurement && comparison.b == soup.measurement)
        #expect(
            comparison.test
                == (try PairedTest(metric: "target_math", a: ("swap", swap), b: ("soup", soup)))
        )
        _ = try database.store(
            Example.evaluation("again", cell: "seed-2", replicate: "math-2")
        )
        #expect {
            _ = try compare(database)
        } throws: {
            "\($0)".contains(
                "swap has 2 evaluations in the cell seed-2, the replicate math-2, expected one"
            )
        }
    }

    @Test("unknown names are reported with the known ones, and missing outcomes by their place")
    func names() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        #expect {
            _ = try compare(database)
        } throws: {
            "\($0)".contains("runs.sqlite holds no evaluation")
        }
        for model in ["swap", "soup"] {
            _ = try database.insert(Example.evaluation(model, cell: "seed-1", model: model))
        }
        func message(_ body: () throws -> RunComparison) -> String {
            do {
                _ = try body()
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(
            message { try compare(database, "swop") }
                == "there is no model \"swop\" to compare, nearest known: 'swap'; known: soup, swap"
        )
        #expect(message { try compare(database, split: "tst") }.contains("nearest known: 'test'"))
        #expect(
            message { try compare(database, metric: "target_maths") }
                .contains("nearest known: 'target_math'")
        )
        #expect(message { try compare(database, cells: ["x"]) }.contains("no cell \"x\""))
        #expect(message { try compare(database) }.contains("without its outcomes by problem"))
    }
}

@Suite("Exports of a database")
struct RunExportTests {
    @Test("fields with commas, quotes or ends of lines are quoted, others are not")
    func quoting() {
        let rows = [
            ["a", "b c", "", "ŋ"], ["1,2", "say \"so\"", "line\nline", "\r\n"], ["\"\u{301}", "'"],
        ]
        #expect(
            CSVText.table(rows)
                == "a,b c,,ŋ\r\n\"1,2\",\"say \"\"so\"\"\",\"line\nline\",\"\r\n\"\r\n"
                + "\"\"\"\u{301}\",'\r\n"
        )
    }

    @Test("both forms have one line for each measurement, with its numbers to the last digit")
    func lines() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        var row = Example.evaluation(cell: "seed=1,languages.target=te")
        row.metrics.append(
            .init("alone", Estimate(value: 0.1 + 0.2, standardError: nil, count: 1))
        )
        _ = try database.store(row)
        let export = try RunExport(database)
        let csv = try export.text(.csv).components(separatedBy: "\r\n")
        #expect(csv.count == 5 && csv[4] == "")
        #expect(csv[0].hasPrefix("recipe,cell,model,replicate,split,metric,value,stderr,n,"))
        #expect(
            csv[3].hasPrefix(
                "tiny,\"seed=1,languages.target=te\",swap,,test,alone,0.30000000000000004,,1,0.5,"
            )
        )
        #expect(csv[3].hasSuffix(",\"{\"\"bottom\"\":2,\"\"owners\"\":[\"\"math\"\",null]}\""))
        let json = try export.text(.json)
        #expect(json.split(separator: "\n").count == 5)
        let lines = try JSONDecoder().decode([RunExport.Line].self, from: Data(json.utf8))
        #expect(lines == export.lines)
        #expect(lines.map(\.metric) == ["target_math", "target_bits_per_byte", "alone"])
        #expect(lines[2].value == 0.1 + 0.2)
    }

    @Test("a file that exists is not written over without being asked for")
    func overwriting() throws {
        let folder = try DatabaseFolder()
        let export = try RunExport(folder.open())
        let file = folder.url.appending(path: "out.json")
        func place(_ replacing: Bool) -> OutputPlace {
            RunExport.place(file, of: folder.url.appending(path: "run"), replacing: replacing)
        }
        try export.write(.json, to: place(false))
        #expect(try String(contentsOf: file, encoding: .utf8) == "[\n]\n")
        #expect(throws: OutputError.self) { try export.write(.csv, to: place(false)) }
        #expect(try String(contentsOf: file, encoding: .utf8) == "[\n]\n")
        try export.write(.csv, to: place(true))
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix("recipe,cell,"))
    }
}
