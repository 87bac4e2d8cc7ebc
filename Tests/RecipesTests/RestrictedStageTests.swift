import Foundation
import RecipeTestSupport
import Testing

private let mathMixture = """
        mixture:
          english-problems: {source: problems, language: english}

    """

/// The math stage of the tiny recipe with more keys.
private func math(_ keys: String) -> String { "  math:\n    steps: 15\n" + keys }

/// Two partitions with these selections, on lines of their own.
private func turns(_ first: String, _ second: String) -> String {
    """
        partitions:
          sums: {train: \(first), mixture: {problems: {source: problems}}}
          words: {train: \(second), mixture: {text: {source: text, language: target}}}

    """
}

private let stage = "  math:\n    steps: 15\n" + mathMixture

private let mistakes: [Mistake] = [
    Mistake(
        "misspelt part",
        math(""),
        math("    freeze: [embeddings, layrs 1-2]\n"),
        line: "layrs 1-2",
        "stages.math.freeze.1: found \"layrs 1-2\"",
        "expected outer, middle, embeddings, layer 3, layers 2-5, final_norm or head",
        "did you mean \"layers\"?"
    ),
    Mistake(
        "run of layers upside down",
        math(""),
        math("    freeze: layers 2-1\n"),
        line: "freeze:",
        "found \"layers 2-1\"",
        "layers 2-5"
    ),
    Mistake(
        "layer beyond the model",
        math(""),
        math("    freeze: [layers 2-4]\n"),
        line: "freeze:",
        "found \"layers 2-4\"",
        "the layers 0 to 3"
    ),
    Mistake(
        "mapping for a part",
        math(""),
        math("    freeze: {layers: 2}\n"),
        line: "freeze:",
        "found a mapping",
        "expected outer, middle"
    ),
    Mistake(
        "nothing in a list",
        math(""),
        math("    freeze: []\n"),
        line: "freeze:",
        "found an empty list"
    ),
    Mistake(
        "everything frozen",
        math(""),
        math("    freeze: [outer, middle]\n"),
        line: "freeze:",
        "'freeze' is embeddings, layers 0-3, final_norm",
        "left to train"
    ),
    Mistake(
        "head of a tied model",
        math(""),
        math("    freeze: [head]\n"),
        line: "freeze:",
        "this model's head is its embedding matrix"
    ),
    Mistake(
        "freezing for all stages",
        "training:\n",
        "training:\n  freeze: middle\n",
        line: "freeze:",
        "training.freeze",
        "of one stage alone"
    ),
    Mistake(
        "mixture beside partitions",
        stage,
        stage + turns("middle", "outer"),
        line: "      english-problems: {source: problems, language: english}",
        "stages.math.mixture",
        "does not apply beside partitions"
    ),
    Mistake(
        "freezing beside partitions",
        stage,
        math("    freeze: middle\n" + turns("middle", "outer")),
        line: "freeze:",
        "does not apply beside partitions"
    ),
    Mistake(
        "partitions that overlap",
        stage,
        math(turns("middle", "layers 2-3")),
        line: "sums:",
        "sums and words with layer 2 in both",
        "partitions that share nothing"
    ),
    Mistake(
        "one partition",
        stage,
        math(
            "    partitions:\n      sums: {train: middle, mixture: {problems: {source: problems}}}\n"
        ),
        line: "sums:",
        "'partitions' is sums",
        "two or more"
    ),
    Mistake(
        "partition without a selection",
        stage,
        math("    partitions:\n      sums: {mixture: {problems: {source: problems}}}\n"),
        line: "sums:",
        "the key \"train\" is missing"
    ),
    Mistake(
        "neither mixture nor partitions",
        stage,
        math(""),
        line: "steps: 15",
        "the key \"mixture\" is missing",
        "or \"partitions\""
    ),
    Mistake(
        "misspelt target",
        math(""),
        math("    lora: {rank: 4, targets: [query, values]}\n"),
        line: "lora:",
        "found \"values\"",
        "expected one of query, key, value, output, gate, up, down",
        "did you mean \"value\"?"
    ),
    Mistake(
        "adapters without a rank",
        math(""),
        math("    lora: {alpha: 16}\n"),
        line: "lora:",
        "the key \"rank\" is missing"
    ),
    Mistake(
        "rank above the weights'",
        math(""),
        math("    freeze: middle\n    lora: {rank: 17}\n"),
        line: "lora:",
        "'rank' is 17",
        "a rank from 1 to 16"
    ),
    Mistake(
        "no layer left for adapters",
        math(""),
        math("    freeze: layers 0-3\n    lora: {rank: 4}\n"),
        line: "freeze:",
        "a target of adapters is left to train"
    ),
]

