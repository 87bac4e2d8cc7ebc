import Merging
import Pipeline
import Testing

@Suite("Merges of recipes")
struct MergeSettingsTests {
    private func merge(_ text: String) throws -> MergeSettings {
        try #require(RecipeSupport.tiny("merges.other={\(text)}").merges["other"]?.points.first)
    }

    @Test(
        "what is left out has the defaults of the method",
        arguments: [
            ("average", MergeMethod.average(.uniform(of: ["math", "language"]))),
            ("task-arithmetic", .taskArithmetic(.uniform(of: ["math", "language"]))),
            ("ties", .ties(.uniform(of: ["math", "language"]))),
            ("dare", .dare(.uniform(of: ["math", "language"], seed: 1))),
            ("layer-swap", .layerSwap(.defaults(layerCount: 4))),
        ]
    )
    func defaults(_ name: String, _ expected: MergeMethod) throws {
        let merge = try merge("method: \(name)")
        #expect(merge.method == expected)
        let readsBase = !["average", "layer-swap"].contains(name)
        #expect(Set(merge.inputs.keys) == Set(["math", "language"] + (readsBase ? ["base"] : [])))
        #expect(merge.inputs.allSatisfy { $0.key == $0.value })
    }

    @Test("every key of a method is read")
    func keys() throws {
        let terms = [MergeTerm("math", 2), MergeTerm("language", 0.5)]
        let weights = "weights: {math: 2, language: 0.5}"
        #expect(
            try merge("method: task-arithmetic, lambda: -0.5, \(weights)").method
                == .taskArithmetic(TaskArithmetic(terms, lambda: -0.5))
        )
        #expect(
            try merge("method: ties, lambda: 0.5, density: 0.1, \(weights)").method
                == .ties(TIES(terms, density: 0.1, lambda: 0.5))
        )
        #expect(
            try merge("method: dare, lambda: 0.5, density: 1, seed: 9, \(weights)").method
                == .dare(DARE(terms, density: 1, lambda: 0.5, seed: 9))
        )
        var swap = LayerSwap(
            bottom: 1,
            top: 0,
            bottomTransition: 2,
            transition: .ramp,
            pattern: .random(seed: 9),
            direction: .mathOutside,
            tensors: .mlp
        )
        swap.finalNorm = .base
        for ramp in ["ramp", "linear"] {
            let merge = try merge(
                "method: layer-swap, pattern: random, seed: 9, direction: math-outside, bottom: 1, "
                    + "top: 0, bottom_transition: 2, top_transition: 0, transition: \(ramp), "
                    + "tensors: mlp, final_norm: base"
            )
            #expect(merge.method == .layerSwap(swap))
            #expect(merge.inputs == ["base": "base", "language": "language", "math": "math"])
        }
    }

    @Test("models play the parts that the merge gives them")
    func parts() throws {
        let swapped = try merge("method: layer-swap, language: math, math: base")
        #expect(swapped.inputs == ["language": "math", "math": "base"])
        let based = try merge("method: layer-swap, embeddings: base, base: math, math: base")
        #expect(based.inputs == ["language": "language", "math": "base", "base": "math"])
        let ties = try merge("method: ties, base: math, weights: {language: 1}")
        #expect(ties.inputs == ["base": "math", "language": "language"])
        let soup = try merge("method: average, weights: {base: 1, math: 2, language: 0}")
        #expect(soup.inputs == ["base": "base", "math": "math"])
    }

    @Test(
        "a merge that is shown loads again as the same",
        arguments: [
            "method: average, weights: {base: 1, math: 2, language: 0}",
            "method: task-arithmetic, lambda: 0.3, weights: {language: -0.5}",
            "method: ties, density: 0.05",
            "method: dare, seed: 18446744073709551615",
            "method: ties, base: math, weights: {language: 1}",
            "method: layer-swap, language: math, math: base, transition: constant 0.3",
            "method: layer-swap, direction: math-outside, embeddings: base, base: math, math: base",
            "method: layer-swap, pattern: random, seed: 7, bottom: 2, tensors: attention",
            "method: layer-swap, pattern: alternating, embeddings: blend 0.25, tensors: mlp",
            "method: layer-swap, coefficients: [1, 0.5, 0, 0.25], transition: ",
        ]
    )
    func shown(_ text: String) throws {
        let recipe = try RecipeSupport.tiny("merges.other={\(text)}")
        let again = try RecipeSupport.load(recipe.yaml())
        #expect(again == recipe)
        #expect(again.merges["other"] != recipe.merges["swap"])
    }

    @Test(
        "a mistake is named with what was expected",
        arguments: [
            ("method: tise", "did you mean \"ties\"?"),
            ("method: average, lambda: 1", "an average has weights only"),
            ("method: average, base: base", "an average has weights only"),
            ("method: task-arithmetic, density: 0.5", "merges.other.density: the key has no use"),
            ("method: ties, seed: 1", "merges.other.seed: the key has no use"),
            ("method: dare, bottom: 1", "DARE has weights, density, lambda, a seed and a base"),
            ("method: ties, language: math", "merges.other.language: the key has no use"),
            ("method: layer-swap, density: 1", "a layer swap has zones, a pattern or"),
            ("method: layer-swap, seed: 1", "only a random pattern has a seed"),
            ("method: layer-swap, base: math", "nothing is taken from the base"),
            (
                "method: layer-swap, pattern: alternating, bottom: 1",
                "an alternating pattern has no zones"
            ),
            ("method: layer-swap, pattern: alternating, seed: 1", "only a random pattern"),
            ("method: layer-swap, pattern: randm", "did you mean \"random\"?"),
            (
                "method: layer-swap, pattern: random, coefficients: [1, 0, 0, 1]",
                "the coefficients say the weight in each layer"
            ),
            (
                "method: layer-swap, direction: math-outside, coefficients: [1, 0, 0, 1]",
                "the coefficients say the weight in each layer"
            ),
            ("method: layer-swap, direction: math-inside", "expected one of language-outside"),
            ("method: layer-swap, tensors: norms", "expected one of all, attention, mlp"),
            ("method: layer-swap, transition: slope", "expected none, ramp, constant"),
            ("method: layer-swap, language: langauge", "did you mean \"language\"?"),
            ("method: layer-swap, language: math", "both experts are \"math\""),
            ("method: layer-swap, math: soup", "unknown model \"soup\", expected one of base"),
            ("method: ties, weights: {mth: 1}", "unknown model \"mth\""),
            ("method: ties, weights: {mth: 1}", "did you mean \"math\"?"),
            ("method: ties, weights: {math: -1}", "expected a weight of zero or more"),
            ("method: ties, weights: {math: 0}", "no weight is above zero"),
            ("method: dare, weights: {math: 0}", "no weight is other than zero"),
            ("method: dare, weights: {math: 1, base: 1}", "cannot be added to itself"),
            ("method: dare, base: math, weights: {math: 1}", "cannot be added to itself"),
            ("method: dare, base: maths", "did you mean \"math\"?"),
            ("method: ties, density: 0", "expected a share above 0 and at most 1"),
            ("method: ties, density: 1.1", "expected a share above 0 and at most 1"),
            ("method: dare, seed: -1", "expected a whole number from 0"),
            ("method: dare, lambda: 1e9", "expected a factor from -1000000 to 1000000"),
        ]
    )
    func mistakes(_ text: String, _ expected: String) {
        let message = RecipeSupport.message {
            try RecipeSupport.tiny("merges.other={\(text)}")
        }
        #expect(message.contains(expected), "\(message)")
    }
}
