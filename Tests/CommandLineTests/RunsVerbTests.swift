import Foundation
import Testing

@Suite("The verb runs", .serialized)
struct RunsVerbTests {
    private struct Overview: Decodable {
        struct Summary: Decodable {
            var recipe: String
            var state: String
            var stages: Int
            var evaluations: Int?
        }
        struct Stage: Decodable {
            struct Cost: Decodable {
                var tokens: Int?
                var steps: Int?
                var operations: Double?
            }
            var name: String
            var kind: String
            var status: String
            var identity: String
            var cost: Cost
            var figures: [String: Double]
            var finished: String?
        }
        struct Evaluation: Decodable {
            var model: String
            var split: String
        }
        struct Run: Decodable {
            var outcome: String?
        }
        var summary: Summary
        var runs: [Run]
        var stages: [Stage]
        var evaluations: [Evaluation]
    }

    private static let stages = [
        "tokenizer", "base", "math", "language", "soup", "swap", "evaluation-base",
        "evaluation-math", "evaluation-language", "evaluation-soup", "evaluation-swap",
        "comparison",
    ]
    private static let models = ["base", "math", "language", "soup", "swap"]

    private func overview(_ folder: URL, _ arguments: String...) throws -> Overview {
        let ending = try Program.start(["runs", "show", folder.path, "--json"] + arguments).end()
        #expect(ending.status == 0, "\(ending.errors)")
        return try JSONDecoder().decode(Overview.self, from: Data(ending.lastLine.utf8))
    }

