import Foundation
import Recipes
import Testing

@Suite("What is there stays, whatever a verb must write", .serialized)
struct OutputSafetyTests {
    private let folder: URL
    private let run: URL
    private let manager = FileManager.default

    init() throws {
        folder = try Program.temporaryFolder()
        run = try TinyRun.copy(in: folder)
        try manager.createDirectory(
            at: url("theirs/empty"),
            withIntermediateDirectories: true
        )
        try Data("years of work".utf8).write(to: url("theirs/thesis.txt"))
        for (link, target) in [("to-math", "run/math"), ("to-run", "run"), ("to-none", "run/x")] {
            try manager.createSymbolicLink(atPath: url(link).path, withDestinationPath: target)
        }
    }

    private func url(_ path: String) -> URL { folder.appending(path: path) }
    private func path(_ path: String) -> String { url(path).path }

    /// Every file with its bytes, without what SQLite makes beside a database that is read.
    private func everything() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try manager.subpathsOfDirectory(atPath: folder.path)
        where !name.contains("runs.sqlite-") {
            files[name] = (try? Data(contentsOf: url(name))) ?? Data()
        }
        return files
    }

    /// The program with a fresh copy of everything at hand: refused, and nothing is changed.
    private func refused(
        _ arguments: [String],
        _ expected: String,
        in working: URL? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try everything()
        let ending = try Program.start(arguments, in: working ?? folder).end()
        let text = "\(arguments.joined(separator: " "))\n\(ending.errors)"
        #expect(ending.status == 1, "\(text)", sourceLocation: sourceLocation)
        #expect(ending.errors.contains(expected), "\(text)", sourceLocation: sourceLocation)
        #expect(ending.output == "", "\(text)\(ending.output)", sourceLocation: sourceLocation)
        let after = try everything()
        #expect(
            Set(after.keys) == Set(before.keys) && after == before,
            "\(text)",
            sourceLocation: sourceLocation
        )
    }

    private func done(
        _ arguments: [String],
        in working: URL? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Program.Ending {
        let ending = try Program.start(arguments, in: working ?? folder).end()
        #expect(
            ending.status == 0,
            "\(arguments.joined(separator: " "))\n\(ending.errors)",
            sourceLocation: sourceLocation
        )
        return ending
    }

    @Test("merge")
    func merge() throws {
        defer { try? manager.removeItem(at: folder) }
        let inputs = ["merge", "--math", path("run/math"), "--language", path("run/language")]
        for (output, expected) in [
            ("run/math", "is the model 'math'"), ("run/language/", "is the model 'language'"),
            ("to-math", "is the model 'math'"), ("to-run/math", "is the model 'math'"),
            ("run", "holds the model"), (".", "holds the model"), ("..", "holds the model"),
            ("/", "holds the model"), ("to-run", "holds the model"),
            ("run/math/new", "lies inside the model 'math'"),
            ("to-math/a/b", "lies inside the model 'math'"),
            ("theirs", "no provenance.json of LayerSwap"), ("run/soup", "result of the stage"),
            ("run/base", "result of the stage base"), ("theirs/thesis.txt", "expected a folder"),
            ("theirs/thesis.txt/new", "expected a folder"), (NSHomeDirectory(), "your home folder"),
        ] {
            try refused(inputs + ["-o", output, "--force"], expected)
        }
        for output in ["theirs", "theirs/empty", "run/soup"] {
            try refused(inputs + ["-o", output], "replace it with --force")
        }
        // A link as an input.
        let linked = ["merge", "--math", "to-math", "--language", path("run/language")]
        try refused(linked + ["-o", "run/math", "--force"], "is the model 'math'")
        // The base is read too, and what a file names.
        try refused(inputs + ["--base", "run/base", "-o", "run/base"], "is the model 'base'")
        let file = url("theirs/merge.yaml")
        try Data(
            """
            merge: {method: average, experts: {math: ../run/math, language: ../run/language}}
            output: ../run/math
            """.utf8
        ).write(to: file)
        try refused(["merge", file.path, "--force"], "is the model 'math'")
        try refused(
            ["merge", file.path, "--to", "theirs", "--force"],
            "holds the file of the merge"
        )

        let first = try done(inputs + ["-o", "theirs/empty", "--force", "--quiet"])
        #expect(first.errors.contains("replacing theirs/empty, which is empty"))
        try refused(inputs + ["-o", "theirs/empty"], "replace it with --force")
        let second = try done(inputs + ["-o", "theirs/empty", "--force", "--quiet"])
        #expect(second.errors.contains("replacing theirs/empty, a merged model of 8 files"))
        try Data("mine".utf8).write(to: url("theirs/empty/notes.txt"))
        try refused(inputs + ["-o", "theirs/empty", "--force"], "notes.txt in it was not written")
        try manager.removeItem(at: url("theirs/empty/notes.txt"))
        try Data("{}".utf8).write(to: url("theirs/empty/config.json"))
        try refused(inputs + ["-o", "theirs/empty", "--force"], "config.json in it was changed")
    }

    @Test("run, train and tokenizer train")
    func runs() throws {
        defer { try? manager.removeItem(at: folder) }
        let recipe = Program.root.appending(path: "Recipes/tiny.yaml").path
        for verb in [["run"], ["train", "--stage", "base"], ["tokenizer", "train"]] {
            for (output, expected) in [
                ("/", "the root of the file system"), (NSHomeDirectory(), "your home folder"),
                (".", "holds no run"), ("theirs", "holds no run"), ("run/math", "holds no run"),
                ("run/math/x", "inside of the run"), ("to-math/x", "inside of the run"),
                ("theirs/thesis.txt", "expected a folder"),
                ("theirs/thesis.txt/x", "expected a folder"),
            ] {
                try refused(verb + [recipe, "--force", "--set", "output=\(output)"], expected)
            }
            try refused(
                verb + ["run/recipe.yaml", "--set", "output=run", "--set", "seed=3"],
                "would write over the recipe"
            )
        }
        let swept = ["--set", "sweep={seed: [1, 2]}", "--set"]
        try refused(["run", recipe] + swept + ["output=theirs"], "holds no run")
    }

    @Test("evaluate --records")
    func evaluate() throws {
        defer { try? manager.removeItem(at: folder) }
        let recipe = Program.root.appending(path: "Recipes/tiny.yaml").path
        let verb = ["evaluate", "run/soup", "--recipe", recipe, "--records"]
        for (output, expected) in [
            ("run/soup", "is the model"), ("run", "holds the model"), ("to-run", "holds the model"),
            ("run/soup/records", "lies inside the model"), ("theirs", "exists already"),
            ("theirs/empty", "exists already"), ("theirs/thesis.txt", "expected a folder"),
            ("theirs/thesis.txt/x", "expected a folder"), (recipe, "is the recipe"),
        ] {
            try refused(verb + [output], expected)
        }
    }

    @Test("report")
    func report() throws {
        defer { try? manager.removeItem(at: folder) }
        let other = try TinyRun.copy(in: url("theirs"))
        for verb in [["report", "run"], ["report", "run", "--compare", other.path]] {
            for (output, expected) in [
                ("run/results.json", "is results.json of the run"),
                ("run/base/page.html", "lies inside base of the run"),
                ("to-math/page.html", "lies inside math of the run"),
                ("run/earlier/page.html", "lies inside earlier of the run"),
                ("run/recipe.yaml", "is recipe.yaml of the run"),
                ("theirs/thesis.txt", "it is not a report"),
                ("theirs/thesis.html", "thesis.md is not replaced"),
                ("theirs/empty", "is a folder"),
                ("theirs/thesis.txt/x.html", "expected a folder"),
                ("run/report.md", "name of the summary"),
            ] {
                if output == "theirs/thesis.html" {
                    try Data("mine".utf8).write(to: url("theirs/thesis.md"))
                }
                try refused(verb + ["--output", output], expected)
            }
            _ = try done(verb)
            _ = try done(verb)
            _ = try done(verb + ["--output", "page.html"])
            _ = try done(verb + ["--output", "page.html"])
        }
    }

    @Test("runs export")
    func export() throws {
        defer { try? manager.removeItem(at: folder) }
        let verb = ["runs", "export", "run", "--output"]
        for (output, expected) in [
            ("run/results.json", "is results.json of the run"),
            ("run/runs.sqlite", "is runs.sqlite of the run"),
            ("to-run/run.json", "is run.json of the run"),
            ("run/base/out.csv", "lies inside base of the run"),
            ("theirs/thesis.txt", "it is not an export"), ("theirs", "expected a file"),
            ("theirs/thesis.txt/out.csv", "expected a folder"),
        ] {
            try refused(verb + [output, "--force"], expected)
        }
        try refused(verb + ["theirs/thesis.txt"], "exists already")
        for (number, format) in ["csv", "json", "csv"].enumerated() {
            let ending = try done(verb + ["out", "--force", "--format", format])
            #expect(ending.errors.contains("replacing out") == (number > 0))
        }
        try refused(verb + ["out"], "replace an earlier export with --force")
    }

    @Test("analyze --output, of runs and of checkpoints")
    func analyze() throws {
        defer { try? manager.removeItem(at: folder) }
        let models = ["base", "language", "math"].flatMap { ["--\($0)", "run/\($0)"] }
        try Data("{\"text\": \"x\"}\n".utf8).write(to: url("sample.jsonl"))
        let samples = ["--samples", "en=sample.jsonl,sample.jsonl"]
        let verbs = [
            ["change", "run"], ["localize", "run"], ["intervene", "run"],
            ["representations", "run"], ["change"] + models,
            ["localize", "--checkpoint", "run/math"] + samples,
            ["representations", "--checkpoint", "run/math", "--pairs", "sample.jsonl"]
                + ["--languages", "en,sw"],
        ].map { ["analyze"] + $0 }
        for verb in verbs {
            for (output, expected) in [
                ("run/math/config.json", "run/math"), ("run/math/new.json", "lies inside"),
                ("to-math/new.json", "lies inside"), ("theirs/thesis.txt", "it is not a record"),
                ("theirs", "expected a file"), ("theirs/thesis.txt/x.json", "expected a folder"),
            ] {
                try refused(verb + ["--output", output, "--force"], expected)
            }
            try refused(verb + ["--output", "theirs/thesis.txt"], "nothing was changed")
        }
        try refused(verbs[5] + ["--output", "sample.jsonl", "--force"], "is a sample")
        try refused(
            verbs[0] + ["--output", "run/results.json", "--force"],
            "results.json of the run"
        )
        // One record after the other in one file, but no other kind of record over it.
        _ = try done(verbs[4] + ["--output", "record.json", "--no-ranks"])
        _ = try done(verbs[4] + ["--output", "record.json", "--no-ranks"])
        try refused(verbs[4] + ["--output", "record.json"], "exists; nothing was changed")
        let forced = try done(verbs[4] + ["--output", "record.json", "--force"])
        #expect(forced.errors.contains("replacing record.json"))
        try refused(verbs[5] + ["--output", "record.json", "--force"], "it is not a record")
        // The run's own record that nobody can read is not lost without being asked for.
        try manager.createDirectory(at: url("run/analysis"), withIntermediateDirectories: true)
        try Data("half a rec".utf8).write(to: url("run/analysis/change.json"))
        // The language packs are found from the package.
        let root = Program.root
        let change = ["analyze", "change", run.path]
        try refused(change, "make the record again with --force", in: root)
        try refused(["analyze", run.path], "make the record again with --force", in: root)
        _ = try done(change + ["--force", "--no-ranks"], in: root)
    }

    @Test("copy")
    func copy() throws {
        defer { try? manager.removeItem(at: folder) }
        let recipe = url("mine.yaml")
        try manager.copyItem(at: Program.root.appending(path: "Recipes/tiny.yaml"), to: recipe)
        try manager.createSymbolicLink(
            atPath: path("link.yaml"),
            withDestinationPath: "mine.yaml"
        )
        try manager.createSymbolicLink(
            atPath: path("dangling.yaml"),
            withDestinationPath: "theirs/x"
        )
        for (copy, expected) in [
            ("mine.yaml", "exists"), ("link.yaml", "exists"), ("theirs/thesis.txt", "exists"),
            ("theirs", "exists"), ("theirs/thesis.txt/x.yaml", "expected a folder"),
        ] {
            try refused(["copy", "mine.yaml", copy], expected)
        }
        _ = try done(["copy", "mine.yaml", "new/copy.yaml"])
        try refused(["copy", "mine.yaml", "new/copy.yaml"], "exists")
    }

    @Test("benchmarks check charts, interpreters and measurements before they measure")
    func benchmarks() throws {
        defer { try? manager.removeItem(at: folder) }
        try Data("exit 0\n".utf8).write(to: url("script.py"))
        for chart in ["theirs/thesis.txt", "run/results.json"] {
            try refused(["benchmark", "scaling", "--chart", chart], "it is not a chart")
        }
        try refused(["benchmark", "scaling", "--chart", "theirs"], "expected a file")
        let peer = ["benchmark", "peer", "script.py", "--python"]
        try refused(peer + ["nope"], "--python: found \"nope\"")
        try refused(peer + ["./theirs"], "--python: found")
        try refused(
            ["benchmark", "merge", "--peer", "script.py", "--python", "nope"],
            "--python: found \"nope\""
        )
        try refused(
            ["benchmark", "merge", "--folder", "theirs/thesis.txt"],
            "expected a folder"
        )
        for verb in ["train", "generate", "merge", "kernels", "scaling"] {
            try refused(
                ["benchmark", verb, "--compare", "theirs/thesis.txt"],
                "holds no measurement"
            )
        }
    }

    @Test("a benchmark of merges leaves what is in its folder")
    func mergeBenchmark() throws {
        defer { try? manager.removeItem(at: folder) }
        let place = url("models")
        try manager.createDirectory(
            at: place.appending(path: "output"),
            withIntermediateDirectories: true
        )
        try Data("mine".utf8).write(to: place.appending(path: "output/thesis.txt"))
        try Data("mine".utf8).write(to: place.appending(path: "mergekit.yaml"))
        _ = try done([
            "benchmark", "merge", "--gigabytes", "0.001", "--rounds", "1", "--methods", "average",
            "--folder", place.path,
        ])
        let names = try manager.contentsOfDirectory(atPath: place.path).sorted()
        #expect(names == ["base", "language", "math", "mergekit.yaml", "output"])
        #expect(manager.fileExists(atPath: place.appending(path: "output/thesis.txt").path))
    }

    @Test("a finished run has no file whose name a stage could take")
    func names() throws {
        defer { try? manager.removeItem(at: folder) }
        _ = try done(["report", "run"])
        let models = ["base", "math", "language", "soup", "swap"]
        for name in try manager.contentsOfDirectory(atPath: run.path) {
            #expect(RunFolder.isReserved(name) || models.contains(name), "\(name)")
        }
    }

    @Test("a result on its way back that an older version left is no obstacle")
    func returning() throws {
        defer { try? manager.removeItem(at: folder) }
        let recipe = Program.root.appending(path: "Recipes/tiny.yaml").path
        let verb = ["run", recipe, "--set", "output=\(run.path)"]
        _ = try done(verb + ["--set", "stages.math.steps=18"])
        try manager.createDirectory(
            at: run.appending(path: "earlier/.math-returning"),
            withIntermediateDirectories: true
        )
        let back = try done(verb)
        #expect(back.output.contains(#/math +bring back/#))
        #expect(back.output.contains(#/swap +bring back/#))
        #expect(!back.output.contains(#/\n[a-z-]+ +run +/#), "\(back.output)")
        let names = try manager.contentsOfDirectory(atPath: run.appending(path: "earlier").path)
        #expect(!names.contains { $0.hasPrefix(".") })
    }
}
