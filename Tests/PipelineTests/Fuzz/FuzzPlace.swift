import Foundation
import RecipeTestSupport
import Tokenization
import Transformer

/// A folder with small inputs of every kind, which is removed in the end.
final class FuzzPlace {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "layerswap-fuzz-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A tokenizer of all bytes, the chat symbols and few pieces.
    private static let tokenizer = Result<Data, any Error> {
        let names = ["Juma", "Asha", "Kofi", "Neema", "Baraka", "Amina"]
        let things = ["mangoes", "eggs", "books", "machungwa", "vitabu", "mayai"]
        let sentences = names.flatMap { name in
            things.flatMap { thing in (1...9).map { "\(name) has \($0) \(thing), \($0) + 3." } }
        }
        return try TokenizerTrainer.train(
            sentences: sentences,
            options: TokenizerTrainingOptions(vocabularySize: 340)
        )
    }

    /// Writes a model of two layers with its tokenizer.
    func makeModel(_ name: String, seed: UInt64 = 0) throws {
        let model = folder.appending(path: name)
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        let bytes = try Self.tokenizer.get()
        let shape = ModelConfiguration(
            vocabularySize: try Tokenizer(model: bytes).vocabularySize,
            modelWidth: 8,
            layerCount: 2,
            headCount: 2,
            hiddenWidth: 6,
            tiedEmbeddings: true
        )
        try TransformerModel(configuration: shape, seed: seed).write(to: model)
        try bytes.write(to: model.appending(path: "tokenizer.model"))
        let settings = #"{"add_bos_token": true, "added_tokens_decoder": {}, "eos_token": "</s>"}"#
        try Data(settings.utf8).write(to: model.appending(path: "tokenizer_config.json"))
    }

    /// Writes a file of each form that is read as data, some of them as gzip, and gives their
    /// names.
    func makeData() throws -> [String] {
        let rows = [
            "text.jsonl": #"{"text": "Juma has 3 mangoes. Ana maembe 3."}"#,
            "pairs.jsonl": #"{"en": "Juma has 3 mangoes.", "sw": "Juma ana maembe 3."}"#,
            "gsm8k.jsonl":
                #"{"question": "48 and half of it?", "answer": "48/2 = <<48/2=24>>24\n#### 72"}"#,
            "asdiv.jsonl": #"{"question": "7 and 2?", "answer": "9", "equation": "7+2=9"}"#,
            "msvamp.jsonl": #"""
            {"id": "a", "lang": "bn", "question": "১২টি আর 3টি?", "answer": 15, \#
            "equation": "+ number0 number1"}
            """#,
            "mgsm.tsv": "Juma ana maembe 3 na 4. Yote?\t7",
        ]
        for (name, row) in rows {
            let text = Array(repeating: row, count: 12).joined(separator: "\n") + "\n"
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-k", folder.appending(path: "text.jsonl").path]
        try gzip.run()
        gzip.waitUntilExit()
        return rows.keys.sorted() + ["text.jsonl.gz"]
    }

    /// Copies recipes that use many keys, and gives their names.
    func makeRecipes() throws -> [String] {
        let names = ["tiny.yaml", "tiny-study.yaml"]
        for name in names {
            try FileManager.default.copyItem(
                at: RecipeSupport.url(name),
                to: folder.appending(path: name)
            )
        }
        return names
    }

    /// Copies a language pack.
    func copyPack(_ name: String) throws {
        try FileManager.default.copyItem(
            at: RecipeSupport.root.appending(path: "Data/Languages").appending(path: name),
            to: folder.appending(path: name)
        )
    }

    /// Writes a merge recipe of ours and files of mergekit, and gives their names.
    func makeMerges() throws -> [String] {
        let files = [
            "ours.yaml": """
            merge:
              method: layer-swap
              base: base
              experts: {math: math, language: language}
              zones: {bottom: 1, top: 0, transition_bottom: 0, transition_top: 1}
              dtype: bfloat16
            output: output
            """,
            "ties.yaml": """
            merge_method: ties
            base_model: base
            models:
              - model: math
                parameters: {weight: 0.6, density: 0.5}
              - model: language
                parameters:
                  weight: [0.2, 0.8]
                  density:
                    - {filter: mlp, value: 0.3}
                    - {value: 0.7}
            parameters: {normalize: true, lambda: 1.0}
            dtype: float32
            """,
            "slices.yaml": """
            merge_method: slerp
            base_model: base
            slices:
              - sources:
                  - {model: base, layer_range: [0, 1]}
                  - {model: math, layer_range: [0, 1]}
              - sources:
                  - {model: base, layer_range: [1, 2]}
                  - {model: math, layer_range: [1, 2]}
            parameters:
              t:
                - {filter: self_attn, value: [0, 0.5, 1]}
                - {value: 0.5}
            dtype: float32
            """,
        ]
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return files.keys.sorted()
    }
}
