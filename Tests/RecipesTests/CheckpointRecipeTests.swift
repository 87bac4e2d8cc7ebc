import Foundation
import RecipeTestSupport
import Recipes
import Testing
import Transformer

@Suite("Recipes that begin with a model that exists")
struct CheckpointRecipeTests {
    /// The tiny recipe with a checkpoint for its base, and without model and tokenizer.
    private func recipe(
        _ folder: String,
        keeping kept: Set<String> = [],
        changes: String...
    ) throws -> Recipe {
        var lines: [String] = []
        var section = ""
        for line in try RecipeSupport.tinyText().split(separator: "\n").map(String.init) {
            if line.first?.isLetter == true { section = String(line.prefix { $0 != ":" }) }
            if ["model", "tokenizer"].contains(section), !kept.contains(section) { continue }
            lines.append(line)
        }
        return try RecipeSupport.load(
            lines.joined(separator: "\n") + "\n",
            overrides: ["stages.base={checkpoint: \(folder)}"] + changes
        )
    }

    private func withModel<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-shape-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = ModelConfiguration(
            vocabularySize: 333,
            modelWidth: 24,
            layerCount: 5,
            headCount: 4,
            keyValueHeadCount: 2,
            headWidth: 8,
            hiddenWidth: 40
        )
        configuration.ropeTheta = 5e5
        try TransformerModel(configuration: configuration, seed: 1).write(to: folder)
        return try body(folder.path)
    }

    @Test("shape and size of the vocabulary are those of the folder")
    func shape() throws {
        let recipe = try withModel { try self.recipe($0) }
        #expect(recipe.model.layers == 5 && recipe.model.width == 24)
        #expect(recipe.model.heads == 4 && recipe.model.keyValueHeads == 2)
        #expect(recipe.model.headWidth == 8 && recipe.model.hidden == 40)
        #expect(recipe.model.ropeTheta == 5e5)
        #expect(recipe.tokenizer.vocabulary == 333 && !recipe.tokenizer.isTrained)
        // Written out it has them, and loads where the folder is not.
        let yaml = try recipe.yaml()
        #expect(try RecipeSupport.load(yaml) == recipe)
        #expect(yaml.contains("vocabulary: 333") && !yaml.contains("character_coverage"))
    }

    @Test(
        "what disagrees with the folder is named with both values",
        arguments: [
            ("model={layers: 6}", "found 6, but"), ("model={hidden: 41}", "has 40"),
            ("model={tied_embeddings: false}", "has true"),
            ("model={rope_theta: 1e4}", "has 500000"),
            ("tokenizer={vocabulary: 300}", "found 300, but"),
            ("tokenizer={type: bpe}", "is not trained"),
            ("stages.base.steps=3", "does not apply beside checkpoint"),
            ("resource=0.5", "this base is a checkpoint"),
        ]
    )
    func disagreement(change: String, words: String) throws {
        let message = try withModel { folder in
            RecipeSupport.message { try recipe(folder, changes: change) }
        }
        #expect(message.contains(words), "\(message)")
    }

    @Test("a merge that runs models on their data needs models whose data are known")
    func statistics() throws {
        let message = try withModel { folder in
            RecipeSupport.message {
                try recipe(
                    folder,
                    changes: "stages.math={checkpoint: \(folder)}",
                    "merges.soup={method: fisher, write: false}"
                )
            }
        }
        #expect(message.contains("merges.soup") && message.contains("\"math\" is a checkpoint"))
    }

    @Test("what agrees with the folder may be written")
    func agreement() throws {
        let recipe = try withModel {
            try self.recipe(
                $0,
                changes: "model={layers: 5, rope_theta: 500000}",
                "tokenizer.vocabulary=333"
            )
        }
        #expect(recipe.model.width == 24)
    }

    @Test("a folder that is not there is an error that says how to get one")
    func missing() throws {
        let message = RecipeSupport.message { try recipe("/no/such/model") }
        #expect(message.contains("/no/such/model") && message.contains("make real-base"))
        #expect(message.contains("--set stages.base.checkpoint="))
    }

    @Test("a checkpoint needs a base that is one, whose tokenizer it can have")
    func trainedBase() {
        let message = RecipeSupport.message {
            try RecipeSupport.tiny("stages.math={checkpoint: /no/such/model}")
        }
        #expect(message.contains("stages.base.checkpoint too"))
    }

    @Test(
        "a way of asking that cannot be is refused",
        arguments: [
            ("prompt={template: chatgpt}", "expected one of auto"),
            ("prompt={prefix: 'Q: '}", "\"suffix\" is missing"),
            ("prompt={template: plain, prefix: a, suffix: b}", "does not apply beside prefix"),
            ("prompt={reply_end: x}", "its own end of replies"),
            ("prompt={template: plain, system: x}", "has no place for it"),
            ("evaluation.bystanders={fr: {kinds: [gain]}}", "\"problems\" is missing"),
            ("evaluation.development_share=1", "expected"),
        ]
    )
    func prompt(change: String, words: String) {
        let message = RecipeSupport.message { try RecipeSupport.tiny(change) }
        #expect(message.contains(words), "\(message)")
    }

    @Test("a way of asking loads again, and is written only where one was chosen")
    func promptText() throws {
        let recipe = try RecipeSupport.tiny("prompt={prefix: 'Q: ', suffix: \"\\nA: \", system: s}")
        #expect(recipe.prompt.texts?.suffix == "\nA: ")
        #expect(try RecipeSupport.load(recipe.yaml()) == recipe)
        #expect(try !RecipeSupport.tiny().yaml().contains("\nprompt:"))
    }
}
