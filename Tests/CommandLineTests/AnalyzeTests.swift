import Foundation
import Testing

@Suite("analyze, report and check", .serialized)
struct AnalyzeTests {
    /// A copy of the tiny run, analysed.
    private enum Analysed {
        static let folder: URL? = {
            guard TinyRun.ending.status == 0, let root = try? Program.temporaryFolder() else {
                return nil
            }
            let folder = root.appending(path: "run")
            try? FileManager.default.copyItem(at: TinyRun.folder, to: folder)
            return folder
        }()

        static let endings: [String: Program.Ending] = {
            guard let folder else { return [:] }
            let commands: [String: [String]] = [
                "change": [],
                "localize": ["--count", "20", "--groups", "2", "--draws", "3", "--model", "math"],
                "intervene": interventions,
                "line": ["--problems", "12", "--texts", "4", "--weights", "0", "0.5", "1"],
                "representations": ["--count", "40", "--draws", "3"],
            ]
            return commands.reduce(into: [:]) { endings, command in
                let arguments = ["analyze", command.key, folder.path] + command.value
                endings[command.key] = try? Program.start(arguments + ["--json"]).end()
            }
        }()

        static let interventions = [
            "--problems", "12", "--texts", "4", "--count", "20", "--draws", "2", "--factors", "1.1",
        ]

