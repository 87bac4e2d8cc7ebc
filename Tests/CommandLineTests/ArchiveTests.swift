import Foundation
import Testing

@Suite("Archives of runs", .serialized)
struct ArchiveTests {
    /// An archive of the tiny run, beside a place for a run that takes it over.
    private func archive() throws -> (archive: URL, second: URL) {
        try #require(TinyRun.ending.status == 0, "\(TinyRun.ending.errors)")
        let folder = try Program.temporaryFolder()
        let archive = folder.appending(path: "archive")
        let ending = try write(archive)
        try #require(ending.status == 0, "\(ending.errors)")
        return (archive, folder.appending(path: "second"))
    }

    private func write(_ archive: URL, of run: URL = TinyRun.folder) throws -> Program.Ending {
        try Program.run("runs", "archive", run.path, "--output", archive.path)
    }

    private func run(_ folder: URL, reusing archive: URL, _ more: String...) throws
        -> Program.Ending
    {
        try Program.start(
            [
                "run", "Recipes/tiny.yaml", "--set", "output=\(folder.path)", "--reuse",
                archive.path, "--json",
            ] + more
        ).end()
    }

    private func remove(_ archive: URL) {
        try? FileManager.default.removeItem(at: archive.deletingLastPathComponent())
    }

    @Test("the table of an archive is that of the run, and nothing is trained for it")
    func sameTable() throws {
        let (archive, second) = try archive()
        defer { remove(archive) }
        let files = FileManager.default.enumerator(atPath: archive.path)
        let names = Set(
            (files?.allObjects as? [String] ?? []).map { URL(filePath: $0) }
                .filter { !$0.hasDirectoryPath }.map(\.lastPathComponent)
        )
        #expect(names.contains("scores.json"))
        #expect(names.isDisjoint(with: ["model.safetensors", "tokenizer.model", "base"]))
        // Where the run was is not kept; it would be wrong on the next machine.
        let recipe = try String(contentsOf: archive.appending(path: "recipe.yaml"), encoding: .utf8)
        #expect(recipe.contains("\noutput: Checkpoints/tiny\n"))
        #expect(!recipe.contains(TinyRun.folder.path))
        let ending = try run(second, reusing: archive)
        try #require(ending.status == 0, "\(ending.errors)")
        #expect(!ending.errors.contains("tok/s"))
        for stage in ["tokenizer", "base", "math", "language", "swap"] {
            let line = ending.errors.split(separator: "\n").first { $0.hasPrefix("  \(stage) ") }
            #expect(line?.contains("leave out") == true, "\(stage): \(line ?? "no line")")
        }
        let (first, again) = try (
            ResultsObject(Data(TinyRun.ending.lastLine.utf8)),
            ResultsObject(Data(ending.lastLine.utf8))
        )
        #expect(first.rows.map(\.model) == again.rows.map(\.model))
        #expect(
            first.rows.map { $0.metrics.mapValues(\.value) }
                == again.rows.map { $0.metrics.mapValues(\.value) }
        )
        // A second time, there is nothing to do; and the page needs no model.
        let third = try run(second, reusing: archive)
        #expect(third.errors.contains("Nothing to do"), "\(third.errors)")
        let report = try Program.run("report", second.path)
        #expect(report.status == 0, "\(report.errors)")
        // The next archive holds the same.
        let copy = second.deletingLastPathComponent().appending(path: "copy")
        #expect(try write(copy, of: second).status == 0)
        let scores = "evaluation-swap/scores.json"
        #expect(
            try Data(contentsOf: copy.appending(path: scores))
                == Data(contentsOf: TinyRun.folder.appending(path: scores))
        )
    }

    @Test("what an archive lacks is trained, and nothing else")
    func otherSettings() throws {
        let (archive, second) = try archive()
        defer { remove(archive) }
        let ending = try run(second, reusing: archive, "--set", "stages.language.steps=7")
        try #require(ending.status == 0, "\(ending.errors)")
        let lines = ending.errors.split(separator: "\n")
        for (stage, action) in [
            ("tokenizer", "run"), ("base", "run"), ("language", "run"), ("math", "run"),
            ("evaluation-base", "share"), ("evaluation-math", "share"), ("evaluation-swap", "run"),
        ] {
            let line = lines.first { $0.hasPrefix("  \(stage) ") }
            #expect(line?.contains(" \(action) ") == true, "\(stage): \(line ?? "no line")")
        }
    }

    @Test("a model that was left out can be asked for")
    func askedFor() throws {
        let (archive, second) = try archive()
        defer { remove(archive) }
        try #require(try run(second, reusing: archive).status == 0)
        let missing = try Program.run("analyze", "change", second.path)
        #expect(missing.status == 1)
        #expect(missing.errors.contains("layerswap train"), "\(missing.errors)")
        let ending = try Program.run(
            "train",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(second.path)",
            "--stage",
            "math"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("\nmath\n") && ending.output.contains("tok/s"))
        #expect(FileManager.default.fileExists(atPath: second.appending(path: "math").path))
    }

    @Test("what is there stays, and what is damaged is not kept")
    func refusals() throws {
        let (archive, second) = try archive()
        defer { remove(archive) }
        let again = try write(archive)
        #expect(again.status == 1)
        #expect(again.errors.contains("archive"), "\(again.errors)")
        try #require(try run(second, reusing: archive).status == 0)
        let scores = second.appending(path: "evaluation-base/scores.json")
        let text = try String(contentsOf: scores, encoding: .utf8)
        // A link to the archive: what is written must not change that.
        try FileManager.default.removeItem(at: scores)
        try Data((text + " ").utf8).write(to: scores)
        let copy = second.deletingLastPathComponent().appending(path: "copy")
        let damaged = try write(copy, of: second)
        #expect(damaged.status == 1)
        #expect(damaged.errors.contains("not what its stage has recorded"), "\(damaged.errors)")
        #expect(!FileManager.default.fileExists(atPath: copy.path))
        let empty = second.deletingLastPathComponent().appending(path: "empty")
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        #expect(try write(copy, of: empty).status != 0)
    }
}
