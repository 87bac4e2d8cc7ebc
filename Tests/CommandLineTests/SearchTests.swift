import Foundation
import Testing

/// A grid of 500 merges in memory, chosen on four problems of few tokens.
private enum Search {
    static let count = 500

    static let settings: [String] = {
        let shares = (1...25).map { String(format: "constant %.2f", Double($0) / 26) }
        let grid = """
            {method: layer-swap, bottom: [0, 1], top: [0, 1], bottom_transition: 1, \
            top_transition: 0, transition: [\(shares.joined(separator: ", "))], \
            embeddings: [language, math, blend 0.2, blend 0.5, blend 0.8]}
            """
        return [
            "--set", "merges.search=\(grid)", "--set", "evaluation.development.problems=4",
            "--set", "evaluation.maximum_new_tokens=4",
        ]
    }()

    /// A run of the tiny recipe whose experts the search takes.
    static func arguments(_ output: URL) -> [String] {
        ["run", "Recipes/tiny.yaml", "--set", "output=\(output.path)"] + settings
    }

    /// One evaluation, as the export of a run shows it.
    struct Line: Decodable, Hashable {
        var model: String
        var split: String
        var metric: String
        var value: Double
        var seconds: Double
        var created: String
        var run: Int
        var identity: String
    }

    /// The evaluations by which the search chooses, by identity, whichever run has made them.
    static func evaluations(_ output: URL) throws -> [String: Line] {
        let ending = try Program.run(
            "runs",
            "export",
            output.path,
            "--format",
            "json",
            "--earlier"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        let lines = try JSONDecoder().decode([Line].self, from: Data(ending.output.utf8))
            .filter { $0.model == "search" && $0.split == "choice" }
        let found = Dictionary(grouping: lines, by: \.identity)
        #expect(found.values.allSatisfy { $0.count == 1 })
        return found.compactMapValues(\.first)
    }

    /// What the newest run of a folder has reported of its candidates, one line each.
    static func told(_ output: URL, runs: Int) -> [Substring] {
        let file = output.appending(path: "events.jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        let parts = text.components(separatedBy: "\"event\":\"planned\"")
        guard parts.count == runs + 1, let last = parts.last else { return [] }
        return last.split(separator: "\n").filter { $0.contains("\"event\":\"chose\"") }
    }

    static func scores(_ output: URL) throws -> Data {
        try Data(contentsOf: output.appending(path: "evaluation-search/scores.json"))
    }
}

@Suite("Searches that are interrupted", .serialized)
struct SearchTests {
    @Test("500 merges are each evaluated once however often the search is killed")
    func killed() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let reference = folder.appending(path: "reference")
        try FileManager.default.copyItem(at: TinyRun.folder, to: reference)
        let whole = try Program.start(Search.arguments(reference)).end()
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(whole.output.contains("candidate 500 of 500"))
        #expect(try Search.evaluations(reference).count == Search.count)

        let output = try TinyRun.copy(in: folder)
        var before: [String: Search.Line] = [:]
        for (number, more) in [7, 120, 1, 150, 100].enumerated() {
            let moment = before.count + more
            let program = try Program.start(Search.arguments(output))
            // The run of the copy was the first.
            program.wait { Search.told(output, runs: number + 2).count >= moment }
            program.send(SIGKILL)
            #expect(try program.end().status == SIGKILL)
            let now = try Search.evaluations(output)
            #expect(now.count >= moment && now.count < Search.count)
            #expect(before.allSatisfy { now[$0.key] == $0.value })
            before = now
        }
        let last = try Program.start(Search.arguments(output)).end()
        #expect(last.status == 0, "\(last.errors)")
        let after = try Search.evaluations(output)
        #expect(after.count == Search.count)
        // Each has the moment, the time and the run of its first making, and none was made again.
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        let told = Search.told(output, runs: 7)
        #expect(told.count == Search.count)
        #expect(told.count { $0.contains("\"seconds\"") } == Search.count - before.count)
        #expect(Set(after.values.map(\.run)).count == 6)
        #expect(try Search.scores(output) == Search.scores(reference))
        let tables = try [output, reference].map {
            try Data(contentsOf: $0.appending(path: "results.json"))
        }
        #expect(tables[0] == tables[1])
    }

