import Datasets
import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import RunRecords
import Testing
import Tokenization

@Suite("Folders of trained models")
struct TrainedFolderTests {
    /// Trains the base of the tiny recipe.
    ///
    /// - Returns: The folder of the model.
    private func base(_ overrides: String..., in output: URL) throws -> URL {
        let loaded = try LoadedRecipe(
            at: RecipeSupport.url("tiny.yaml"),
            overrides: overrides + ["output=\(output.path)"]
        )
        let options = PipelineRunner.Options(threads: 1, goals: ["base"])
        _ = try PipelineRunner(experiment: Experiment(loaded), options: options)
            .run(observer: { _ in }, shouldStop: { false })
        return RunStore(folder: output).folder(of: "base")
    }

    private func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "layerswap-\(UUID().uuidString)")
    }

    @Test("they say to other programs how the model is asked, and this one asks as without")
    func asking() throws {
        let output = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: output) }
        let folder = try base(in: output)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
        #expect(
            names.isSuperset(of: [
                "config.json", "generation_config.json", "model.safetensors", "tokenizer.model",
                "tokenizer.json", "tokenizer_config.json",
            ])
        )
        let tokenizer = try Tokenizer(inModelFolder: folder)
        let form = try PromptSettings.ofFolder.form(for: tokenizer, in: folder)
        #expect(form == .standard)
        let found = try ChatTemplate.recognized(inModelFolder: folder)
        let template = try #require(found)
        for question in ["Asha has 4 books. How many?", " Juma\n12"] {
            let message = ChatMessage(role: .user, content: question)
            let tokens = try template.tokens(
                [message],
                addsGenerationPrompt: true,
                tokenizer: tokenizer
            )
            #expect(try tokens == form.prompt(question, tokenizer: tokenizer))
        }
    }

    @Test("without the symbols as the way of asking they have no template")
    func plain() throws {
        let output = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: output) }
        let folder = try base("prompt.template=plain", in: output)
        #expect(try ChatTemplate.recognized(inModelFolder: folder) == nil)
        let tokenizer = try Tokenizer(inModelFolder: folder)
        #expect(try PromptSettings.ofFolder.form(for: tokenizer, in: folder) == .standard)
    }
}
