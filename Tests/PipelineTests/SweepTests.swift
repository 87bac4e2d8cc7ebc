import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import Testing

@Suite("Sweeps over settings")
struct SweepTests {
    private static let sweep = """

        sweep:
          languages: {target: [sw, te]}
          seed: [1, 2, 3]

        """

    @Test("a sweep is every combination, each with a folder, grouped without the seed")
    func cells() throws {
        let recipe = try RecipeSupport.load(RecipeSupport.tinyText() + Self.sweep)
        let cells = recipe.sweep.cells
        #expect(
            cells.map(\.label) == [
                "sw-seed-1", "sw-seed-2", "sw-seed-3", "te-seed-1", "te-seed-2", "te-seed-3",
            ]
        )
        #expect(cells.map(\.group) == ["sw", "sw", "sw", "te", "te", "te"])
        #expect(cells[4].values == ["languages.target": "te", "seed": "2"])
        #expect(recipe.sweep.groups.map(\.label) == ["sw", "te"])
        #expect(recipe.sweep.groups.map(\.value) == ["sw", "te"])
        #expect(Set(recipe.sweep.groups.map(\.setting)) == ["languages.target"])
        let again = try RecipeSupport.load(recipe.yaml())
        #expect(again.sweep == recipe.sweep)
    }

    @Test("groups are named after the one key that makes them, or after all of them")
    func groups() throws {
        func groups(_ sweep: String) throws -> [SweepSettings.Group] {
            try RecipeSupport.load(RecipeSupport.tinyText() + "\nsweep: \(sweep)\n").sweep.groups
        }
        let seeds = try groups("{seed: [1, 2]}")
        #expect(seeds.map(\.label) == [""] && seeds[0].setting.isEmpty)
        let steps = try groups("{seed: [1, 2], stages: {language: {steps: [20, 5]}}}")
        #expect(steps.map(\.label) == ["steps-20", "steps-5"])
        #expect(steps.map(\.value) == ["20", "5"])
        #expect(Set(steps.map(\.setting)) == ["stages.language.steps"])
        let both = try groups("{resource: [0.1, 0.5], model: {layers: [4, 6]}}")
        #expect(both.map(\.label) == both.map(\.value) && both.count == 4)
        #expect(both[1].label == "resource-0.1-layers-6" && both[1].setting == "experiments")
        // Only the recipe's own seed makes experiments that are averaged.
        let worlds = try RecipeSupport.load(
            RecipeSupport.tinyText() + "\nsweep: {world: {seed: [3, 4]}, seed: [1, 2]}\n"
        ).sweep
        #expect(worlds.groups.count == 2)
        for group in worlds.groups {
            let members = worlds.cells.filter { $0.group == group.label }
            #expect(worlds.labels(of: group.label) == Set(members.map(\.label)))
            #expect(members.count == 2)
        }
        #expect(worlds.labels(of: "").isEmpty)
    }

    /// Steps of two stages that change together, on each of two bases and seeds.
    private static let together = """
        {seed: [1, 2], stages: {base: {steps: [5, 7]}}, together: {
          short: {stages: {math: {steps: 2}, language: {steps: 3}}},
          long: {stages: {math: {steps: 8}, language: {steps: 9}}}}}
        """

    @Test("settings that change together are one axis with names")
    func together() throws {
        let text = try RecipeSupport.tinyText() + "\nsweep: \(Self.together)\n"
        let recipe = try RecipeSupport.load(text)
        let cells = recipe.sweep.cells
        #expect(cells.count == 8)
        #expect(
            cells.prefix(3).map(\.label) == [
                "seed-1-steps-5-short", "seed-1-steps-5-long", "seed-1-steps-7-short",
            ]
        )
        #expect(
            cells[1].values == [
                "seed": "1", "stages.base.steps": "5", "stages.math.steps": "8",
                "stages.language.steps": "9",
            ]
        )
        #expect(
            recipe.sweep.groups.map(\.label) == [
                "steps-5-short", "steps-5-long", "steps-7-short", "steps-7-long",
            ]
        )
        let again = try RecipeSupport.load(recipe.yaml())
        #expect(again.sweep == recipe.sweep)
        let alone = try RecipeSupport.load(
            RecipeSupport.tinyText() + "\nsweep: {together: {a: {seed: 3}, b: {seed: 4}}}\n"
        )
        #expect(alone.sweep.groups.map(\.value) == ["a", "b"])
        #expect(alone.sweep.groups.map(\.setting) == ["experiments", "experiments"])
    }

    @Test("settings that change together reach the stages, and nothing else may set them")
    func togetherCell() throws {
        let sweep = "sweep=\(Self.together.replacing("\n", with: " "))"
        let loaded = try LoadedRecipe(at: RecipeSupport.url("tiny.yaml"), overrides: [sweep])
        let cell = try loaded.cell(loaded.recipe.sweep.cells[1]).recipe
        #expect(cell.base.steps == 5)
        #expect(cell.stages["math"]?.steps == 8 && cell.stages["language"]?.steps == 9)
        let twice = try LoadedRecipe(
            at: RecipeSupport.url("tiny.yaml"),
            overrides: [sweep, "stages.math.steps=4"]
        )
        let message = RecipeSupport.message { try twice.cell(twice.recipe.sweep.cells[0]).recipe }
        #expect(message.contains("sweeps over stages.math.steps; change what sweep.together sets"))
        for (sweep, expected) in [
            ("{seed: [1, 2], together: {a: {seed: 3}}}", "two parts of the sweep set seed"),
            ("{together: {}}", "expected at least one name with settings"),
            ("{together: {a: 3}}", "expected the form of a recipe"),
            ("{together: {a: {name: other}}}", "this key cannot be swept over"),
            ("{together: [1, 2]}", "names of settings"),
            ("{together: {a: {seed: [1, 2]}}}", "a plain value"),
        ] {
            let text = try RecipeSupport.tinyText() + "\nsweep: \(sweep)\n"
            let message = RecipeSupport.message { try RecipeSupport.load(text) }
            #expect(message.contains(expected), "\(message)")
        }
    }

    @Test("a cell is the recipe with its values set, in a folder below the run's")
    func cell() throws {
        let loaded = try LoadedRecipe(
            at: RecipeSupport.url("tiny.yaml"),
            overrides: ["sweep.seed=[4, 5]", "stages.base.steps=7"]
        )
        let cell = try loaded.cell(loaded.recipe.sweep.cells[1])
        #expect(cell.recipe.seed == 5)
        #expect(cell.recipe.base.steps == 7)
        #expect(cell.recipe.sweep.axes.isEmpty)
        #expect(cell.output.lastPathComponent == "seed-5")
        #expect(cell.output.deletingLastPathComponent().path == loaded.output.path)
    }

    @Test("setting what the sweep sets is refused and says how to choose")
    func conflict() throws {
        let loaded = try LoadedRecipe(
            at: RecipeSupport.url("tiny.yaml"),
            overrides: ["sweep.seed=[4, 5]"],
            seed: 9
        )
        let message = RecipeSupport.message { try loaded.cell(loaded.recipe.sweep.cells[0]).recipe }
        #expect(message.contains("sweeps over seed"))
        #expect(message.contains("--set sweep.seed=["))
    }
}
