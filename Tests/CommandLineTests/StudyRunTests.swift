import Foundation
import Testing

/// The small study, run once for all tests that look at its results.
private enum StudyRun {
    static let recipe = "Recipes/tiny-study.yaml"

    /// The folder, how the run ended, and how long it took.
    static let finished: (folder: URL, ending: Program.Ending, duration: Duration) = {
        let start = ContinuousClock.now
        do {
            let folder = try Program.temporaryFolder().appending(path: "study")
            let ending = try Program.run(
                "run",
                recipe,
                "--set",
                "output=\(folder.path)",
                "--json"
            )
            return (folder, ending, start.duration(to: .now))
        } catch {
            let ending = Program.Ending(status: -1, output: "", errors: "\(error)")
            return (URL(filePath: "/nowhere"), ending, .zero)
        }
    }()

    static var folder: URL { finished.folder }

    /// Models that are made of several experts, and so have a best choice.
    static let several = [
        "math", "language", "math-then-language", "soup", "weighted", "ties", "dare",
        "task-arithmetic", "swap", "grid", "swapped", "random", "alternating", "revert",
    ]

    /// All models in the order of the table.
    static let models = [
        "base", "math", "language", "joint", "math-then-language", "language-then-math",
        "math-middle", "language-outer", "partitioned", "math-lora", "language-lora", "oracle",
        "soup", "weighted", "ties", "dare", "task-arithmetic", "swap", "grid", "swapped", "random",
        "alternating", "lora-swap", "freeze-then-merge", "revert",
    ]

    /// Evaluations that choose in a cell: two experts of a stage, four pairs of a merge, and each
    /// setting of a search with every pair.
    static let choices = 3 * 2 + 8 * 4 + 3 * 4 + 12 * 4 + 2
    /// Evaluations on the test split in a cell.
    static let tested = 9 * 1 + 3 * 2 + 10 * 4 + 2 * 1 + 2
}

