import Foundation
import Testing

@Suite("Analyses of a checkpoint in several languages")
struct CheckpointAnalysisTests {
    private struct Place {
        let model: ForeignFolder
        let data: URL

        init() throws {
            model = try ForeignFolder(positions: 96)
            data = try Program.temporaryFolder()
            for (code, words) in [("en", "Tim has"), ("de", "Tim hat"), ("sw", "Tim ana")] {
                let questions = (0..<60).map {
                    #"{"id": "q-\#($0)", "question": "\#(words) \#($0) and \#($0 + 3)."}"#
                }
                try write(questions, "\(code).jsonl")
                try write(
                    (0..<40).map { #"{"text": "\#(words) no \#($0)"}"# },
                    "\(code)-text.jsonl"
                )
            }
        }

        func write(_ lines: [String], _ name: String) throws {
            try Data((lines.joined(separator: "\n") + "\n").utf8)
                .write(to: data.appending(path: name))
        }

        func path(_ name: String) -> String { data.appending(path: name).path }

        var problems: [String] {
            ["en", "de", "sw"].flatMap { ["--questions", "\($0)=\(path("\($0).jsonl"))"] }
        }

        var languages: [String] {
            problems + ["en", "de"].flatMap { ["--text", "\($0)=\(path("\($0)-text.jsonl"))"] }
                + ["--numberless", "sw=\(path("sw.jsonl"))"]
        }

        func analyze(_ kind: String, _ flags: [String], to record: String) throws -> Program.Ending
        {
            try Program.start(
                ["analyze", kind, "--checkpoint", model.url.path, "--output", path(record)] + flags
            ).end()
        }

        func remove() {
            model.remove()
            try? FileManager.default.removeItem(at: data)
        }
    }

    private func result(_ url: URL) throws -> [String: Any] {
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        return try #require(file?["result"] as? [String: Any])
    }

    @Test("sets, claims, pruning, states and the page of all of them")
    func all() throws {
        let place = try Place()
        defer { place.remove() }
        let settings = [
            "--count", "10", "--groups", "5", "--draws", "2", "--shares", "0.05", "--resamples",
            "10",
        ]
        let sets = try place.analyze("localize", place.languages + settings, to: "sets.json")
        #expect(sets.status == 0, "\(sets.errors)")
        #expect(sets.output.contains("languages share more than chance gives"), "\(sets.output)")
        let record = place.data.appending(path: "sets.json")
        let whole = try result(record)
        let source = try #require(whole["source"] as? String)
        #expect(source.hasSuffix("sw: sw.jsonl and questions of sw.jsonl without their numbers"))
        // The norms of each language are kept: without its record the analysis is the same again.
        let norms = try FileManager.default.contentsOfDirectory(atPath: place.path("sets.norms"))
        #expect(norms.count == 3)
        try FileManager.default.removeItem(at: record)
        let again = try place.analyze("localize", place.languages + settings, to: "sets.json")
        #expect(again.status == 0 && !again.errors.contains("reading en"))
        #expect(try result(record) as NSDictionary == whole as NSDictionary)

        let pruning = try place.analyze(
            "intervene",
            place.languages + [
                "--count", "10", "--problems", "8", "--texts", "8", "--draws", "1", "--factors",
                "1.1",
            ],
            to: "pruning.json"
        )
        #expect(pruning.status == 0, "\(pruning.errors)")
        let intact = try #require(
            try result(place.data.appending(path: "pruning.json"))["intact"] as? [String: Any]
        )
        #expect(intact.count == 6 && intact["sw_math_bits_per_byte"] != nil)

        let states = try place.analyze(
            "representations",
            place.problems + ["--count", "50", "--draws", "3"],
            to: "states.json"
        )
        #expect(states.status == 0, "\(states.errors)")
        let models = try result(place.data.appending(path: "states.json"))["models"]
        #expect((models as? [Any])?.count == 3)

        let page = try Program.run(
            "analyze",
            "page",
            place.path("sets.json"),
            place.path("pruning.json"),
            place.path("states.json"),
            "--output",
            place.path("page.html")
        )
        #expect(page.status == 0, "\(page.errors)")
        let html = try String(
            contentsOf: place.data.appending(path: "page.html"),
            encoding: .utf8
        )
        for words in [
            "Where mathematics lies (sets)", "English has the largest set", "sw math bits per byte",
            "Translations found by layer",
            "Weights of mathematics pruned, language by language",
        ] { #expect(html.contains(words), "\(words)") }
        let tables = try String(contentsOf: place.data.appending(path: "page.md"), encoding: .utf8)
        for words in [
            "## Where mathematics lies (sets)", "| 0.05 | English has the largest set | ",
            "weights, sw |", "| prune sw math set | ", "found most behind |", "| en–sw | ",
            "| embeddings | ",
        ] { #expect(tables.contains(words), "\(words)\n\(tables)") }
        let wrong = try Program.run(
            "analyze",
            "page",
            place.path("en.jsonl"),
            "--output",
            place.path("other.html")
        )
        #expect(wrong.status == 1 && wrong.errors.contains("en.jsonl"))
        let over = try Program.run(
            "analyze",
            "page",
            place.path("sets.json"),
            "--output",
            place.path("sets.json")
        )
        #expect(over.status != 0 && over.errors.contains("is a record"), "\(over.errors)")
    }

    @Test("wrong files and languages are refused with what to do")
    func refused() throws {
        let place = try Place()
        defer { place.remove() }
        let one = ["--questions", "en=\(place.path("en.jsonl"))"]
        let text = ["--text", "en=\(place.path("en-text.jsonl"))"]
        for (kind, flags, expected) in [
            ("localize", one, "en has no other text: add --text en=FILE or --numberless en=FILE"),
            ("localize", one + text + ["--text", "fr=x"], "fr has other text and no problems"),
            ("localize", one + one + text, "the language en is named twice"),
            ("localize", ["--questions", "a/b=x"], "expected CODE=FILE"),
            ("localize", [], "add --samples, or --questions with --text"),
            (
                "localize", ["--questions", "en=\(place.path("en-text.jsonl"))"] + text,
                "expected a text in 'question'"
            ),
            ("representations", one, "found one language, expected two or more"),
            ("intervene", [], "--checkpoint and --questions belong together"),
            (
                "intervene", one + text + ["--count", "10", "--problems", "50"],
                "found 40 texts for en_math_bits_per_byte behind the samples"
            ),
        ] {
            let ending = try place.analyze(kind, flags, to: "record.json")
            #expect(ending.status != 0 && ending.errors.contains(expected), "\(ending.errors)")
        }
    }
}
