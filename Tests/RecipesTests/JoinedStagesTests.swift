import RecipeDocuments
import RecipeTestSupport
import Recipes
import Testing

@Suite("Stages that read what several others read")
struct JoinedStagesTests {
    private func staged(_ stages: String) throws -> Recipe {
        try RecipeSupport.load(
            RecipeSupport.tinyText().replacing("\nmerges:\n", with: "\(stages)\nmerges:\n")
        )
    }

    @Test("they have the sources and the steps of all, each with its share of the steps")
    func joined() throws {
        let recipe = try staged(
            """
              short: {steps: 5, mixture: {sums: {source: arithmetic}, more: {weight: 3, source: text}}}
              both: {joins: [language, short]}

            """
        )
        let both = try #require(recipe.stages["both"])
        #expect(both.steps == 15 + 5)
        let mixture = try #require(both.mixture)
        let language = try #require(recipe.stages["language"]?.mixture)
        #expect(
            mixture.names == language.names.map { "language-\($0)" } + ["short-sums", "short-more"]
        )
        func weight(_ names: [String]) -> Double {
            names.compactMap { mixture[$0]?.weight }.reduce(0, +)
        }
        // Shares of the steps between stages, and of the weights within each.
        let whole = weight(mixture.names)
        #expect(abs(weight(["short-sums", "short-more"]) / whole - 5.0 / 20) < 1e-6)
        #expect(abs(weight(["short-more"]) / weight(["short-sums"]) - 3) < 1e-6)
        let ratio = language["translation"].map { $0.weight / 4 }
        #expect(abs(weight(["language-translation"]) / (0.75 * whole) - (ratio ?? 0)) < 1e-6)
        // All else of a source is as it was.
        var source = try #require(mixture["language-crossed-questions"])
        source.weight = language["crossed-questions"]?.weight ?? 0
        #expect(source == language["crossed-questions"])
        // Written out, it is a stage like any other.
        #expect(try RecipeSupport.load(recipe.yaml()).stages == recipe.stages)
        #expect(try !recipe.yaml().contains("joins"))
    }

    @Test("they follow what a sweep does to the stages, whose experiments can be told apart")
    func swept() throws {
        let recipe = try RecipeSupport.load(
            RecipeSupport.tinyText().replacing(
                "\nmerges:\n",
                with: "  both: {steps: 7, joins: [language, math]}\n\nmerges:\n"
            ) + "\nsweep: {stages: {math: {steps: [3, 6]}, language: {steps: [9]}}}\n"
        )
        #expect(recipe.stages["both"]?.steps == 7)
        #expect(
            recipe.sweep.cells.map(\.label) == [
                "math-steps-3-language-steps-9", "math-steps-6-language-steps-9",
            ]
        )
    }

    @Test(
        "what cannot be joined is refused where it stands",
        arguments: [
            ("{joins: [language]}", "two or more"),
            ("{joins: [language, language]}", "each once"),
            ("{joins: [language, maths]}", "did you mean \"math\"?"),
            ("{joins: [math, later]}", "written before"),
            ("{joins: [math, language], mixture: {like: math}}", "beside joins"),
            ("{joins: [math, wide]}", "tokens a step"),
        ]
    )
    func refusals(_ stage: String, _ words: String) throws {
        let error = #expect(throws: RecipeError.self) {
            try staged(
                """
                  wide: {steps: 2, accumulation: 2, mixture: {like: math}}
                  both: \(stage)
                  later: {steps: 2, mixture: {like: math}}

                """
            )
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}
