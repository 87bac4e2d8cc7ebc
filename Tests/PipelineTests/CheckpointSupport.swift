import Checkpointing
import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import Tokenization
import Transformer

/// A folder with a small model made elsewhere, data, and a recipe that begins
/// with it.
struct CheckpointPlace {
    let folder: URL
    var model: URL { folder.appending(path: "model") }
    var recipe: URL { folder.appending(path: "recipe.yaml") }
    var output: URL { folder.appending(path: "run") }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-checkpoint-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.writeModel(to: model, seed: 5)
        try writeData()
        try Data(Self.text.utf8).write(to: recipe)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// Writes a model with random weights and a tokenizer without chat symbols.
    static func writeModel(to folder: URL, seed: UInt64, layers: Int = 3) throws {
        var options = TokenizerTrainingOptions(vocabularySize: 300, characterCoverage: 1)
        options.userDefinedSymbols = []
        let sentences = (0..<60).map { "Tom has \($0) apples and buys \($0 + 2). Es sind \($0)." }
        let tokenizer = try Tokenizer(
            model: TokenizerTrainer.train(sentences: sentences, options: options)
        )
        var configuration = ModelConfiguration(
            // More rows than pieces, as real models have them.
            vocabularySize: tokenizer.vocabularySize + 20,
            modelWidth: 16,
            layerCount: layers,
            headCount: 2,
            hiddenWidth: 32
        )
        configuration.beginningOfSequence = tokenizer.beginningOfSequence
        configuration.endsOfSequence = tokenizer.endOfSequence.map { [$0] } ?? []
        configuration.maximumPositions = 256
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try TransformerModel(configuration: configuration, seed: seed).write(to: folder)
        try tokenizer.write(toModelFolder: folder)
    }

    private func writeData() throws {
        let data = folder.appending(path: "data")
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        func write(_ name: String, _ count: Int, _ row: (Int) -> String) throws {
            let lines = (0..<count).map { row($0) + "\n" }
            try Data(lines.joined().utf8).write(to: data.appending(path: name))
        }
        try write("learn.jsonl", 80) { number in
            """
            {"id": "l\(number)", "question": "Tom has \(number) apples and buys 2. How many?", \
            "answer": \(number + 2), "equation": "\(number)+2=\(number + 2)"}
            """
        }
        for (language, words) in [("en", "Ann has"), ("de", "Anna hat"), ("fr", "Anne a")] {
            try write("ask-\(language).jsonl", 40) { number in
                """
                {"id": "p\(number)", "lang": "\(language)", "question": "\(words) \(number) + 3?", \
                "answer": \(number + 3), "equation": "+ number0 number1"}
                """
            }
        }
        try write("text.jsonl", 60) { "{\"text\": \"Es sind \($0) Äpfel und Birnen im Haus.\"}" }
        try write("held-out.jsonl", 8) { "{\"text\": \"Hier sind \($0) Birnen im Garten.\"}" }
        for language in ["en", "de"] {
            try write("examples-\(language).jsonl", 2) { number in
                """
                {"lang": "\(language)", "question": "Frage: Was ist \(number) und 4?", \
                "answer": \(number + 4), "answer_cot": "Antwort: Es ist so.", \
                "equation_solution": "\(number) + 4 = \(number + 4)."}
                """
            }
        }
    }

    /// A recipe without model, tokenizer or anything generated.
    static let text = """
        name: checkpoint
        languages: {english: en, target: de}
        data: {folder: DATA}
        training: {tokens_per_batch: 128, sequence_length: 128, steps: 2, learning_rate: 1e-3, \
        validation_batches: 0, checkpoint_every: 100}
        stages:
          base: {checkpoint: MODEL}
          math:
            seeds: 2
            mixture: {sums: {source: problems, file: learn.jsonl, format: asdiv}}
          language: {mixture: {text: {source: text, language: target, file: text.jsonl}}}
          lora: {lora: {rank: 2}, mixture: {like: math}}
          later: {from: math, mixture: {like: language}}
        merges:
          soup: {method: average}
          swap: {method: layer-swap, bottom: [0, 1], top: 1, bottom_transition: 0, top_transition: 0}
        evaluation:
          split: test
          development: {problems: 6}
          development_share: 0.3
          maximum_new_tokens: 4
          calculator: both
          problems:
            target: {file: ask-de.jsonl, format: msvamp, problems: 6}
            english: {file: ask-en.jsonl, format: msvamp, problems: 6}
          bystanders: {fr: {file: ask-fr.jsonl, format: msvamp, problems: 5}}
          text:
            target: {file: held-out.jsonl, documents: 4}
            english: {file: held-out.jsonl, documents: 4}
        """

    /// The recipe with the paths of this place, and changes.
    func loaded(_ overrides: String...) throws -> LoadedRecipe {
        try LoadedRecipe(
            at: recipe,
            overrides: [
                "data.folder=\(folder.appending(path: "data").path)",
                "output=\(output.path)", "stages.base.checkpoint=\(model.path)",
            ] + overrides
        )
    }

    func runner(_ loaded: LoadedRecipe, force: Bool = false) throws -> PipelineRunner {
        try PipelineRunner(
            experiment: Experiment(loaded),
            options: PipelineRunner.Options(threads: 1, force: force)
        )
    }
}