        static let page: String? = {
            guard let folder, endings.count == 5 else { return nil }
            _ = try? Program.run("report", folder.path)
            return try? String(
                contentsOf: folder.appending(path: "report.html"),
                encoding: .utf8
            )
        }()
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        )
    }

    @Test("each analysis prints a table, and one object that its record equals")
    func records() throws {
        let folder = try #require(Analysed.folder)
        #expect(Analysed.endings.count == 5)
        for (verb, ending) in Analysed.endings {
            try #require(ending.status == 0, "\(verb): \(ending.errors)")
            let record = folder.appending(path: "analysis/\(verb).json")
            let stored = try object(String(contentsOf: record, encoding: .utf8))
            let printed = try object(ending.lastLine)
            #expect(stored as NSDictionary == printed as NSDictionary, "\(verb)")
            #expect(
                Set(stored.keys).isSuperset(of: [
                    "analysis", "settings", "inputs", "identity", "seconds", "version", "result",
                ])
            )
            #expect(ending.errors.contains("Recorded in"), "\(verb)")
        }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "analysis").path
        )
        // What was kept to go on with is gone; importance scores stay.
        #expect(Set(names) == Set(Analysed.endings.keys.map { "\($0).json" } + ["importance"]))
    }

    @Test("a line begins and ends with the experts, and its middle is their average")
    func line() throws {
        let folder = try #require(Analysed.folder)
        let record = try object(#require(Analysed.endings["line"]?.lastLine))["result"]
        let points = try #require((record as? [String: Any])?["points"] as? [[String: Any]])
        #expect(points.compactMap { $0["weight"] as? Double } == [0, 0.5, 1])
        for (point, model) in zip(points, ["math", "soup", "language"]) {
            let other = folder.appending(path: "analysis/other/\(model).json")
            let ending = try Program.start(
                [
                    "analyze", "intervene", folder.path, "--model", model, "--no-training",
                    "--json", "--output", other.path,
                ] + Analysed.interventions
            ).end()
            let whole = try object(ending.lastLine)["result"] as? [String: Any]
            let intact = try #require(whole?["intact"] as? NSDictionary, "\(ending.errors)")
            #expect(point["values"] as? NSDictionary == intact, "\(model)")
        }
        let refused = try Program.run(
            "analyze",
            "line",
            folder.path,
            "--weights",
            "0",
            "0.5",
            "--force"
        )
        #expect(refused.status == 1)
        #expect(refused.errors.contains("found 0.0, 0.5, expected three or more numbers"))
    }

    @Test("a record that is there is not made again, unless settings differ or it is forced")
    func reuse() throws {
        let folder = try #require(Analysed.folder)
        #expect(Analysed.endings["change"]?.status == 0)
        let record = folder.appending(path: "analysis/change.json")
        let before = try Data(contentsOf: record)
        let again = try Program.run("analyze", "change", folder.path)
        #expect(again.status == 0)
        #expect(again.output.contains("--force repeats it"))
        #expect(try Data(contentsOf: record) == before)
        let other = try Program.run("analyze", "change", folder.path, "--no-ranks")
        #expect(other.output.contains("Recorded in"), "\(other.errors)")
        #expect(try Data(contentsOf: record) != before)
        _ = try Program.run("analyze", "change", folder.path)
    }

    @Test("interventions that are stopped or killed go on, and give the same numbers")
    func resume() throws {
        let folder = try #require(Analysed.folder)
        let reference = try object(#require(Analysed.endings["intervene"]?.lastLine))["result"]
        let analysis = folder.appending(path: "analysis")
        let output = folder.appending(path: "analysis/other/intervene.json")
        let arguments =
            ["analyze", "intervene", folder.path, "--output", output.path]
            + Analysed.interventions
        for signal in [SIGINT, SIGKILL] {
            let program = try Program.start(arguments)
            let place = output.deletingLastPathComponent()
            program.wait {
                let names = try? FileManager.default.contentsOfDirectory(atPath: place.path)
                let partial = names?.first { $0.hasPrefix(".intervene-") }
                let file = partial.map { place.appending(path: $0) }
                let lines = file.flatMap { try? String(contentsOf: $0, encoding: .utf8) }
                return (lines?.split(separator: "\n").count ?? 0) >= (signal == SIGINT ? 2 : 6)
            }
            program.send(signal)
            let ending = try program.end()
            #expect(signal == SIGKILL || ending.status == 130, "\(ending.errors)")
            #expect(!FileManager.default.fileExists(atPath: output.path))
        }
        let ending = try Program.start(arguments + ["--json"]).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let result = try object(ending.lastLine)["result"]
        #expect(result as? NSDictionary == reference as? NSDictionary)
        // A file of one's own is not written over.
        let twice = try Program.start(arguments + ["--seed", "4"]).end()
        #expect(twice.status == 1)
        #expect(twice.errors.contains("exists; nothing was changed"))
        try FileManager.default.removeItem(at: output.deletingLastPathComponent())
        #expect(FileManager.default.fileExists(atPath: analysis.path))
    }

    @Test("checkpoint folders are analysed as those of the run, with samples of files")
    func checkpoints() throws {
        let folder = try #require(Analysed.folder)
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let record = place.appending(path: "change.json")
        let models = ["base", "language", "math"].flatMap {
            ["--\($0)", folder.appending(path: $0).path]
        }
        let change = try Program.start(
            ["analyze", "change", "--output", record.path, "--json"] + models
        ).end()
        #expect(change.status == 0, "\(change.errors)")
        let own = try object(#require(Analysed.endings["change"]?.lastLine))["result"]
        #expect(try object(change.lastLine)["result"] as? NSDictionary == own as? NSDictionary)
        func write(_ name: String, _ rows: [String]) throws -> String {
            let file = place.appending(path: name)
            try Data(rows.joined(separator: "\n").utf8).write(to: file)
            return file.path
        }
        let math = try write("math.jsonl", (0..<8).map { #"{"text": "12 + \#($0) = 15."}"# })
        let other = try write("other.jsonl", (0..<8).map { #"{"tokens": [1, 5, \#(6 + $0)]}"# })
        let localize = try Program.run(
            "analyze",
            "localize",
            "--checkpoint",
            folder.appending(path: "math").path,
            "--samples",
            "en=\(math),\(other)",
            "--samples",
            "sw=\(other),\(math)",
            "--groups",
            "2",
            "--draws",
            "2",
            "--output",
            place.appending(path: "localize.json").path
        )
        #expect(localize.status == 0, "\(localize.errors)")
        #expect(localize.output.contains("en–sw"))
        let pairs = try write(
            "pairs.jsonl",
            (0..<50).map { #"{"en": "a \#($0) cat", "sw": "paka \#($0)"}"# }
        )
        let states = try Program.run(
            "analyze",
            "representations",
            "--checkpoint",
            folder.appending(path: "math").path,
            "--pairs",
            pairs,
            "--languages",
            "en,sw",
            "--count",
            "50",
            "--draws",
            "2",
            "--output",
            place.appending(path: "states.json").path
        )
        #expect(states.status == 0, "\(states.errors)")
        #expect(states.output.contains("embeddings"))
    }

    @Test("what cannot be analysed is said, with what to do")
    func refusals() throws {
        let folder = try #require(Analysed.folder)
        for (arguments, words, status) in [
            (["change", "nowhere"], "there is no run \"nowhere\"", 1),
            (["localize", folder.path, "--model", "swop"], "nearest known: 'swap'", 1),
            (["localize", folder.path, "--shares", "2"], "share: found 2.0, expected a number", 1),
            (["localize", folder.path, "--groups", "0"], "--groups: found 0", 2),
            (["localize", folder.path, "--count", "0"], "--count: found 0", 2),
            (["localize"], "name either a run or a --checkpoint", 2),
            (["representations", folder.path, "--count", "5"], "--count: found 5, expected 40", 2),
            (["intervene", folder.path, "--share", "0"], "share: found 0.0", 1),
            (["change", "--base", folder.path], "--output is missing", 2),
            (["change", folder.path, "--cell", "seed-9"], "no experiment \"seed-9\"", 1),
        ] as [([String], String, Int32)] {
            let ending = try Program.start(["analyze"] + arguments).end()
            #expect(ending.status == status, "\(arguments): \(ending.errors)")
            #expect(ending.errors.contains(words), "\(arguments): \(ending.errors)")
        }
    }

    @Test("the page stands alone: every part, no address outside, every place that is pointed to")
    func page() throws {
        let page = try #require(Analysed.page)
        for identifier in [
            "run", "result", "tables", "change", "localize", "intervene", "representations",
            "learning", "cost", "again",
        ] {
            #expect(page.contains("<section id=\"\(identifier)\""), "\(identifier)")
            #expect(page.contains("<a href=\"#\(identifier)\">"), "\(identifier)")
        }
        #expect(!page.contains("http://") && !page.contains("https://"))
        #expect(!page.contains(" src="))
        let identifiers = page.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) }
        #expect(Set(identifiers).count == identifiers.count)
        for link in page.matches(of: #/ href="#([^"]+)"/#) {
            #expect(identifiers.contains(String(link.output.1)), "\(link.output.1)")
        }
        // Every picture has words for those who cannot see it, and its numbers.
        let figures = page.components(separatedBy: "<figure>").dropFirst()
        #expect(figures.count > 15)
        for figure in figures {
            #expect(figure.contains("role=\"img\" aria-label=\""))
            #expect(figure.contains("href=\"data:text/csv;charset=utf-8;base64,"))
            #expect(!figure.contains("NaN") && !figure.contains(">nan<"))
        }
        let folder = try #require(Analysed.folder)
        let summary = try String(
            contentsOf: folder.appending(path: "report.md"),
            encoding: .utf8
        )
        #expect(summary.contains("| swap |") && summary.contains("## Analyses"))
    }

    @Test(
        "a browser opens the page without a complaint, on phones and desktops, in light and dark",
        .enabled(if: Browser.program != nil, "no chromium is installed"),
        arguments: [(390, false), (1280, false), (1280, true)]
    )
    func browser(width: Int, isDark: Bool) throws {
        let page = try #require(Analysed.page)
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let probe = """
            <script>
            const dark = matchMedia("(prefers-color-scheme: dark)").matches;
            const wide = document.documentElement.scrollWidth > innerWidth;
            const empty = [...document.querySelectorAll("svg")].filter(
              picture => picture.getBBox().width === 0).length;
            document.title = `dark ${dark} wide ${wide} empty ${empty}`;
            </script>
            """
        let file = place.appending(path: "page.html")
        try Data((page + probe).utf8).write(to: file)
        let visit = try Browser.visit(file, width: width, isDark: isDark)
        #expect(visit.console.isEmpty, "\(visit.console)")
        #expect(visit.document.contains("<title>dark \(isDark) wide false empty 0</title>"))
        // The test itself: a page with an error and a broken reference is noticed.
        try Data((page + "<script>missing()</script><img src=\"none.png\">").utf8).write(to: file)
        #expect(try !Browser.visit(file, width: width).console.isEmpty)
    }

    @Test("two runs side by side: equal runs differ in nothing, and others by what they differ in")
    func comparison() throws {
        let folder = try #require(Analysed.folder)
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let page = place.appending(path: "same.html")
        let same = try Program.run(
            "report",
            folder.path,
            "--compare",
            TinyRun.folder.path,
            "--output",
            page.path
        )
        #expect(same.status == 0, "\(same.errors)")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.contains("differences are paired"))
        #expect(text.contains("Both runs have the same recipe.") || text.contains("Only in"))
        let markdown = try String(contentsOf: place.appending(path: "same.md"), encoding: .utf8)
        let rows = markdown.split(separator: "\n").filter { $0.contains("target math") }
        #expect(rows.count == 5)
        // So much could still differ on problems that 16 did not show: 3.84 / (16 + 3.84).
        for row in rows { #expect(row.contains("0.000 [−0.194, +0.194]"), "\(row)") }
        // Nothing but reports is replaced.
        try Data("mine".utf8).write(to: page)
        let refused = try Program.run(
            "report",
            folder.path,
            "--compare",
            TinyRun.folder.path,
            "--output",
            page.path
        )
        #expect(refused.status == 1 && refused.errors.contains("it is not a report"))
    }

    @Test("check passes a run against itself, and fails when it is worse or something is missing")
    func check() throws {
        let folder = try #require(Analysed.folder)
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let results = folder.appending(path: "results.json")
        let passed = try Program.run("check", folder.path, "--against", results.path)
        #expect(passed.status == 0, "\(passed.errors)")
        #expect(passed.output.contains("Nothing is worse"))
        var table = try object(String(contentsOf: results, encoding: .utf8))
        var origin = try #require(table["origin"] as? [String: String])
        origin["recipe"] = "another"
        let other = place.appending(path: "other.json")
        try JSONSerialization.data(withJSONObject: table.merging(["origin": origin]) { $1 })
            .write(to: other)
        let refused = try Program.run("check", folder.path, "--against", other.path)
        #expect(refused.status == 1 && refused.errors.contains("of the recipe \"another\""))
        var rows = try #require(table["rows"] as? [[String: Any]])
        var metrics = try #require(rows[0]["metrics"] as? [String: [String: Any]])
        metrics["english_math"]?["value"] = 5.0
        rows[0]["metrics"] = metrics
        rows.append(["model": "gone", "metrics": metrics])
        table["rows"] = rows
        let baseline = place.appending(path: "baseline.json")
        try JSONSerialization.data(withJSONObject: table).write(to: baseline)
        let failed = try Program.run("check", folder.path, "--against", baseline.path)
        #expect(failed.status == 1)
        #expect(failed.output.contains("worse") && failed.output.contains("missing"))
        let tolerant = try Program.run(
            "check",
            folder.path,
            "--against",
            baseline.path,
            "--model",
            "base",
            "--tolerance",
            "9"
        )
        #expect(tolerant.status == 0, "\(tolerant.errors)")
        let unknown = try Program.run(
            "check",
            folder.path,
            "--against",
            baseline.path,
            "--metric",
            "target_maths"
        )
        #expect(unknown.status == 1 && unknown.errors.contains("no metric \"target_maths\""))
    }
}
