import Checkpointing
import Datasets
import Evaluation
import Foundation
import Pipeline
import Recipes
import RunRecords
import TestSupport
import Testing
import Tokenization
import Transformer

@Suite("Runs that begin with a model that exists")
struct CheckpointRunTests {
    @Test("a whole recipe runs on a foreign model without generated data, and only refers to it")
    func run() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let before = try ContentHash.of(folder: place.model)
        let loaded = try place.loaded()
        let runner = try place.runner(loaded)
        guard case .complete(let table?) = try runner.run(observer: { _ in }, shouldStop: { false })
        else {
            Issue.record("the run did not end with a table")
            return
        }
        #expect(try ContentHash.of(folder: place.model) == before)
        #expect(Self.models(table) == loaded.recipe.modelNames)
        // Six test problems at most, and five of the bystander; none of the development part.
        let base = try #require(table.rows.first)
        #expect(base.metrics[Metric(.math, .target)]?.count == 6)
        #expect(base.metrics["fr_math"]?.count == 5)
        #expect(base.metrics["fr_math_calculator"]?.count == 5)
        // The folder of the base has links; its only bytes are two small records.
        let store = RunStore(folder: place.output)
        let folder = try store.modelFolder(of: "base")
        let weights = folder.appending(path: "model.safetensors").path
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: weights)
        #expect(URL(filePath: target).standardizedFileURL.path.hasSuffix("model/model.safetensors"))
        #expect(RunStore.record(in: folder)?.outputs.keys.sorted() == ["checkpoint.json"])
        let model = try TransformerModel(at: folder)
        #expect(model.configuration.layerCount == 3)
        // Experts have the tokenizer of the base beside them.
        for stage in ["math-1", "language", "lora", "later"] {
            #expect(
                try Tokenizer(inModelFolder: store.folder(of: stage)).encode("Es sind 3")
                    == Tokenizer(inModelFolder: place.model).encode("Es sind 3")
            )
        }
        // The same recipe again has nothing to do, from its record in the run too.
        #expect(try place.runner(loaded).plan().isComplete)
        let recorded = try LoadedRecipe(at: place.output.appending(path: RunFolder.recipe))
        #expect(recorded.recipe == loaded.recipe)
    }

    @Test("a checkpoint that has changed in its place is an error that says what to do")
    func changed() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded()
        let goals = PipelineRunner.Options(threads: 1, goals: ["base"])
        _ = try PipelineRunner(experiment: Experiment(loaded), options: goals)
            .run(observer: { _ in }, shouldStop: { false })
        let identity = try StageGraph(Experiment(loaded)).stages.map(\.identity)
        let store = RunStore(folder: place.output)
        _ = try store.modelFolder(of: "base")
        // The same bytes with another date are the same model.
        let weights = place.model.appending(path: "model.safetensors")
        let bytes = try Data(contentsOf: weights)
        try bytes.write(to: weights)
        _ = try store.modelFolder(of: "base")
        try FileManager.default.removeItem(at: place.model)
        try CheckpointPlace.writeModel(to: place.model, seed: 6)
        #expect(throws: CheckpointReference.Changed.self) { try store.modelFolder(of: "base") }
        #expect(throws: CheckpointReference.Changed.self) {
            try place.runner(loaded).run(observer: { _ in }, shouldStop: { false })
        }
        #expect(throws: CheckpointReference.Changed.self) {
            try ModelLookup.find(place.output.appending(path: "base").path)
        }
        #expect(try StageGraph(Experiment(loaded)).stages.map(\.identity) != identity)
        let message = error { try store.modelFolder(of: "base") }
        #expect(message.contains("model.safetensors") && message.contains("--force"))
        try FileManager.default.removeItem(at: weights)
        #expect(error { try store.modelFolder(of: "base") }.contains("is gone"))
    }

    @Test("experts that others trained are compared without any training, and must fit the base")
    func experts() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let math = place.folder.appending(path: "math")
        try CheckpointPlace.writeModel(to: math, seed: 8)
        let replaced = [
            "stages.math={checkpoint: \(math.path)}",
            "stages.language={checkpoint: \(place.model.path)}", "stages.later=~",
            "stages.lora=~",
        ]
        let text = try String(contentsOf: place.recipe, encoding: .utf8)
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.contains("  lora: {") && !$0.contains("  later: {")
        }.joined(separator: "\n")
        try Data(kept.utf8).write(to: place.recipe)
        let loaded = try place.loaded(replaced[0], replaced[1])
        #expect(loaded.recipe.stages.entries.filter { !$0.value.isCheckpoint }.isEmpty)
        let runner = try place.runner(loaded)
        let outcome = try runner.run(observer: { _ in }, shouldStop: { false })
        guard case .complete(let table?) = outcome else {
            Issue.record("the run did not end with a table")
            return
        }
        #expect(Self.models(table) == ["base", "math", "language", "soup", "swap"])
        // Another depth, and another tokenizer, are named with both values.
        try FileManager.default.removeItem(at: math)
        try CheckpointPlace.writeModel(to: math, seed: 8, layers: 4)
        let other = error { try StageGraph(Experiment(loaded)) }
        #expect(other.contains("stages.math.checkpoint") && other.contains("num_hidden_layers"))
        #expect(other.contains("4") && other.contains("3"))
        try FileManager.default.removeItem(at: math)
        #expect(error { try StageGraph(Experiment(loaded)) }.contains("there is no such folder"))
    }

    @Test("a recipe whose files or models are not there is refused, with what is missing")
    func missing() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded()
        try loaded.checkFiles()
        let swept = try place.loaded("sweep={seed: [1, 2]}")
        let data = place.folder.appending(path: "data")
        try FileManager.default.removeItem(at: data.appending(path: "ask-fr.jsonl"))
        for recipe in [loaded, swept] {
            let words = error { try recipe.checkFiles() }
            #expect(words.contains("reads \"ask-fr.jsonl\", and there is no such file in"))
        }
        try FileManager.default.removeItem(at: data)
        #expect(error { try loaded.checkFiles() }.contains("data.folder is "))
        let generated = try place.loaded()
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        for file in generated.recipe.files {
            try Data("{}".utf8).write(to: data.appending(path: file))
        }
        try generated.checkFiles()
        try FileManager.default.removeItem(at: place.model)
        #expect(error { try generated.checkFiles() }.contains("stages.base.checkpoint is "))
    }

    @Test("experiments of a sweep over seeds share the base, and their experts differ")
    func sweep() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        func identities(_ seed: Int) throws -> [String: ContentHash] {
            let stages = try StageGraph(Experiment(place.loaded("seed=\(seed)"))).stages
            return Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.identity) })
        }
        let (first, second) = (try identities(1), try identities(2))
        for name in ["tokenizer", "base", "evaluation-base"] {
            #expect(first[name] == second[name])
        }
        for name in ["math-1", "language", "lora"] { #expect(first[name] != second[name]) }
    }

    @Test("how models are asked, and what stands before questions, decides stages and scores")
    func prompts() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        func identities(_ changes: String...) throws -> [String: ContentHash] {
            let loaded = try LoadedRecipe(
                at: place.recipe,
                overrides: place.loaded().overrides + changes
            )
            let stages = try StageGraph(Experiment(loaded)).stages
            return Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.identity) })
        }
        let plain = try identities()
        let texts = try identities("prompt={prefix: 'Q: ', suffix: ' A: '}")
        #expect(plain["base"] == texts["base"])
        #expect(plain["math-1"] != texts["math-1"])
        #expect(plain["evaluation-base"] != texts["evaluation-base"])
        let shots = try identities(
            "evaluation.examples={file: examples-en.jsonl, count: 2}"
        )
        #expect(plain["math-1"] == shots["math-1"])
        #expect(plain["evaluation-base"] != shots["evaluation-base"])
        let pieces = try identities("stages.base.sequence_length=64")
        #expect(plain["math-1"] == pieces["math-1"])
        #expect(plain["evaluation-base"] != pieces["evaluation-base"])
        let few = error {
            try identities("evaluation.examples={file: examples-en.jsonl, count: 9}")
        }
        #expect(few.contains("found 2 examples") && few.contains("expected 9"))
    }

    @Test("a story model of another project is trained, merged and measured")
    func stories() throws {
        let stories = RecipePaths.shared.appending(path: "models/stories260K")
        guard FileManager.default.fileExists(atPath: stories.path) else { return }
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded("stages.base.checkpoint=\(stories.path)")
        #expect(loaded.recipe.model.layers == 5 && loaded.recipe.tokenizer.vocabulary == 512)
        let outcome = try place.runner(loaded).run(observer: { _ in }, shouldStop: { false })
        guard case .complete(let table?) = outcome else {
            Issue.record("the run did not end with a table")
            return
        }
        #expect(Self.models(table) == loaded.recipe.modelNames)
    }

    /// The models of a table, each once: of several experts the best have rows of their own.
    private static func models(_ table: ComparisonTable) -> [String] {
        table.rows.map(\.model).filter { !$0.hasSuffix("(best)") }
    }

    private func error<Value>(_ body: () throws -> Value) -> String {
        do {
            _ = try body()
            return ""
        } catch {
            return "\(error)"
        }
    }
}

/// Where models and data of other projects are, when they are there.
enum RecipePaths {
    static let shared = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared")
}
