import Checkpointing
import Foundation
import RecipeTestSupport
import RunRecords
import Testing

@Suite("The catalogue of runs")
struct RunCatalogueTests {
    /// A run folder that was made before there were databases.
    private func oldRun(in folder: URL) throws {
        try RunStore(folder: folder).open(recipe: "older")
        let tokenizer = ContentHash.of(text: "tokenizer")
        let records = [
            StageRecord(
                stage: "tokenizer",
                identity: tokenizer,
                facts: "stage: tokenizer\n",
                seconds: 2,
                outputs: [:]
            ),
            StageRecord(
                stage: "base",
                identity: ContentHash.of(text: "base"),
                facts: "stage: base\ninput tokenizer: \(tokenizer)\ntraining:\n  steps: 3\n",
                seconds: 40,
                outputs: [:]
            ),
        ]
        for record in records { try write(record, to: folder.appending(path: record.stage)) }
        var unfinished = records[1]
        unfinished.stage = "math"
        try write(unfinished, to: folder.appending(path: "training-math"))
        try write(records[1], to: folder.appending(path: "training-base"))
        let metrics = """
            {"kind":"step","step":1,"values":{"averageLoss":3.5,"loss":3.5,"tokens":100,"seconds":1}}
            {"kind":"step","step":2,"values":{"averageLoss":3.25,"loss":3,"tokens":90,"seconds":2}}
            {"kind":"validation","step":1,"values":{"loss":3.0,"isBest":true}}
            {"kind":"validation","step":2,"values":{"loss":3.125,"isBest":false}}
            {"kind":"step","st
            """
        for name in ["base", "training-math"] {
            let file = folder.appending(path: name).appending(path: "metrics.jsonl")
            try Data(metrics.utf8).write(to: file)
        }
    }

