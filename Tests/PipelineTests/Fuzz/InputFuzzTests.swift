import Datasets
import Foundation
import MergeFiles
import Pipeline
import Recipes
import TestSupport
import Testing
import Tokenization

/// Files made to do harm, or that a broken disk left.
///
/// `FuzzSettings` says for how long; `make fuzz` runs all suites whose names end in `FuzzTests`.
@Suite("Damaged inputs", .serialized)
struct InputFuzzTests {
    private static let texts = ["Juma has 3 mangoes.", "মোট কত? 万 ⑩", "<|user|>\u{0}</s>", ""]

    private func expect(_ outcome: FuzzFolder.Outcome) {
        #expect(outcome.failures.isEmpty, "\(outcome.failures.joined(separator: "\n"))")
        // Both happen, or the damage is none, or kills everything at the door.
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases, "\(outcome)")
    }

    @Test("Damaged tokenizers are refused, or read and write text")
    func tokenizers() throws {
        let place = try FuzzPlace()
        try place.makeModel("model")
        let fuzz = FuzzFolder(root: place.folder, files: ["model/tokenizer.model"])
        try expect(
            fuzz.run("tokenizers") { _, file in
                let tokenizer = try Tokenizer(at: place.folder.appending(path: file))
                for text in Self.texts { _ = tokenizer.decode(tokenizer.encode(text)) }
                _ = tokenizer.decode([-1, 0, 1, .max, .min, Int32(tokenizer.vocabularySize)])
            }
        )
    }

    @Test("Damaged model folders are refused, or write text")
    func models() throws {
        let place = try FuzzPlace()
        try place.makeModel("model")
        let files = [
            "model/config.json", "model/generation_config.json", "model/tokenizer_config.json",
            "model/model.safetensors",
        ]
        try expect(
            FuzzFolder(root: place.folder, files: files).run("models") { number, _ in
                let model = place.folder.appending(path: "model")
                let session = try ModelSession(at: model, threads: 1)
                var options = ModelSession.Options()
                options.maximumNewTokens = 3
                _ = try session.reply(to: "3 + 4", asChat: number % 2 == 0, options: options)
                _ = try CheckpointInspection(at: model, norms: true)
            }
        )
    }

    @Test("Damaged data files are refused by row, or read")
    func data() throws {
        let place = try FuzzPlace()
        let files = try place.makeData()
        try expect(
            FuzzFolder(root: place.folder, files: files).run("data") { _, file in
                let url = place.folder.appending(path: file)
                switch url.lastPathComponent.split(separator: ".").first {
                case "text": _ = try TextCorpus(at: url)
                case "pairs":
                    _ = try ParallelCorpus(
                        at: url,
                        source: .init(field: "en", cue: "English: {text}"),
                        target: .init(field: "sw", cue: "Kiswahili: {text}"),
                        split: nil
                    )
                case let name?:
                    let format = try #require(MathFileFormat(rawValue: String(name)))
                    for problem in try MathReader.problems(at: url, format: format) {
                        _ = problem.answer
                    }
                case nil: break
                }
            }
        )
    }

    @Test("Damaged recipes are refused with their line, or planned")
    func recipes() throws {
        let place = try FuzzPlace()
        let files = try place.makeRecipes()
        try expect(
            FuzzFolder(root: place.folder, files: files).run("recipes") { _, file in
                let loaded = try LoadedRecipe(at: place.folder.appending(path: file))
                _ = try LoadedRecipe(at: place.folder.appending(path: file), seed: 3).recipe.yaml()
                _ = try Experiment(loaded)
            }
        )
    }

    @Test("Damaged language packs are refused with their line, or read")
    func packs() throws {
        let place = try FuzzPlace()
        try place.copyPack("swahili.yaml")
        try expect(
            FuzzFolder(root: place.folder, files: ["swahili.yaml"]).run("packs") { _, file in
                _ = try LanguagePack(at: place.folder.appending(path: file))
            }
        )
    }

    @Test("Damaged merge recipes and mergekit files are refused, or merged")
    func merges() throws {
        let place = try FuzzPlace()
        for (seed, name) in ["base", "math", "language"].enumerated() {
            try place.makeModel(name, seed: UInt64(seed))
        }
        let files = try place.makeMerges()
        try expect(
            FuzzFolder(root: place.folder, files: files).run("merges") { _, file in
                let tool = try MergeTool(
                    recipe: place.folder.appending(path: file),
                    overrides: [],
                    threads: 1
                )
                _ = tool.planLines
                let output = place.folder.appending(path: "output")
                _ = try tool.write(to: output, replacing: false) { _ in }
            }
        )
    }
}
