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
