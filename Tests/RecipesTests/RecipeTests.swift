import Datasets
import Foundation
import MergeMethods
import RecipeTestSupport
import Recipes
import Testing

@Suite("Recipes")
struct RecipeTests {
    /// The tiny recipe with more stages.
    private func staged(_ stages: String) throws -> Recipe {
        try RecipeSupport.load(
            RecipeSupport.tinyText().replacing("\nmerges:\n", with: "\(stages)\nmerges:\n")
        )
    }

    @Test("generated problems may have answers alone, and only then say so")
    func solutions() throws {
        func math(_ keys: String) throws -> SourceSettings {
            let text = try RecipeSupport.tinyText().replacing(
                "english-problems: {source: problems,",
                with: "english-problems: {\(keys)source: problems,"
            )
            let mixture = try RecipeSupport.load(text).stages["math"]?.mixture
            return try #require(mixture?["english-problems"])
        }
        func written(_ settings: SourceSettings) throws -> Bool {
            try String(decoding: JSONEncoder().encode(settings), as: UTF8.self)
                .contains("solution")
        }
        let answers = try math("solution: answer, ")
        #expect(answers.solution == .answer)
        #expect(try written(answers))
        // The identity of stages that were trained before the key stays what it was.
        #expect(try !written(math("")))
    }

    @Test("a mixture like that of an earlier stage has its sources, changed as is written beside")
    func likeness() throws {
        let recipe = try staged(
            """
              same: {steps: 3, mixture: {like: language}}
              other:
                steps: 3
                mixture: {like: language, target-text: {weight: 7}, translation: ~, sums: {source: arithmetic}}
              turns:
                steps: 4
                partitions:
                  a: {train: middle, mixture: {like: math}}
                  b: {train: outer, mixture: {like: other, sums: ~}}

            """
        )
        let language = try #require(recipe.stages["language"]?.mixture)
        #expect(recipe.stages["same"]?.mixture == language)
        let other = try #require(recipe.stages["other"]?.mixture)
        #expect(other.names == ["crossed-questions", "target-text", "sums"])
        #expect(other["target-text"]?.weight == 7 && other["target-text"]?.language == .target)
        #expect(other["crossed-questions"] == language["crossed-questions"])
        let turns = try #require(recipe.stages["turns"]?.mixtures)
        #expect(turns[0] == recipe.stages["math"]?.mixture)
        #expect(turns[1].names == ["crossed-questions", "target-text"])
        #expect(try RecipeSupport.load(recipe.yaml()).stages == recipe.stages)
        // A source may have the name.
        let named = try staged("  more: {steps: 3, mixture: {like: {source: arithmetic}}}\n")
        #expect(named.stages["more"]?.mixture?.names == ["like"])
    }

    @Test("a source that a recipe takes from a reference of the recipe it extends is taken away")
    func likenessExtended() throws {
        let folder = RecipeSupport.root.appending(path: "Checkpoints/test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try RecipeSupport.tinyText().replacing(
            "\nmerges:\n",
            with: "  same: {steps: 3, mixture: {like: language}}\n\nmerges:\n"
        )
        try Data(first.utf8).write(to: folder.appending(path: "first.yaml"))
        let second =
            "extends: first.yaml\nname: second\nstages:\n  same: {mixture: {translation: ~}}\n"
        let url = folder.appending(path: "second.yaml")
        try Data(second.utf8).write(to: url)
        let recipe = try LoadedRecipe(at: url).recipe
        #expect(recipe.stages["same"]?.mixture?.names == ["crossed-questions", "target-text"])
        #expect(recipe.stages["language"]?.mixture?.names.count == 3)
    }

    @Test(
        "a mixture like none is refused",
        arguments: [
            ("{like: langage}", "did you mean \"language\"?"),
            ("{like: later}", "expected a stage with a mixture that is written before this one"),
            ("{like: language, translaton: ~}", "reads no \"translaton\"; did you mean"),
        ]
    )
    func unlike(_ mixture: String, _ expected: String) {
        let message = RecipeSupport.message {
            try staged("  later: {steps: 3, mixture: \(mixture)}\n")
        }
        #expect(message.contains(expected), "\(message)")
        #expect(message.contains("changed.yaml:"))
    }