@Suite("A whole study", .serialized)
struct StudyRunTests {
    @Test("it runs to one table over two seeds and four pairs, the only object on standard output")
    func table() throws {
        let ending = StudyRun.finished.ending
        try #require(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.split(separator: "\n").count == 1)
        let table = try ResultsObject(Data(ending.lastLine.utf8))
        #expect(table.seeds == 2 && table.pairs == 4)
        let file = try Data(contentsOf: StudyRun.folder.appending(path: "results.json"))
        let stored = try JSONSerialization.jsonObject(with: file) as? NSDictionary
        let printed = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        #expect(stored == printed as? NSDictionary)
        #expect(
            table.rows.map(\.model)
                == StudyRun.models.flatMap { model in
                    StudyRun.several.contains(model) ? [model, "\(model) (best)"] : [model]
                }
        )
        let metrics =
            ["target", "english"].flatMap { role in
                [
                    "\(role)_math", "\(role)_math_calculator", "\(role)_equation",
                    "\(role)_operator",
                    "translation_to_\(role)", "translation_to_\(role)_chrf",
                    "\(role)_bits_per_byte",
                    "\(role)_equation_calculator",
                ]
            } + ["target_answers", "target_answers_language"]
        for row in table.rows {
            let measured = Set(row.metrics.keys.filter { !$0.contains("/") })
            #expect(measured == Set(metrics), "\(row.model)")
            #expect(row.metrics["target_math"]?.n == 8)
            let bits = try #require(row.metrics["english_bits_per_byte"])
            #expect(bits.n == 4 && bits.value > 0 && (bits.stderr ?? 0) > 0)
        }
        #expect(Set(table.tests.map(\.a)) == ["swap", "grid"])
        #expect(
            Set(table.tests.map(\.b)) == Set(StudyRun.models).subtracting(["swap", "grid"])
        )
        #expect(Set(table.tests.map(\.metric)) == Set(metrics))
        // The oracle is compared and is no part of the family.
        let bounded = table.tests.filter { $0.b == "oracle" }
        #expect(bounded.count == 2 * metrics.count && bounded.allSatisfy { $0.comparisons == nil })
        #expect(
            Set(table.tests.compactMap(\.comparisons)) == [2 * (StudyRun.models.count - 3)]
        )
    }

    @Test("experiments share what is the same, and the result is one file")
    func sharing() throws {
        let errors = StudyRun.finished.ending.errors
        #expect(errors.contains(#/tokenizer +share +the same as in seed-1/#))
        #expect(errors.contains("\ntokenizer: taken from seed-1\n"))
        #expect(errors.matches(of: #/ pieces from /#).count == 1)
        #expect(errors.matches(of: #/\n +[a-z0-9-]+ +share /#).count == 1)
        func file(_ cell: String, _ path: String) throws -> (Data, Int?) {
            let file = StudyRun.folder.appending(path: cell).appending(path: path)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            return (try Data(contentsOf: file), attributes[.systemFileNumber] as? Int)
        }
        let tokenizers = try ["seed-1", "seed-2"].map { try file($0, "tokenizer/tokenizer.model") }
        #expect(tokenizers[0].0 == tokenizers[1].0)
        #expect(tokenizers[0].1 == tokenizers[1].1)
        let bases = try ["seed-1", "seed-2"].map { try file($0, "base/model.safetensors") }
        #expect(bases[0].0 != bases[1].0)
    }

    @Test("it says how much training there is, and after each trained stage how much is left")
    func trainingLeft() throws {
        let errors = StudyRun.finished.ending.errors
        let head = #/^2 experiments, (\d+) steps of training, /#
        let total = try #require(errors.firstMatch(of: head))
        let stages = errors.matches(of: #/\nto do +(\d+) steps of training/#)
        #expect(stages.count == 2)
        #expect(stages.compactMap { Int($0.1) }.reduce(0, +) == Int(total.1))
        let ends = errors.split(separator: "\n").filter { $0.contains(" finished, ") }
        let rests = ends.filter { $0.hasSuffix(" of training left in all") }
        #expect(rests.count > 20)
        // Nothing is left after the last one.
        let trained = try #require(ends.lastIndex { $0.contains("  oracle finished") })
        #expect(!ends[trained].contains("left"))
    }

    @Test("what a stage leaves as it is has the bytes of what the stage began with")
    func frozen() throws {
        let cell = StudyRun.folder.appending(path: "seed-1")
        func facts(_ stage: String) throws -> String {
            let file = cell.appending(path: stage).appending(path: "stage.json")
            return try String(contentsOf: file, encoding: .utf8)
        }
        #expect(try facts("math-then-language-2").contains("math-2"))
        #expect(try facts("language-then-math").contains("language-1"))
        #expect(try facts("math-middle").contains("freeze"))
        #expect(try facts("partitioned").contains("partitions"))
        #expect(try facts("math-lora").contains("lora"))
        let adapter = cell.appending(path: "math-lora/adapter")
        #expect(FileManager.default.fileExists(atPath: adapter.path))
        // Merges of experts that were trained several times are made in memory.
        #expect(!FileManager.default.fileExists(atPath: cell.appending(path: "swap").path))
        #expect(FileManager.default.fileExists(atPath: cell.appending(path: "lora-swap").path))
    }

    @Test("a second run finds nothing to do in any experiment, and soon")
    func again() throws {
        let first = StudyRun.finished.duration
        let weights = ["seed-1/base/model.safetensors", "seed-2/evaluation-grid/scores.json"]
        func dates() throws -> [Date?] {
            try weights.map { path in
                let file = StudyRun.folder.appending(path: path).path
                return try FileManager.default.attributesOfItem(atPath: file)[.modificationDate]
                    as? Date
            }
        }
        let before = try dates()
        let start = ContinuousClock.now
        let ending = try Program.run(
            "run",
            StudyRun.recipe,
            "--set",
            "output=\(StudyRun.folder.path)"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.matches(of: #/Nothing to do: all \d+ stages/#).count == 2)
        #expect(ending.output.contains("=== seed-2, experiment 2 of 2"))
        #expect(!ending.output.contains("tok/s"))
        #expect(try dates() == before)
        #expect(start.duration(to: .now) < first / 2)
    }

    private struct Overview: Decodable {
        struct Summary: Decodable {
            var cells: Int
            var stages: Int
            var evaluations: Int
            var seconds: Double
            var state: String
        }
        struct Stage: Decodable {
            var name: String
            var cell: String
            var seconds: Double
        }
        struct Evaluation: Decodable {
            var cell: String
            var model: String
            var replicate: String
            var split: String
        }
        var summary: Summary
        var stages: [Stage]
        var evaluations: [Evaluation]
    }

    private func overview(_ arguments: String...) throws -> Overview {
        try #require(StudyRun.finished.ending.status == 0)
        let show = ["runs", "show", StudyRun.folder.path, "--json"]
        let ending = try Program.start(show + arguments).end()
        #expect(ending.status == 0, "\(ending.errors)")
        return try JSONDecoder().decode(Overview.self, from: Data(ending.lastLine.utf8))
    }

    @Test("runs show lists every cell, and of one stage its evaluations")
    func show() throws {
        let all = try overview()
        #expect(all.summary.cells == 2 && all.summary.state == "complete")
        #expect(all.summary.stages == all.stages.count)
        #expect(Set(all.stages.map(\.cell)) == ["seed-1", "seed-2"])
        // Also where a grid holds the settings of another merge.
        for cell in ["seed-1", "seed-2"] {
            let own = all.evaluations.filter { $0.cell == cell }
            #expect(own.count { $0.split == "choice" } == StudyRun.choices)
            #expect(own.count { $0.split == "test" } == StudyRun.tested)
            #expect(Set(own.map(\.model)) == Set(StudyRun.models))
        }
        // Evaluations hold the time of their evaluations; the shared tokenizer counts once.
        let longest = all.stages.map(\.seconds).reduce(0, +)
        #expect(all.summary.seconds <= longest)
        let grid = try overview("--cell", "seed-2", "--stage", "evaluation-grid")
        #expect(grid.stages.map(\.name) == ["evaluation-grid"])
        #expect(Set(grid.evaluations.map(\.model)) == ["grid"])
        #expect(Set(grid.evaluations.map(\.cell)) == ["seed-2"])
        #expect(grid.evaluations.count { $0.split == "choice" } == 48)
        #expect(
            Set(grid.evaluations.map(\.replicate)) == [
                "language-1 math-1", "language-2 math-1", "language-1 math-2", "language-2 math-2",
            ]
        )
        let wrong = try Program.run("runs", "show", StudyRun.folder.path, "--cell", "seed-3")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("nearest known: 'seed-"), "\(wrong.errors)")
    }

    private struct Comparison: Decodable {
        var cells: Int
        var pairs: Int
        var a: ResultsObject.Metric
        var test: ResultsObject.Test
    }

    private func compare(_ arguments: String...) throws -> Comparison {
        let ending = try Program.start(
            ["runs", "compare", StudyRun.folder.path, "--json"] + arguments
        ).end()
        #expect(ending.status == 0, "\(ending.errors)")
        return try JSONDecoder().decode(Comparison.self, from: Data(ending.lastLine.utf8))
    }

    @Test(
        "runs compare gives the numbers of the table, also of models with other numbers of experts",
        arguments: [("swap", "base"), ("grid", "math"), ("swap", "weighted"), ("grid", "revert")]
    )
    func compare(_ first: String, _ second: String) throws {
        let results = try ResultsObject(
            Data(contentsOf: StudyRun.folder.appending(path: "results.json"))
        )
        for metric in ["english_bits_per_byte", "translation_to_target_chrf"] {
            let found = try compare(first, second, "--metric", metric)
            let expected = try #require(
                results.tests.first { $0.metric == metric && $0.a == first && $0.b == second }
            )
            #expect(found.cells == 2 && found.pairs == 4)
            #expect(found.test.difference == expected.difference)
            #expect(found.test.interval == expected.interval && found.test.p == expected.p)
            let row = try #require(results.rows.first { $0.model == first })
            #expect(found.a.value == row.metrics[metric]?.value)
            #expect(found.a.stderr == row.metrics[metric]?.stderr)
        }
        let one = try compare(first, second, "--cell", "seed-2", "--metric", "target_math")
        #expect(one.cells == 1 && one.pairs == 4)
    }

    @Test("runs export has the cell of every measurement")
    func export() throws {
        let ending = try Program.run("runs", "export", StudyRun.folder.path)
        #expect(ending.status == 0, "\(ending.errors)")
        let rows = ending.output.components(separatedBy: "\r\n").dropFirst().filter { $0 != "" }
            .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(Set(rows.map { $0[1] }) == ["seed-1", "seed-2"])
        let math = rows.filter { $0[5] == "target_math" }
        #expect(math.count == 2 * (StudyRun.choices + StudyRun.tested))
    }
}