    @Test(
        "A search for coefficients that is killed goes on and finds the same",
        arguments: ["greedy, budget: 30", "cma-es, budget: 30, granularity: module, seed: 3"]
    )
    func coefficients(strategy: String) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func arguments(_ output: URL) -> [String] {
            [
                "run", "Recipes/tiny.yaml", "--set", "output=\(output.path)", "--set",
                "merges.search={method: layer-swap, search: {strategy: \(strategy)}}", "--set",
                "evaluation.development.problems=4", "--set", "evaluation.maximum_new_tokens=4",
            ]
        }
        let reference = folder.appending(path: "reference")
        try FileManager.default.copyItem(at: TinyRun.folder, to: reference)
        let whole = try Program.start(arguments(reference)).end()
        #expect(whole.status == 0, "\(whole.errors)")
        let count = try Search.evaluations(reference).count
        #expect(count > 5 && count <= 30)

        let output = try TinyRun.copy(in: folder)
        let program = try Program.start(arguments(output))
        program.wait { Search.told(output, runs: 2).count >= 4 }
        program.send(SIGKILL)
        #expect(try program.end().status == SIGKILL)
        let before = try Search.evaluations(output)
        let last = try Program.start(arguments(output)).end()
        #expect(last.status == 0, "\(last.errors)")
        let after = try Search.evaluations(output)
        #expect(before.allSatisfy { after[$0.key] == $0.value })
        #expect(Set(after.keys) == Set(try Search.evaluations(reference).keys))
        #expect(try Search.scores(output) == Search.scores(reference))

        // What was found is reported, and a third run finds everything done.
        struct Scores: Decodable {
            struct Method: Decodable { var coefficients: [Double] }
            var method: Method
            var searched: Int
        }
        let scores = try JSONDecoder().decode(Scores.self, from: Search.scores(output))
        #expect(scores.method.coefficients.allSatisfy { (0...1).contains($0) })
        #expect(scores.searched >= count)
        let again = try Program.start(arguments(output)).end()
        #expect(again.status == 0, "\(again.errors)")
        #expect(!again.output.contains("candidate"))
    }

    @Test("Ctrl-C in a search ends with 130 and says how to go on")
    func stopped() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let program = try Program.start(Search.arguments(output))
        program.wait { Search.told(output, runs: 2).count >= 50 }
        program.send(SIGINT)
        let stopped = try program.end()
        #expect(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.errors.contains("Stopped in evaluation-search; all work is kept."))
        #expect(stopped.errors.contains("run Recipes/tiny.yaml --set output="))
        #expect(stopped.errors.contains("'merges.search={method: layer-swap, bottom: [0, 1]"))
        let evaluated = try Search.evaluations(output).count
        #expect(evaluated >= 50 && evaluated < Search.count)
        let shown = try Program.run("runs", "show", output.path)
        #expect(shown.output.contains("stopped in evaluation-search"))
    }

    @Test("a table of the development split is not made of what settings were chosen by")
    func development() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(output.path)",
            "--set",
            "evaluation.split=development",
            "--set",
            "evaluation.development.problems=4",
            "--set",
            "stages.math.seeds=2",
            "--json"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        struct Table: Decodable {
            struct Row: Decodable {
                struct Metric: Decodable {
                    var n: Int
                }
                var model: String
                var metrics: [String: Metric]
            }
            var pairs: Int
            var rows: [Row]
        }
        let table = try JSONDecoder().decode(Table.self, from: Data(ending.lastLine.utf8))
        #expect(table.pairs == 2)
        #expect(table.rows.contains { $0.model == "swap (best)" })
        for row in table.rows {
            #expect(row.metrics["target_math"]?.n == 16, "\(row.model)")
            #expect(row.metrics["english_bits_per_byte"]?.n == 8, "\(row.model)")
        }
    }
}
