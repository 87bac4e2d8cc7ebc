import MergeMethods
import RecipeTestSupport
import Recipes
import Testing
import Transformer

@Suite("Merges of recipes")
struct MergeSettingsTests {
    private func merge(_ text: String) throws -> MergeSettings {
        try #require(RecipeSupport.tiny("merges.other={\(text)}").merges["other"]?.points.first)
    }

    private static let experts = [MergeTerm("math", 1), MergeTerm("language", 1)]
    private static let shares = [MergeTerm("math", 0.5), MergeTerm("language", 0.5)]

    @Test(
        "what is left out has the defaults of the method",
        arguments: [
            ("average", MergeMethod.average(.uniform(of: ["math", "language"]))),
            ("slerp", .slerp(Slerp(shares))),
            ("task-arithmetic", .taskVectors(TaskVectorMerge(.taskArithmetic, experts))),
            ("ties", .taskVectors(TaskVectorMerge(.ties, experts))),
            ("dare", .taskVectors(TaskVectorMerge(.dare, shares))),
            ("dare-ties", .taskVectors(TaskVectorMerge(.dareTies, shares))),
            ("della", .taskVectors(TaskVectorMerge(.della, experts))),
            ("breadcrumbs", .taskVectors(TaskVectorMerge(.breadcrumbs, experts))),
            ("model-stock", .modelStock(ModelStock(["math", "language"]))),
            ("layer-swap", .layerSwap(.defaults(layerCount: 4))),
            ("nuslerp", .tensorwise(.nuslerp(NuSlerp(shares)))),
            ("multislerp", .tensorwise(.multislerp(MultiSlerp(experts)))),
            ("karcher", .tensorwise(.karcher(KarcherMean(["math", "language"])))),
            ("sce", .tensorwise(.sce(SelectedChanges(["math", "language"])))),
            ("ram", .tensorwise(.ram(AgentMerge(["math", "language"])))),
            ("ramplus-tl", .tensorwise(.ram(AgentMerge(["math", "language"], gain: 0.1)))),
        ]
    )
    func defaults(_ name: String, _ expected: MergeMethod) throws {
        let merge = try merge("method: \(name)")
        #expect(merge.method == expected)
        let baseless = ["average", "slerp", "layer-swap", "nuslerp", "multislerp", "karcher"]
        let readsBase = !baseless.contains(name)
        #expect(Set(merge.inputs.keys) == Set(["math", "language"] + (readsBase ? ["base"] : [])))
        #expect(merge.inputs.allSatisfy { $0.key == $0.value })
    }

    @Test("every key of a method is read")
    func keys() throws {
        let terms = [MergeTerm("math", 2), MergeTerm("language", 0.5)]
        let weights = "weights: {math: 2, language: 0.5}"
        #expect(try merge("method: slerp, \(weights)").method == .slerp(Slerp(terms)))
        for (text, kind, trimming) in [
            ("task-arithmetic", TaskVectorMerge.Kind.taskArithmetic, Trimming.none),
            ("ties, density: 0.1", .ties, .largest(density: 0.1)),
            ("dare, density: 1, seed: 9", .dare, .random(density: 1, seed: 9)),
            (
                "della, density: 0.4, epsilon: 0.3, seed: 9", .della,
                .ranked(density: 0.4, epsilon: 0.3, seed: 9)
            ),
            (
                "breadcrumbs, density: 0.4, gamma: 0.3", .breadcrumbs,
                .band(density: 0.4, gamma: 0.3)
            ),
        ] {
            var expected = TaskVectorMerge(kind, terms)
            expected.trimming = trimming
            expected.lambda = 0.5
            expected.isNormalized.toggle()
            let merge = try merge(
                "method: \(text), lambda: 0.5, normalize: \(!kind.isNormalized), \(weights)"
            )
            #expect(merge.method == .taskVectors(expected))
        }
        let equal = try merge("method: layer-swap, coefficients: 0.5")
        #expect(equal == (try merge("method: layer-swap, coefficients: [0.5, 0.5, 0.5, 0.5]")))
        let reverted = try merge("method: revert, model: math, reverted: [layers 1-2, final_norm]")
        #expect(
            reverted.method
                == .revert(
                    Revert("math", reverted: ParameterSelection([.layers(1...2), .finalNorm]))
                )
        )
        #expect(reverted.inputs == ["base": "base", "math": "math"])
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