    private func write(_ record: StageRecord, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: StageRecord.fileName)
        try JSONEncoder().encode(record).write(to: file)
    }

    @Test("a run without a database is read from the records of its stages")
    func older() throws {
        let folder = try DatabaseFolder()
        try oldRun(in: folder.url)
        let overview = try RunOverview(of: folder.url)
        #expect(!overview.hasDatabase)
        #expect(overview.stages.map(\.name) == ["tokenizer", "base", "math"])
        #expect(overview.stages.map(\.status) == [.finished, .finished, .stopped])
        let base = overview.stages[1]
        #expect(base.inputs == ["tokenizer": ContentHash.of(text: "tokenizer")])
        #expect(base.kind == .training && base.seconds == 40)
        #expect(base.cost == .init(tokens: 190, steps: 2))
        #expect(
            base.figures == ["loss": 3.25, "validation_loss": 3.125, "best_validation_loss": 3]
        )
        #expect(overview.stages[2].seconds == 3)
        let summary = overview.summary
        #expect(summary.recipe == "older" && summary.state == .incomplete)
        #expect(summary.stages == 2 && summary.cells == 1 && summary.seconds == 42)
        #expect(summary.evaluations == nil)
        try Data("{}".utf8).write(to: folder.url.appending(path: "results.json"))
        #expect(RunSummary(of: folder.url).state == .complete)
    }

    @Test("a summary counts what is there, and says how the last run ended")
    func summary() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts, at: Example.moment).id
        for (cell, facts) in [("seed=1", "a"), ("seed=2", "b"), ("seed=2", "c")] {
            var stage = Example.stage(facts, facts: facts)
            stage.cell = cell
            try database.upsert(stage, by: run)
        }
        _ = try database.store(Example.evaluation(cell: "seed=3"))
        let killed = RunSummary(of: folder.url)
        #expect(killed.state == .interrupted)
        #expect(killed.cells == 3 && killed.stages == 3 && killed.evaluations == 1)
        #expect(abs(killed.seconds - (3 * 12.34 + 0.5)) < 1e-9)
        #expect(killed.recipe == "tiny" && killed.started == Example.moment)
        do {
            let lock = try RunLock(folder: folder.url)
            #expect(RunSummary(of: folder.url).state == .running)
            withExtendedLifetime(lock) {}
        }
        #expect(RunSummary(of: folder.url).state == .interrupted)
        try database.finish(run: run, .failed, message: "no space")
        let failed = RunSummary(of: folder.url)
        #expect(failed.state == .failed && failed.message == "no space")
    }

    @Test("a damaged database is reported in its line, and its records stand in")
    func damaged() throws {
        let folder = try DatabaseFolder()
        try oldRun(in: folder.url)
        try Data(String(repeating: "no database ", count: 999).utf8).write(to: folder.file)
        let summary = RunSummary(of: folder.url)
        #expect(summary.state == .unreadable)
        #expect(summary.message?.contains("is damaged") == true)
        #expect(summary.stages == 2)
        #expect(throws: RunDatabaseError.self) { _ = try RunOverview(of: folder.url) }
    }

    @Test("runs are found by path, by name and by recipe, and what lies in them is no run")
    func find() throws {
        let folder = try DatabaseFolder()
        for name in ["one", "deep/two"] {
            try oldRun(in: folder.url.appending(path: name))
        }
        try oldRun(in: folder.url.appending(path: "one/earlier/inner"))
        let catalogue = RunCatalogue(folder: folder.url)
        func names(_ urls: [URL]) -> [String] {
            urls.map { String($0.path.dropFirst(folder.url.standardizedFileURL.path.count + 1)) }
        }
        #expect(names(catalogue.folders()) == ["deep/two", "one"])
        #expect(try names([catalogue.find("deep/two")]) == ["deep/two"])
        #expect(try names([catalogue.find(folder.url.appending(path: "one").path)]) == ["one"])
        #expect {
            _ = try catalogue.find("ome")
        } throws: {
            "\($0)".contains("nearest known: 'one'; known: deep/two, one")
        }
        #expect {
            _ = try RunCatalogue(folder: folder.url.appending(path: "nowhere")).find("one")
        } throws: {
            "\($0)".contains("'layerswap run RECIPE'") && "\($0)".contains("--folder")
        }
        let recipe = folder.url.appending(path: "recipe.yaml")
        let output = folder.url.appending(path: "deep/two").path
        let text = try RecipeSupport.tinyText() + "output: \(output)\n"
        try Data(text.utf8).write(to: recipe)
        #expect(try names([catalogue.find(recipe.path)]) == ["deep/two"])
        try Data(text.replacing("deep/two", with: "none").utf8).write(to: recipe)
        #expect {
            _ = try catalogue.find(recipe.path)
        } throws: {
            "\($0)".contains("recipe.yaml was not run")
        }
    }

    @Test("an overview can be narrowed to a cell and a stage, by names that are there")
    func narrow() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts).id
        try database.upsert(Example.stage("math"), by: run)
        try database.upsert(Example.stage("evaluation-swap", facts: "problems: 40"), by: run)
        _ = try database.store(Example.evaluation("one", cell: "seed=3"))
        _ = try database.store(Example.evaluation("two", cell: "seed=3", model: "soup"))
        _ = try database.store(Example.evaluation("other", cell: "seed=4"))
        let whole = try RunOverview(of: folder.url)
        #expect(whole.stages.count == 2 && whole.evaluations.count == 3)
        var cell = whole
        try cell.narrow(cell: "seed=4", stage: nil)
        #expect(cell.stages.isEmpty && cell.evaluations.map(\.cell) == ["seed=4"])
        var training = whole
        try training.narrow(cell: nil, stage: "math")
        #expect(training.stages.map(\.name) == ["math"] && training.evaluations.isEmpty)
        var stage = whole
        try stage.narrow(cell: "seed=3", stage: "evaluation-swap")
        #expect(stage.evaluations.map(\.identity) == [Example.identity("one")])
        #expect {
            var wrong = whole
            try wrong.narrow(cell: nil, stage: "maths")
        } throws: {
            "\($0)".contains("unknown stage 'maths', nearest known: 'math'")
        }
    }
}