    @Test(
        "a number is a number however it is written",
        arguments: [
            "1e-5", "1E-5", "1.0e-05", ".00001", "0.00001", "1e-05", "+1e-5", "0.000_01",
        ]
    )
    func numbers(_ text: String) throws {
        #expect(
            try RecipeSupport.tiny("stages.base.learning_rate=\(text)").base.learningRate
                == 1e-5
        )
    }

    @Test(
        "a whole number is one however it is written",
        arguments: ["1000", "1_000", "1e3", "1000.0"]
    )
    func wholeNumbers(_ text: String) throws {
        #expect(try RecipeSupport.tiny("stages.base.steps=\(text)").base.steps == 1_000)
    }

    @Test(
        "what is no decimal number is refused",
        arguments: [
            "nan", "inf", "0x10", "1__0", "_1", "1e", "1,5", "true", "1e400",
        ]
    )
    func noNumbers(_ text: String) {
        let message = RecipeSupport.message {
            try RecipeSupport.tiny("stages.base.learning_rate=\(text)")
        }
        #expect(message.contains("expected a number"), "\(message)")
    }

    private static let files = YAMLFiles.below(
        RecipeSupport.root.appending(path: "Recipes")
    )
    /// What is run; the other files are merges (`MergeRecipeTests`).
    private static let shipped = files.filter { !$0.lastPathComponent.hasPrefix("merge-") }

    @Test("every shipped file opens with its header", arguments: files)
    func headers(_ url: URL) throws {
        let text = try String(contentsOf: url, encoding: .utf8)
        let header = text.split(separator: "\n").prefix { $0.hasPrefix("#") }
        for part in ["Purpose", "Needs", "Command", "Duration", "Expected"] {
            #expect(header.contains { $0.hasPrefix("# \(part)") }, "\(url.path) has no \(part)")
        }
    }

    @Test(
        "every shipped recipe loads and survives being shown",
        arguments: shipped
    )
    func shippedRecipes(_ url: URL) throws {
        let recipe = try LoadedRecipe(at: url).recipe
        #expect(url.lastPathComponent == "\(recipe.name).yaml")
        let shown = try recipe.yaml()
        #expect(try RecipeSupport.load(shown) == recipe)
    }

    @Test("there are the recipes that the README names")
    func names() {
        let names = Set(Self.shipped.map(\.lastPathComponent))
        #expect(
            names.isSuperset(of: [
                "quickstart.yaml", "tiny.yaml", "real-swahili.yaml", "real-swahili-short.yaml",
                "real-base-german.yaml", "real-base-swahili.yaml", "real-base-short.yaml",
            ])
        )
    }

    @Test("overrides reach every kind of place, and the last one wins")
    func overrides() throws {
        let recipe = try RecipeSupport.tiny(
            "stages.math.mixture.english-problems.weight=4",
            "stages.base.steps=5",
            "stages.base.steps=6",
            "merges.swap.coefficients=[1, 0.5, 0, 1]",
            "merges.other={method: average, weights: {base: 1, math: 2}}",
            "world.problem_number_maximum=20",
            "evaluation.calculator=both"
        )
        #expect(recipe.stages["math"]?.mixture?["english-problems"]?.weight == 4)
        #expect(recipe.base.steps == 6)
        guard case .layerSwap(let swap)? = recipe.merges["swap"]?.points.first?.method else {
            Issue.record("the swap is no layer swap")
            return
        }
        #expect(swap.coefficients == [1, 0.5, 0, 1])
        #expect(recipe.modelNames == ["base", "math", "language", "soup", "swap", "other"])
        #expect(recipe.world.problemNumberMaximum == 20)
        #expect(recipe.evaluation.calculator == .both)
    }

    @Test("the seed option sets the seed, also the largest")
    func seed() throws {
        let url = RecipeSupport.url("tiny.yaml")
        #expect(try LoadedRecipe(at: url, seed: .max).recipe.seed == .max)
        #expect(try LoadedRecipe(at: url, overrides: ["seed=5"]).recipe.seed == 5)
        #expect(try LoadedRecipe(at: url).overrides.isEmpty)
    }

    @Test("stages take what they leave out from training")
    func shared() throws {
        let recipe = try RecipeSupport.tiny("training.clip=0.5", "stages.math.clip=2")
        #expect(recipe.base.clip == 0.5)
        #expect(recipe.stages["math"]?.clip == 2)
        #expect(recipe.stages["language"]?.tokensPerBatch == 512)
    }

    @Test("a folder of the recipe begins at the package, one of the command line where one stands")
    func folders() throws {
        let url = RecipeSupport.url("real-swahili.yaml")
        let own = try LoadedRecipe(at: url)
        let parent = RecipeSupport.root.deletingLastPathComponent().standardizedFileURL
        let expected = parent.appending(path: "shared").appending(path: "data").path
        #expect(own.dataFolder?.path == expected)
        #expect(
            own.output.path == RecipeSupport.root.appending(path: "Checkpoints/real-swahili").path
        )
        let working = FileManager.default.currentDirectoryPath
        let given = try LoadedRecipe(
            at: url,
            overrides: ["data.folder=some where", "output=there"]
        )
        #expect(given.dataFolder?.path == URL(filePath: working).appending(path: "some where").path)
        #expect(given.output.path == URL(filePath: working).appending(path: "there").path)
    }

    @Test("zones that a recipe leaves out are the published ones for its depth")
    func defaultZones() throws {
        guard
            case .layerSwap(let swap)? = try RecipeSupport.tiny().merges["swap"]?.points.first?
                .method
        else {
            Issue.record("the swap is no layer swap")
            return
        }
        #expect(swap == LayerSwap.defaults(layerCount: 4))
    }
}
