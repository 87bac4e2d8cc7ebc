import Checkpointing
import Foundation
import Foundations
import Pipeline
import Recipes
import RunRecords
import Testing

@Suite("Stages")
struct StageTests {
    private func graph(_ overrides: String...) throws -> [String: ContentHash] {
        let loaded = try LoadedRecipe(at: RecipeSupport.url("tiny.yaml"), overrides: overrides)
        let stages = try StageGraph(Experiment(loaded)).stages
        return Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.identity) })
    }

    /// A change, and the stages that have another identity after it.
    struct Change: CustomTestStringConvertible, Sendable {
        var assignment: String
        var stages: Set<String>
        var testDescription: String { assignment }
    }

    private static let all: Set<String> = [
        "tokenizer", "base", "math", "language", "soup", "swap", "evaluation-base",
        "evaluation-math", "evaluation-language", "evaluation-soup", "evaluation-swap",
        "comparison",
    ]
    private static let mathAndAfter: Set<String> = [
        "math", "soup", "swap", "evaluation-math", "evaluation-soup", "evaluation-swap",
        "comparison",
    ]
    private static let evaluations: Set<String> = [
        "evaluation-base", "evaluation-math", "evaluation-language", "evaluation-soup",
        "evaluation-swap", "comparison",
    ]

    private static let changes: [Change] = [
        // What decides nothing of a result changes nothing.
        Change(assignment: "purpose=other words", stages: []),
        Change(assignment: "output=elsewhere", stages: []),
        Change(assignment: "training.checkpoint_every=7", stages: []),
        Change(assignment: "training.validate_every=3", stages: []),
        Change(assignment: "training.keep_checkpoints=9", stages: []),
        Change(assignment: "evaluation.batch_size=3", stages: []),
        Change(assignment: "stages.base.learning_rate=0.003", stages: []),
        // What decides something changes that, and whatever is made from it.
        Change(assignment: "stages.math.steps=16", stages: mathAndAfter),
        Change(assignment: "stages.math.learning_rate=3.1e-3", stages: mathAndAfter),
        Change(
            assignment: "merges.swap.bottom=0",
            stages: ["swap", "evaluation-swap", "comparison"]
        ),
        Change(assignment: "evaluation.problems.target.problems=17", stages: evaluations),
        Change(assignment: "evaluation.maximum_new_tokens=25", stages: evaluations),
        Change(assignment: "seed=2", stages: all.subtracting(["tokenizer"])),
        Change(assignment: "model.hidden=80", stages: all.subtracting(["tokenizer"])),
        Change(assignment: "stages.base.steps=31", stages: all.subtracting(["tokenizer"])),
        Change(assignment: "tokenizer.vocabulary=481", stages: all),
        Change(assignment: "world.problem_number_maximum=24", stages: all),
    ]

    @Test("an identity changes if and only if what decides the result does", arguments: changes)
    func identities(_ change: Change) throws {
        let before = try graph()
        let after = try graph(change.assignment)
        #expect(Set(before.keys) == Self.all)
        let changed = Set(before.keys.filter { before[$0] != after[$0] })
        #expect(changed == change.stages)
    }

    @Test("a goal needs its inputs and theirs, and nothing else")
    func closure() throws {
        let loaded = try LoadedRecipe(at: RecipeSupport.url("tiny.yaml"))
        let graph = try StageGraph(Experiment(loaded))
        #expect(graph.closure(of: ["math"]).map(\.name) == ["tokenizer", "base", "math"])
        #expect(
            graph.closure(of: ["swap"]).map(\.name)
                == ["tokenizer", "base", "math", "language", "swap"]
        )
    }

    @Test("a record says what differs, by key")
    func differences() throws {
        func facts(_ overrides: String...) throws -> Stage {
            let loaded = try LoadedRecipe(at: RecipeSupport.url("tiny.yaml"), overrides: overrides)
            let stages = try StageGraph(Experiment(loaded)).stages
            return try #require(stages.first { $0.name == "math" })
        }
        let old = try facts()
        let record = StageRecord(
            stage: "math",
            identity: old.identity,
            facts: old.facts,
            seconds: 1,
            outputs: [:]
        )
        #expect(record.difference(from: old.facts) == "")
        #expect(
            record.difference(from: try facts("stages.math.steps=16").facts)
                == "training.steps was 15, is 16"
        )
        #expect(record.difference(from: try facts("seed=3").facts).contains("seed was 1, is 3"))
        #expect(
            record.difference(from: try facts("stages.base.steps=1").facts) == "base is another"
        )
    }

    @Test("an unknown language names the known ones")
    func unknownLanguage() throws {
        let loaded = try LoadedRecipe(
            at: RecipeSupport.url("tiny.yaml"),
            overrides: ["languages.target=xx"]
        )
        #expect {
            _ = try Experiment(loaded)
        } throws: { error in
            "\(error)".contains("no language pack with the code \"xx\"")
                && "\(error)".contains("sw")
        }
    }

    @Test("a missing folder of data and a missing file are named")
    func missingData() throws {
        let url = RecipeSupport.url("real-swahili-short.yaml")
        let nowhere = try LoadedRecipe(at: url, overrides: ["data.folder=no-such-folder"])
        #expect {
            _ = try StageGraph(Experiment(nowhere))
        } throws: { "\($0)".contains("no-such-folder") && "\($0)".contains("data.folder") }
        let folder = FileManager.default.temporaryDirectory.path
        let empty = try LoadedRecipe(at: url, overrides: ["data.folder=\(folder)"])
        #expect {
            _ = try StageGraph(Experiment(empty))
        } throws: { "\($0)".contains("commonvoice_en.jsonl.gz") }
    }
}

@Suite("The store of a run")
struct RunStoreTests {
    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("two runs of one folder refuse each other, and the lock goes with its holder")
    func lock() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let held = try RunLock(folder: folder)
            #expect(throws: RunLock.Taken.self) { try RunLock(folder: folder) }
            withExtendedLifetime(held) {}
        }
        #expect(throws: Never.self) { _ = try RunLock(folder: folder) }
    }

    @Test("a folder with something else in it, or with another recipe, is refused and untouched")
    func foreign() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = RunStore(folder: folder)
        try store.open(recipe: "one")
        try store.open(recipe: "one")
        #expect(throws: RunStore.Failure.self) { try store.open(recipe: "two") }
        let other = folder.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: other.appending(path: "thesis.txt"))
        #expect(throws: RunStore.Failure.self) { try RunStore(folder: other).open(recipe: "one") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.path) == ["thesis.txt"])
    }

    @Test(
        "lengths of time are brief",
        arguments: [
            (0.04, "0.0s"), (9.94, "9.9s"), (12.4, "12s"), (59.6, "1m00s"), (187, "3m07s"),
            (4_680, "1h18m"), (90_000, "25h00m"),
        ]
    )
    func durations(_ seconds: Double, _ expected: String) {
        #expect(Duration.seconds(seconds).briefly == expected)
    }
}
