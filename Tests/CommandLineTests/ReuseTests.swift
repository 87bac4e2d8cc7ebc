import Foundation
import Testing

@Suite("Stages of another run", .serialized)
struct ReuseTests {
    /// The folder of a run that takes over what the tiny run has made, and how it ended.
    private func reusing(_ arguments: [String]) throws -> (folder: URL, ending: Program.Ending) {
        try #require(TinyRun.ending.status == 0, "\(TinyRun.ending.errors)")
        let folder = try Program.temporaryFolder().appending(path: "second")
        let ending = try Program.start(
            [
                "run", "Recipes/tiny.yaml", "--set", "output=\(folder.path)",
                "--reuse", TinyRun.folder.path, "--json",
            ] + arguments
        ).end()
        return (folder, ending)
    }

    private func fileNumber(_ folder: URL, _ path: String) throws -> Int {
        let file = folder.appending(path: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        return try #require(attributes[.systemFileNumber] as? Int)
    }

    @Test("a plan says what a run would do about every stage, and starts nothing")
    func plan() throws {
        try #require(TinyRun.ending.status == 0, "\(TinyRun.ending.errors)")
        let (folder, ending) = try reusing(["--set", "stages.language.steps=7", "--plan"])
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        struct Plan: Decodable {
            struct Experiment: Decodable {
                struct Stage: Decodable {
                    var name, action: String
                    var steps: Int?
                }
                var stages: [Stage]
            }
            var experiments: [Experiment]
            var steps: Int
        }
        let plan = try JSONDecoder().decode(Plan.self, from: Data(ending.lastLine.utf8))
        let stages = try #require(plan.experiments.first).stages
        func action(_ name: String) -> String? { stages.first { $0.name == name }?.action }
        #expect(plan.experiments.count == 1 && plan.steps == 7)
        #expect(action("base") == "share" && action("math") == "share")
        #expect(action("language") == "run" && action("swap") == "run")
        #expect(stages.first { $0.name == "language" }?.steps == 7)
        #expect(ending.errors.contains(#/language +run +new; 7 steps, /#), "\(ending.errors)")
        #expect(ending.errors.contains("In all 7 steps, "), "\(ending.errors)")
        let finished = try Program.start(
            [
                "run", "Recipes/tiny.yaml", "--set", "output=\(TinyRun.folder.path)", "--plan",
            ]
        ).end()
        #expect(finished.output.contains(#/base +reuse +finished, took/#), "\(finished.output)")
        #expect(finished.output.contains("In all 0 steps, 0 tokens of training."))
    }

    @Test("a plan of a sweep counts what its experiments share once")
    func sweepPlan() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(output.path)",
            "--set",
            "sweep={stages: {math: {steps: [5, 6]}}}",
            "--plan"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        let plans = ending.output.components(separatedBy: "=== ").dropFirst()
        #expect(plans.count == 2, "\(ending.output)")
        #expect(plans.last?.contains(#/base +share +made by an experiment before/#) == true)
        #expect(plans.last?.contains(#/math +run +new; 6 steps/#) == true, "\(ending.output)")
        #expect(!FileManager.default.fileExists(atPath: output.path))
    }

    @Test("what is the same is taken over, and what has other settings is made")
    func sharing() throws {
        let (folder, ending) = try reusing(["--set", "stages.language.steps=7"])
        defer { try? FileManager.default.removeItem(at: folder) }
        try #require(ending.status == 0, "\(ending.errors)")
        for stage in ["tokenizer", "base", "math", "evaluation-base", "evaluation-math"] {
            #expect(
                ending.errors.contains("\n\(stage): taken from \(TinyRun.folder.path)\n"),
                "\(stage)"
            )
        }
        for stage in ["language", "soup", "swap", "evaluation-swap"] {
            #expect(ending.errors.contains("\n\(stage)\n"), "\(stage)")
        }
        let weights = "base/model.safetensors"
        #expect(try fileNumber(folder, weights) == fileNumber(TinyRun.folder, weights))
        let expert = "language/model.safetensors"
        #expect(try fileNumber(folder, expert) != fileNumber(TinyRun.folder, expert))
        let (first, second) = try (
            ResultsObject(Data(TinyRun.ending.lastLine.utf8)),
            ResultsObject(Data(ending.lastLine.utf8))
        )
        #expect(first.rows[0].model == "base")
        #expect(
            first.rows[0].metrics.mapValues(\.value) == second.rows[0].metrics.mapValues(\.value)
        )
        // The database of the second run knows what the first one has measured.
        let listed = try Program.run(
            "runs",
            "compare",
            folder.path,
            "base",
            "swap",
            "--metric",
            "english_bits_per_byte"
        )
        #expect(listed.status == 0, "\(listed.errors)")
    }

    @Test("an experiment of a sweep takes over what has its seed")
    func sweep() throws {
        let (folder, ending) = try reusing(["--set", "sweep={seed: [1, 2]}"])
        defer { try? FileManager.default.removeItem(at: folder) }
        try #require(ending.status == 0, "\(ending.errors)")
        let parts = ending.errors.components(separatedBy: "=== seed-2")
        try #require(parts.count == 2)
        #expect(!parts[0].contains("tok/s"))
        #expect(parts[0].contains("\nbase: taken from \(TinyRun.folder.path)\n"))
        // The nearest that has it gives it: the experiment beside it.
        #expect(parts[1].contains("\ntokenizer: taken from seed-1\n"))
        #expect(parts[1].contains("\nbase\n") && parts[1].contains("tok/s"))
    }

    @Test("a run that is not there is named, and nothing is begun")
    func unknown() throws {
        let folder = try Program.temporaryFolder().appending(path: "second")
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(folder.path)",
            "--reuse",
            "nowhere"
        )
        #expect(ending.status == 1)
        #expect(ending.errors.contains("there is no run \"nowhere\""))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