    @Test("a run leaves every stage and evaluation; one more run changes only the list of runs")
    func show() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let first = try overview(output)
        #expect(first.summary.recipe == "tiny" && first.summary.state == "complete")
        #expect(first.stages.map(\.name) == Self.stages)
        #expect(Set(first.stages.map(\.status)) == ["finished"])
        #expect(first.evaluations.map(\.model) == Self.models)
        #expect(Set(first.evaluations.map(\.split)) == ["test"])
        let base = first.stages[1]
        #expect(base.figures["parameters"] == 52_512)
        #expect(base.cost.steps == 30)
        let tokens = Double(try #require(base.cost.tokens))
        #expect(tokens > 0 && base.cost.operations == 6 * 52_512 * tokens)
        #expect((base.figures["best_validation_loss"] ?? 0) > 0)
        let again = try Program.run("run", "Recipes/tiny.yaml", "--set", "output=\(output.path)")
        #expect(again.status == 0)
        let second = try overview(output)
        #expect(second.runs.map(\.outcome) == ["complete", "complete"])
        #expect(second.stages.map(\.identity) == first.stages.map(\.identity))
        #expect(second.stages.map(\.finished) == first.stages.map(\.finished))
        #expect(second.evaluations.count == 5)
        let one = try Program.run("runs", "show", output.path, "--stage", "evaluation-swap")
        #expect(one.output.contains("\n  input swap: \(first.stages[5].identity)\n"))
        let wrong = try Program.run("runs", "show", output.path, "--stage", "evaluation-swp")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("nearest known: 'evaluation-swap'"))
    }

    @Test("changed settings stand in place of the old ones, which come back with the settings")
    func change() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let before = try overview(output).stages.map(\.identity)
        let run = ["run", "Recipes/tiny.yaml", "--set", "output=\(output.path)", "--quiet"]
        #expect(try Program.start(run + ["--set", "merges.swap.bottom=0"]).end().status == 0)
        let changed = try overview(output)
        #expect(changed.stages.count == 12 && changed.evaluations.count == 5)
        #expect(Set(changed.stages.map(\.identity)).intersection(before).count == 9)
        #expect(try overview(output, "--earlier").stages.count == 15)
        #expect(try Program.start(run).end().status == 0)
        #expect(try Set(overview(output).stages.map(\.identity)) == Set(before))
    }

    @Test("list shows runs with and without a database, and which of them is damaged")
    func list() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["new", "old", "torn"] {
            _ = try FileManager.default.copyItem(
                at: TinyRun.folder,
                to: folder.appending(path: name)
            )
        }
        try FileManager.default.removeItem(at: folder.appending(path: "old/runs.sqlite"))
        try Data("torn".utf8).write(to: folder.appending(path: "torn/runs.sqlite"))
        let ending = try Program.run("runs", "--folder", folder.path)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains(#/new +tiny +1 +12 +5 +\d{4}-\d\d-\d\dT.*Z .* complete\n/#))
        #expect(ending.output.contains(#/old +tiny +1 +12 +– +\d{4}.* complete\n/#))
        #expect(ending.output.contains(#/torn +tiny +1 +12 .* unreadable: .*damaged/#))
        let old = try overview(folder.appending(path: "old"))
        #expect(Set(old.stages.map(\.name)) == Set(Self.stages))
        #expect(old.stages[1].figures["parameters"] == 52_512)
        let shown = try Program.run("runs", "show", "old", "--folder", folder.path)
        #expect(shown.output.contains("has no runs.sqlite"))
        // A run takes over what is there.
        let set = "output=\(folder.appending(path: "old").path)"
        #expect(try Program.run("run", "Recipes/tiny.yaml", "--set", set).status == 0)
        let renewed = try overview(folder.appending(path: "old"))
        #expect(renewed.stages.count == 12 && renewed.evaluations.count == 5)
    }

    @Test("compare gives the numbers of the run's own table")
    func compare() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        struct Comparison: Decodable {
            var test: Test
            var pairs: Int
        }
        struct Test: Decodable, Equatable {
            var metric: String
            var a: String
            var b: String
            var difference: Double
            var interval: [Double]
            var p: Double
        }
        struct Results: Decodable {
            var tests: [Test]
        }
        let results = try JSONDecoder().decode(
            Results.self,
            from: Data(contentsOf: output.appending(path: "results.json"))
        )
        for metric in ["target_math", "english_bits_per_byte"] {
            let ending = try Program.run(
                "runs",
                "compare",
                output.path,
                "swap",
                "math",
                "--metric",
                metric,
                "--json"
            )
            #expect(ending.status == 0, "\(ending.errors)")
            let found = try JSONDecoder().decode(
                Comparison.self,
                from: Data(ending.lastLine.utf8)
            )
            #expect(found.pairs == 1)
            #expect(results.tests.contains(found.test))
        }
        let wrong = try Program.run("runs", "compare", output.path, "swap", "meth")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("nearest known: 'math'"))
        let same = try Program.run("runs", "compare", output.path, "swap", "swap")
        #expect(same.status == 2)
    }

    @Test("export writes one line for each measurement, and never over a file unasked")
    func export() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let printed = try Program.run("runs", "export", output.path)
        #expect(printed.status == 0)
        let lines = printed.output.components(separatedBy: "\r\n")
        // Five models with six metrics each, and parts of two of them.
        #expect(lines.count { !$0.contains("_math/") } == 1 + 5 * 6 + 1)
        #expect(lines.count { $0.contains("target_math/steps/") } == 5 * 2)
        let file = folder.appending(path: "out.csv")
        let arguments = ["runs", "export", output.path, "--output", file.path]
        #expect(try Program.start(arguments).end().status == 0)
        #expect(try String(contentsOf: file, encoding: .utf8) == printed.output)
        let refused = try Program.start(arguments + ["--format", "json"]).end()
        #expect(refused.status == 1)
        #expect(refused.errors.contains("exists already and is not overwritten"))
        #expect(
            try Program.start(arguments + ["--format", "json", "--force"]).end().status == 0
        )
        let array = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        #expect((array as? [[String: Any]])?.count == lines.count - 2)
    }

    @Test("a run that does not exist is reported with the nearest one")
    func unknown() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try TinyRun.copy(in: folder)
        let ending = try Program.run("runs", "show", "rum", "--folder", folder.path)
        #expect(ending.status == 1)
        #expect(ending.errors.contains("nearest known: 'run'"))
        let empty = try Program.run("runs", "--folder", folder.appending(path: "none").path)
        #expect(empty.status == 0)
        #expect(empty.output.contains("start one with 'layerswap run RECIPE'"))
    }

    @Test("a run that is killed is reported as interrupted, and ends with each stage once")
    func killed() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        // Enough problems that the kill comes before the end.
        let run = [
            "run", "Recipes/tiny.yaml", "--set", "output=\(output.path)", "--quiet", "--set",
            "evaluation.problems.english.problems=400",
        ]
        let program = try Program.start(run)
        program.wait {
            FileManager.default.fileExists(atPath: output.appending(path: "evaluation-math").path)
        }
        program.send(SIGKILL)
        #expect(try program.end().status == SIGKILL)
        let broken = try overview(output)
        #expect(broken.summary.state == "interrupted")
        #expect(broken.stages.map(\.name) == Array(Self.stages.prefix(broken.stages.count)))
        #expect(broken.stages.count >= 7)
        #expect(try Program.start(run).end().status == 0)
        let whole = try overview(output, "--earlier")
        #expect(whole.summary.state == "complete")
        #expect(whole.runs.map(\.outcome) == [nil, "complete"])
        #expect(whole.stages.map(\.name) == Self.stages)
        #expect(whole.evaluations.map(\.model) == Self.models)
    }
}