@Suite("Stages with restricted training")
struct RestrictedStageTests {
    @Test("a mistake is named with file, line, what was found and expected", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        try mistake.verify()
    }

    private static let partitions =
        "stages.math.partitions={sums: {train: middle, mixture: {problems: {source: problems}}}, "
        + "words: {train: outer, mixture: {text: {source: text, language: target}}}}"

    @Test(
        "zones become parts, scaled with the depth as a layer swap's are",
        arguments: [
            (1, true, "layer 0", "embeddings, final_norm"),
            (4, true, "layers 1-2", "embeddings, layer 0, layer 3, final_norm"),
            (8, false, "layers 2-6", "embeddings, layers 0-1, layer 7, final_norm, head"),
            (32, true, "layers 5-29", "embeddings, layers 0-4, layers 30-31, final_norm"),
        ]
    )
    func zones(layers: Int, tied: Bool, middle: String, outer: String) throws {
        let recipe = try RecipeSupport.tiny(
            "model.layers=\(layers)",
            "model.tied_embeddings=\(tied)",
            "stages.math.freeze=middle",
            "stages.language.freeze=[outer]"
        )
        #expect(recipe.stages["math"]?.freeze?.text == middle)
        #expect(recipe.stages["language"]?.freeze?.text == outer)
    }

    @Test("what is left out of adapters is what PEFT's users mean")
    func adapters() throws {
        let recipe = try RecipeSupport.tiny(
            "stages.math.lora={rank: 4}",
            "stages.language.lora={rank: 2, alpha: 3, targets: [down, query, down]}"
        )
        #expect(recipe.base.lora == nil)
        let math = try #require(recipe.stages["math"]?.lora)
        #expect(math.rank == 4 && math.alpha == 8 && math.targets.count == 7)
        let language = try #require(recipe.stages["language"]?.lora)
        #expect(language.alpha == 3 && language.targets.map(\.rawValue) == ["query", "down"])
    }

    @Test("a recipe with every restriction survives being shown")
    func shown() throws {
        let recipe = try RecipeSupport.tiny(
            "stages.base.freeze=[embeddings, layers 1-2, final_norm]",
            "stages.math.mixture=null",
            Self.partitions,
            "stages.math.lora={rank: 2, targets: [query, value]}",
            "stages.language.freeze=middle"
        )
        let text = try recipe.yaml()
        #expect(try RecipeSupport.load(text) == recipe)
        for part in [
            "freeze: [embeddings, layers 1-2, final_norm]", "freeze: [layers 1-2]",
            "train: [embeddings, layer 0, layer 3, final_norm]", "targets: [query, value]",
        ] {
            #expect(text.contains(part), "\(part) is not in\n\(text)")
        }
        #expect(recipe.stages["math"]?.mixtures.count == 2)
        #expect(recipe.base.mixtures.count == 1)
        // Stages without restrictions say nothing of them, so that they keep their identity.
        let plain = try RecipeSupport.tiny().yaml()
        for key in ["freeze", "lora", "partitions"] { #expect(!plain.contains(key)) }
    }
}