    @Test(
        "every key of a method by norms, angles or largest changes is read",
        arguments: [
            (
                "nuslerp, extent: rows, task_vectors: true, weights: {math: 2, language: 0.5}",
                .nuslerp(
                    NuSlerp(
                        [MergeTerm("math", 2), MergeTerm("language", 0.5)],
                        readsBase: true,
                        extent: .rows
                    )
                )
            ),
            (
                "multislerp, normalize: false, epsilon: 1e-6, task_vectors: true",
                .multislerp(
                    MultiSlerp(experts, readsBase: true, isNormalized: false, epsilon: 1e-6)
                )
            ),
            (
                "karcher, models: [math, base], iterations: 3, tolerance: 1e-3",
                .karcher(KarcherMean(["math", "base"], iterations: 3, tolerance: 1e-3))
            ),
            ("sce, models: [math], density: 0.5", .sce(SelectedChanges(["math"], density: 0.5))),
            (
                "nearswap, model: math, distance: 0.01",
                .nearswap(NearSwap("math", distance: 0.01))
            ),
            ("arcee-fusion, model: math", .arceeFusion(ArceeFusion("math"))),
            ("arcee-fusion", .arceeFusion(ArceeFusion("language"))),
            (
                "ramplus-tl, epsilon: 1e-4, gain: 0.3, limit: 2",
                .ram(AgentMerge(["math", "language"], epsilon: 1e-4, gain: 0.3, limit: 2))
            ),
        ] as [(String, TensorwiseMerge)]
    )
    func tensorwiseKeys(_ text: String, _ expected: TensorwiseMerge) throws {
        let merge = try merge("method: \(text)")
        #expect(merge.method == .tensorwise(expected))
        #expect(Set(merge.inputs.keys) == Set(expected.inputs))
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
            "method: slerp, weights: {language: 1, math: 3}",
            "method: della-linear, epsilon: 0.2, lambda: 0.5, normalize: true",
            "method: breadcrumbs-ties, gamma: 0.1, density: 0.8",
            "method: model-stock, models: [language, math]",
            "method: revert, reverted: [layer 3, embeddings]",
            "method: layer-swap, interpolation: slerp, coefficients: {attention: [1, 0.5, 0, 0], mlp: [0, 0, 1, 1]}",
            "method: layer-swap, scale: {middle: 1.1, transition: 0.5}",
            "method: ties, base: math, weights: {language: 1}",
            "method: layer-swap, language: math, math: base, transition: constant 0.3",
            "method: layer-swap, direction: math-outside, embeddings: base, base: math, math: base",
            "method: layer-swap, pattern: random, seed: 7, bottom: 2, tensors: attention",
            "method: layer-swap, pattern: alternating, embeddings: blend 0.25, tensors: mlp",
            "method: layer-swap, coefficients: [1, 0.5, 0, 0.25], transition: ",
            "method: layer-swap, pattern: changes, threshold: 0.2, granularity: module",
            "method: layer-swap, pattern: retrieval, sentences: 50, top_transition: 0",
            "method: fisher, weights: {math: 2, language: 1}, sequences: 64",
            "method: regmean, off_diagonal: 0.5",
            "method: nuslerp, extent: columns, task_vectors: true, weights: {language: 1, math: 2}",
            "method: multislerp, normalize: false, epsilon: 1e-7",
            "method: karcher, models: [language, math, base], iterations: 2, tolerance: 0.001",
            "method: sce, density: 0.3, base: math, models: [language]",
            "method: nearswap, distance: 0.001",
            "method: arcee-fusion, model: math",
            "method: ram, epsilon: 1e-6",
            "method: ramplus-tl, gain: 0.4, limit: 0.1",
            "method: layer-swap, bottom: 2, search: {strategy: greedy, budget: 9, levels: [0, 1]}",
            "method: layer-swap, search: {strategy: cma-es, budget: 9, granularity: module, seed: 4}",
        ]
    )
    func shown(_ text: String) throws {
        let recipe = try RecipeSupport.tiny(
            "merges.other={\(text)}",
            "evaluation.development={problems: 4}"
        )
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
            (
                "method: task-arithmetic, density: 0.5",
                "merges.other.density: the key does not apply"
            ),
            ("method: ties, seed: 1", "merges.other.seed: the key does not apply"),
            ("method: dare, bottom: 1", "dare has weights, density, seed, lambda, normalize, base"),
            ("method: ties, language: math", "merges.other.language: the key does not apply"),
            ("method: layer-swap, density: 1", "a layer swap has zones, a pattern or"),
            ("method: layer-swap, seed: 1", "only a random pattern has a seed"),
            ("method: layer-swap, base: math", "nothing is taken from the base"),
            (
                "method: layer-swap, pattern: alternating, bottom: 1",
                "this pattern has no zones"
            ),
            ("method: layer-swap, pattern: alternating, seed: 1", "only a random pattern"),
            ("method: layer-swap, pattern: changes, top: 1", "this pattern has no zones"),
            (
                "method: layer-swap, pattern: changes, threshold: 2",
                "a difference of changes from 0 to 1"
            ),
            ("method: layer-swap, threshold: 0.1", "only the pattern 'changes'"),
            ("method: layer-swap, pattern: retrieval, bottom: 1", "retrieval says how wide"),
            ("method: layer-swap, pattern: retrieval, sentences: 9", "a whole number from 40"),
            ("method: layer-swap, sentences: 90", "only the pattern 'retrieval'"),
            ("method: layer-swap, pattern: retrieval, write: true", "give bottom and top"),
            (
                "method: layer-swap, pattern: retrieval, search: {strategy: greedy, budget: 9}",
                "the pattern 'retrieval'"
            ),
            (
                "method: layer-swap, pattern: changes, direction: math-outside",
                "the changes say which expert"
            ),
            (
                "method: ties, search: {strategy: greedy, budget: 9}",
                "only the coefficients of a layer"
            ),
            (
                "method: layer-swap, search: {strategy: gredy, budget: 9}",
                "did you mean \"greedy\"?"
            ),
            ("method: layer-swap, search: {strategy: greedy}", "\"budget\" is missing"),
            (
                "method: layer-swap, search: {strategy: greedy, budget: 9, seed: 1}",
                "uses no random numbers"
            ),
            (
                "method: layer-swap, search: {strategy: cma-es, budget: 9, levels: [0]}",
                "draws numbers between 0 and 1"
            ),
            (
                "method: layer-swap, bottom: [1, 2], search: {strategy: greedy, budget: 9}",
                "a search begins with one setting"
            ),
            (
                "method: layer-swap, write: true, search: {strategy: greedy, budget: 9}",
                "a search begins with one setting"
            ),
            ("method: nearswap", "the key \"distance\" is missing"),
            ("method: nearswap, distance: -1", "a distance from 0 to 1000000"),
            ("method: karcher, weights: {math: 1}", "karcher has models, iterations, tolerance"),
            ("method: nuslerp, base: math", "nothing is taken from the base"),
            ("method: nuslerp, extent: row", "did you mean \"rows\"?"),
            ("method: sce, models: [math, base]", "the base is among the models"),
            ("method: layer-swap, extent: rows", "a layer swap has zones, a pattern or"),
            ("method: fisher, off_diagonal: 0.5", "weights and sequences only"),
            ("method: regmean, density: 0.5", "off_diagonal only"),
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
            ("method: layer-swap, math: stew", "unknown model \"stew\", expected one of base"),
            ("method: ties, weights: {mth: 1}", "unknown model \"mth\""),
            ("method: ties, weights: {mth: 1}", "did you mean \"math\"?"),
            ("method: ties, weights: {math: -1}", "expected a weight of zero or more"),
            ("method: ties, weights: {math: 0}", "no weight is above zero"),
            ("method: dare, weights: {math: 0}", "no weight is other than zero"),
            ("method: dare, weights: {math: 1, base: 1}", "what task vectors are measured from"),
            ("method: dare, base: math, weights: {math: 1}", "cannot be merged with itself"),
            ("method: dare, base: maths", "did you mean \"math\"?"),
            ("method: ties, density: 0", "expected a share above 0 and at most 1"),
            ("method: ties, density: 1.1", "expected a share above 0 and at most 1"),
            ("method: dare, seed: -1", "expected a whole number from 0"),
            ("method: slerp, weights: {math: 1}", "it goes from one model to another"),
            ("method: model-stock, models: [math]", "compares the changes of two or more"),
            ("method: model-stock, models: [math, base]", "model stock has it anyway"),
            ("method: revert", "the key \"reverted\" is missing"),
            ("method: revert, reverted: layer 9", "the model has the layers 0 to 3"),
            ("method: della, density: 0.9, epsilon: 0.2", "density + epsilon at most 1"),
            ("method: breadcrumbs, density: 0.9, gamma: 0.2", "together at most 1"),
            ("method: ties, gamma: 0.1", "merges.other.gamma: the key does not apply"),
            ("method: layer-swap, scale: {midle: 2}", "did you mean \"middle\"?"),
            ("method: layer-swap, scale: {middle: 2}, pattern: random", "not dealt out by zones"),
            ("method: layer-swap, scale: {middle: 2}, interpolation: slerp", "leave out the"),
            (
                "method: layer-swap, coefficients: {mlp: [1, 0, 0, 1]}",
                "key \"attention\" is missing"
            ),
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
