import Foundation
import Testing

@Suite("Runs, bars and models from anywhere in Studio", .serialized)
struct StudioRunTests {
    /// A folder with language packs, the tiny recipe and a finished run of it, as a package has
    /// them.
    private static func package(in place: URL) throws -> URL {
        let files = FileManager.default
        for name in ["Recipes", "Checkpoints"] {
            try files.createDirectory(
                at: place.appending(path: name),
                withIntermediateDirectories: true
            )
        }
        try files.createSymbolicLink(
            at: place.appending(path: "Data"),
            withDestinationURL: Program.root.appending(path: "Data")
        )
        try files.copyItem(
            at: Program.root.appending(path: "Recipes/tiny.yaml"),
            to: place.appending(path: "Recipes/tiny.yaml")
        )
        let copy = try TinyRun.copy(in: place)
        let run = place.appending(path: "Checkpoints/finished")
        try files.moveItem(at: copy, to: run)
        return run
    }

    @Test("a run is begun in the page, followed to its end, and never begun twice")
    func starting() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try Self.package(in: place)
        let folder = place.appending(path: "Checkpoints").path
        let studio = try RunningStudio(arguments: [run.path, "--folder", folder])
        let text = try String(
            contentsOf: place.appending(path: "Recipes/tiny.yaml"),
            encoding: .utf8
        ).replacing("name: tiny\n", with: "name: mine\n")
        func start(_ recipe: String) throws -> RawRequest.Answer {
            let body = try JSONSerialization.data(withJSONObject: ["recipe": recipe])
            return try studio.post("api/recipes/start", String(decoding: body, as: UTF8.self))
        }
        let started = try start(text)
        #expect(started.status == 200, "\(started.body)")
        let name = try #require(try started.object()["name"] as? String)
        let recipe = place.appending(path: "Recipes/mine.yaml")
        #expect(try String(contentsOf: recipe, encoding: .utf8) == text)
        #expect(try start(text).status == 409)
        let watched = try studio.post("api/runs/watch", #"{"name": "\#(name)"}"#).events
        #expect(watched.last?.name == "done")
        #expect(
            Set(watched.compactMap { $0.data["stage"] as? String }) == ["base", "math", "language"]
        )
        let list = try JSONSerialization.jsonObject(with: Data(studio.get("api/runs").body.utf8))
        let entry = (list as? [[String: Any]])?.first { $0["name"] as? String == name }
        #expect(entry?["state"] as? String == "finished")
        #expect(entry?["table"] is [String: Any])
        // Another recipe of that name would replace this one.
        #expect(try start(text + "\n# changed\n").status == 422)
        #expect(try String(contentsOf: recipe, encoding: .utf8) == text)
    }

    @Test("Ctrl-C waits until a run that was started here has saved its step")
    func stopping() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try Self.package(in: place)
        let folder = place.appending(path: "Checkpoints").path
        let studio = try RunningStudio(arguments: [run.path, "--folder", folder])
        // A step of this many tokens takes longer than programs without work of their own get.
        let text = try String(
            contentsOf: place.appending(path: "Recipes/tiny.yaml"),
            encoding: .utf8
        ).replacing("name: tiny\n", with: "name: mine\n")
            .replacing("tokens_per_batch: 512\n", with: "tokens_per_batch: 500000\n")
            .replacing("validate_every: 10\n", with: "validate_every: 0\n")
            .replacing("checkpoint_every: 10\n", with: "checkpoint_every: 1\n")
        let body = try JSONSerialization.data(withJSONObject: ["recipe": text])
        let started = try studio.post(
            "api/recipes/start",
            String(decoding: body, as: UTF8.self)
        )
        #expect(started.status == 200, "\(started.body)")
        let work = place.appending(path: "Checkpoints/mine/training-base")
        func checkpoints() -> [String] {
            let names = try? FileManager.default.contentsOfDirectory(atPath: work.path)
            return (names ?? []).filter { $0.hasPrefix("step-") }.sorted()
        }
        studio.program.wait { !checkpoints().isEmpty }
        let first = try #require(checkpoints().last)
        // Within the next step.
        usleep(200_000)
        studio.program.send(SIGINT)
        let ending = try studio.program.end()
        #expect(ending.status == 130)
        #expect(ending.errors.contains("are saved; another Ctrl-C"), "\(ending.errors)")
        let last = try #require(checkpoints().last)
        #expect(last > first)
    }

    @Test("what a run says when it cannot start goes into no file that others can choose")
    func privateWords() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try Self.package(in: place)
        let temporary = place.appending(path: "temporary")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
        let mine = place.appending(path: "mine.txt")
        try Data("mine".utf8).write(to: mine)
        let link = "layerswap-studio-mine.log"
        try FileManager.default.createSymbolicLink(
            at: temporary.appending(path: link),
            withDestinationURL: mine
        )
        let studio = try RunningStudio(arguments: [run.path], temporary: temporary)
        let source = "english-problems: {source: problems, language: english"
        let text = try String(
            contentsOf: place.appending(path: "Recipes/tiny.yaml"),
            encoding: .utf8
        ).replacing("name: tiny\n", with: "name: mine\n")
            .replacing(source, with: source + ", file: none.jsonl, format: gsm8k")
            .appending("data: {folder: nowhere}\n")
        let body = try JSONSerialization.data(withJSONObject: ["recipe": text])
        let started = try studio.post(
            "api/recipes/start",
            String(decoding: body, as: UTF8.self)
        )
        #expect(started.status != 200 && started.body.contains("data.folder"), "\(started.body)")
        #expect(try String(contentsOf: mine, encoding: .utf8) == "mine")
        let left = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
        #expect(left.filter { $0.hasPrefix("layerswap-studio-") } == [link])
    }

    @Test(
        "bars are measured on demand while models are asked, and are the run's records",
        arguments: ["change", "sets", "states"]
    )
    func bars(kind: String) throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let studio = try RunningStudio(TinyRun.copy(in: place))
        #expect(try studio.get("api/bars").object()[kind] == nil)
        let events = try studio.post("api/bars/compute", #"{"kind": "\#(kind)"}"#).events
        #expect(events.contains { $0.name == "progress" } && events.last?.name == "done")
        let found = try #require(studio.get("api/bars").object()[kind] as? [String: Any])
        let series: [[Double]]
        switch kind {
        case "change": series = ["math", "language"].compactMap { found[$0] as? [Double] }
        case "states": series = [try #require(found["alike"] as? [Double])]
        default:
            let share = try #require(found["share"] as? [String: [Double]])
            #expect(Set(share.keys) == ["en", "sw"])
            // What lies in each layer adds up to the whole set.
            for values in share.values { #expect(abs(values.reduce(0, +) - 1) < 1e-9) }
            series = share.values + [try #require(found["overlap"] as? [Double])]
        }
        #expect(series.count >= 1 && series.allSatisfy { $0.count == 4 })
        #expect(series.joined().contains { $0 > 0 })
        // The program takes it for its own record.
        let again = try Program.run(
            "analyze",
            ["change": "change", "sets": "localize", "states": "representations"][kind] ?? "",
            place.appending(path: "run").path,
            "--json"
        )
        #expect(again.status == 0, "\(again.errors)")
        let unknown = try studio.post("api/bars/compute", #"{"kind": "line"}"#)
        #expect(unknown.status == 400 && unknown.body.contains("change, sets, states"))
    }

    @Test("nothing is measured in a run that another process works on, or that has gone")
    func takenRun() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        let studio = try RunningStudio(run)
        let other = try Program.start([
            "run", "Recipes/tiny.yaml", "--set", "output=\(run.path)",
            "--set", "stages.base.steps=1000000",
        ])
        // The plan is printed once the run holds its folder.
        other.wait { (other.output + other.errors).contains("to do") }
        let events = try studio.post("api/bars/compute", #"{"kind": "change"}"#).events
        #expect(events.last?.name == "failed", "\(events)")
        other.send(SIGKILL)
        _ = try other.end()
        try FileManager.default.removeItem(at: run)
        let gone = try studio.post(
            "api/variants/name",
            #"{"name": "late", "setting": {"method": "layer-swap"}}"#
        )
        #expect(gone.status == 410)
    }

    @Test("runs are listed and followed, and a new recipe is filled in and checked by line")
    func runs() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        let studio = try RunningStudio(arguments: [run.path, "--folder", place.path])
        let list = try JSONSerialization.jsonObject(with: Data(studio.get("api/runs").body.utf8))
        let entry = try #require((list as? [[String: Any]])?.first)
        #expect(entry["state"] as? String == "finished" && entry["open"] as? Bool == true)
        let name = try #require(entry["name"] as? String)
        let watched = try studio.post("api/runs/watch", #"{"name": "\#(name)"}"#).events
        let curves = watched.filter { $0.name == "curve" }
        #expect(Set(curves.map { $0.data["stage"] as? String }) == ["base", "language", "math"])
        #expect(watched.last?.name == "done")
        // Nothing works on it, and no other folder can be named.
        #expect(try studio.post("api/runs/stop", #"{"name": "\#(name)"}"#).status == 422)
        #expect(try studio.post("api/runs/stop", #"{"name": "/etc"}"#).status == 404)
        let text = "name: mine\nlanguages: {target: te}\nstages: {bas: {steps: 1}}\n"
        func check(_ recipe: String) throws -> [String: Any] {
            let body = try JSONSerialization.data(withJSONObject: ["recipe": recipe])
            return try studio.post("api/recipes/check", String(decoding: body, as: UTF8.self))
                .object()
        }
        let wrong = try check(text)
        #expect(wrong["problem"] is String && wrong["effective"] == nil)
        let recipe = try String(
            contentsOf: Program.root.appending(path: "Recipes/tiny.yaml"),
            encoding: .utf8
        )
        #expect(try check(recipe)["effective"] is String)
        let misspelt = try check(recipe.replacing("model:", with: "modle:"))
        let line = recipe.split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.hasPrefix("model:") }
        #expect(misspelt["line"] as? Int == line.map { $0 + 1 })
        // Nothing is written outside of the folder of runs.
        let elsewhere = try check(recipe + "\noutput: /tmp/elsewhere\n")
        #expect((elsewhere["problem"] as? String)?.contains("output") == true)
    }

    @Test("models from anywhere are built and exported, and asked where a recipe has problems")
    func ownModels() throws {
        let models = ["base", "math", "language"].flatMap {
            ["--\($0)", TinyRun.folder.appending(path: $0).path]
        }
        let silent = try RunningStudio(arguments: models)
        let overview = try silent.get("api/studio").object()
        #expect(overview["canAsk"] as? Bool == false && overview["canWrite"] as? Bool == false)
        #expect((overview["reason"] as? String)?.contains("--recipe") == true)
        #expect(
            try silent.post("api/plan", #"{"setting": \#(StudioServerTests.swap)}"#).status == 200
        )
        // They belong to no run, and yet it can be seen how far they have moved.
        let bars = try silent.post("api/bars/compute", #"{"kind": "change"}"#).events
        #expect(bars.last?.name == "done", "\(bars)")
        let change = try silent.get("api/bars").object()["change"] as? [String: [Double]]
        #expect(change?["math"]?.count == 4)
        let sets = try silent.post("api/bars/compute", #"{"kind": "sets"}"#).events
        #expect(sets.map(\.name) == ["failed"])
        let refused = try silent.post("api/evaluate", #"{"model": "base", "problems": 50}"#)
        #expect(refused.events.map(\.name) == ["failed"])
        let asked = try RunningStudio(arguments: models + ["--recipe", "Recipes/tiny.yaml"])
        let run = try RunningStudio(TinyRun.folder)
        let question = #"{"setting": \#(StudioServerTests.swap), "problems": 50}"#
        func replies(_ studio: RunningStudio) throws -> [String] {
            try studio.post("api/evaluate", question).events.filter { $0.name == "answers" }
                .flatMap { $0.data["answers"] as? [[String: Any]] ?? [] }
                .map { "\($0["right"] ?? "") \($0["reply"] ?? "")" }
        }
        // The same models are asked the same, wherever they come from.
        let expected = try replies(run)
        #expect(try expected.count == 100 && replies(asked) == expected)
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = place.appending(path: "more.yaml")
        try Data(
            """
            extends: \(Program.root.path)/Recipes/tiny.yaml
            name: more
            evaluation: {bystanders: {te: {problems: 5}}}
            """.utf8
        ).write(to: recipe)
        let third = try RunningStudio(arguments: models + ["--recipe", recipe.path])
        let telugu = try third.post("api/draw", #"{"language": "te"}"#).object()
        let letters = (telugu["question"] as? String ?? "").unicodeScalars
        #expect(letters.contains { (0x0C00...0x0C7F).contains($0.value) }, "\(telugu)")
        #expect(telugu["translation"] is String)
        let foreign = try third.post("api/draw", #"{"language": "ja"}"#)
        #expect(foreign.status == 400 && foreign.body.contains("english, target, te"))
        let incomplete = try Program.run("studio", "--base", "tiny/base")
        #expect(incomplete.status == 2 && incomplete.errors.contains("--math and --language"))
    }
}
