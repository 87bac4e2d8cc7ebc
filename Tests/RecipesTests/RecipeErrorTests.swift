import Foundation
import RecipeTestSupport
import Recipes
import Testing

private let mistakes: [Mistake] = [
    Mistake(
        "one instance of each problem",
        "target: {problems: 16}",
        "target: {problems: 16, instances: 1}",
        line: "target: {problems",
        "expected a whole number from 2 to 100"
    ),
    Mistake(
        "choices without a file",
        "evaluation:\n",
        "evaluation:\n  choice: {target: {problems: 3}}\n",
        line: "choice:",
        "the key \"file\" is missing"
    ),
    Mistake(
        "choices in no language",
        "evaluation:\n",
        "evaluation:\n  choice: {}\n",
        line: "choice:",
        "expected target, english or both"
    ),
    Mistake(
        "examples without their file",
        "evaluation:\n",
        "evaluation:\n  mgsm: {target: mgsm_sw.tsv, shots: 8}\n",
        line: "mgsm:",
        "8 worked examples are to be shown: name their file as exemplars"
    ),
    Mistake(
        "an unknown form of MGSM",
        "evaluation:\n",
        "evaluation:\n  mgsm: {target: mgsm_sw.tsv, form: cot}\n",
        line: "mgsm:",
        "expected one of direct, native_cot, en_cot"
    ),
    Mistake(
        "a largest number of texts",
        "english-text: {weight: 3,",
        "english-text: {numbers_up_to: 12, weight: 3,",
        line: "english-text:",
        "does not apply here: only generated problems and arithmetic have a largest number"
    ),
    Mistake(
        "a solution of texts",
        "english-text: {weight: 3,",
        "english-text: {solution: answer, weight: 3,",
        line: "english-text:",
        "does not apply here: only problems have it"
    ),
    Mistake(
        "frozen weights where every weight is trained",
        "    steps: 30",
        "    frozen: bf16\n    steps: 30",
        line: "frozen:",
        "applies to a stage with \"lora\" alone"
    ),
    Mistake(
        "an unknown format of frozen weights",
        "    steps: 30",
        "    frozen: int8\n    steps: 30",
        line: "frozen:",
        "stages.base.frozen",
        "found \"int8\"",
        "bf16"
    ),
    Mistake(
        "no truth value for recompute",
        "    steps: 30",
        "    recompute: layers\n    steps: 30",
        line: "recompute:",
        "stages.base.recompute",
        "found \"layers\""
    ),
    Mistake(
        "unknown key of a stage",
        "    steps: 30",
        "    stesp: 30",
        line: "stesp",
        "unknown key \"stesp\" in stages.base",
        "did you mean \"steps\"?"
    ),
    Mistake(
        "unknown key at the top",
        "tokenizer:",
        "tokeniser:",
        line: "tokeniser:",
        "unknown key \"tokeniser\"",
        "did you mean \"tokenizer\"?"
    ),
    Mistake(
        "unknown key that resembles none",
        "seed: 1",
        "banana: 1",
        line: "banana",
        "unknown key \"banana\" in a recipe",
        "Known here: name, purpose, seed"
    ),
    Mistake(
        "unknown key in a source",
        "english-text: {weight: 3,",
        "english-text: {wieght: 3,",
        line: "wieght",
        "did you mean \"weight\"?"
    ),
    Mistake(
        "key written twice",
        "    steps: 30",
        "    steps: 30\n    steps: 31",
        line: "steps: 30",
        "\"steps\" is written more than once"
    ),
    Mistake(
        "text for a whole number",
        "    steps: 30",
        "    steps: many",
        line: "steps: many",
        "stages.base.steps",
        "found \"many\"",
        "expected a whole number"
    ),
    Mistake(
        "quoted number",
        "    steps: 30",
        "    steps: \"30\"",
        line: "steps: \"30\"",
        "the quoted text \"30\"",
        "expected a whole number"
    ),
    Mistake(
        "fraction for a whole number",
        "    steps: 30",
        "    steps: 1.5",
        line: "steps: 1.5",
        "found \"1.5\"",
        "expected a whole number"
    ),
    Mistake(
        "list for a number",
        "    steps: 30",
        "    steps: [30]",
        line: "steps: [30]",
        "found a list",
        "expected a whole number"
    ),
    Mistake(
        "negative steps",
        "    steps: 30",
        "    steps: -1",
        line: "steps: -1",
        "found -1",
        "from 0 to"
    ),
    Mistake(
        "learning rate out of range",
        "  learning_rate: 3e-3",
        "  learning_rate: 3e3",
        line: "learning_rate",
        "found 3000",
        "expected a number from"
    ),
    Mistake(
        "learning rate that is none",
        "  learning_rate: 3e-3",
        "  learning_rate: 3e-3x",
        line: "learning_rate",
        "found \"3e-3x\"",
        "expected a number"
    ),
    Mistake(
        "unknown choice",
        "source: translation}",
        "source: translaton}",
        line: "translaton",
        "found \"translaton\"",
        "expected one of text, translation",
        "did you mean \"translation\"?"
    ),
    Mistake(
        "mapping for a text",
        "name: tiny",
        "name: {a: b}",
        line: "name: {a",
        "found a mapping",
        "expected a name"
    ),
    Mistake(
        "name with a slash",
        "name: tiny",
        "name: a/b",
        line: "name: a/b",
        "letters, digits, - and _"
    ),
    Mistake(
        "scalar for a mapping",
        "model: {layers: 4, width: 32, heads: 2, key_value_heads: 1, hidden: 64}",
        "model: big",
        line: "model: big",
        "found \"big\"",
        "expected a mapping with the keys layers"
    ),
    Mistake(
        "heads that do not divide the width",
        "heads: 2, key_value_heads: 1",
        "heads: 3",
        line: "heads: 3",
        "a width of 32 cannot be shared by 3 heads"
    ),
    Mistake(
        "key-value heads that do not divide the heads",
        "key_value_heads: 1",
        "key_value_heads: 3",
        line: "key_value_heads: 3",
        "3 key and value heads do not divide 2"
    ),
    Mistake(
        "zones deeper than the model",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, bottom: 3, top: 2}",
        line: "swap: {",
        "merges.swap",
        "bottom 3",
        "4 layers"
    ),
    Mistake(
        "coefficients of another depth",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, coefficients: [1, 0]}",
        line: "swap: {",
        "2 coefficients",
        "4 layers"
    ),
    Mistake(
        "zones and coefficients",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, bottom: 1, coefficients: [1, 0, 0, 1]}",
        line: "swap: {",
        "exclude each other"
    ),
    Mistake(
        "owner that is none",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, embeddings: langauge}",
        line: "swap: {",
        "did you mean \"language\"?"
    ),
    Mistake(
        "head of a tied model",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, head: math}",
        line: "swap: {",
        "embedding matrix"
    ),
    Mistake(
        "weights of a layer swap",
        "swap: {method: layer-swap}",
        "swap: {method: layer-swap, weights: {math: 1}}",
        line: "swap: {",
        "does not apply here"
    ),
    Mistake(
        "merge with the name of a stage",
        "  soup: {method: average}",
        "  math: {method: average}",
        line: "  math: {method",
        "cannot have the name of a training stage"
    ),
    Mistake(
        "mixture without weight",
        "english-problems: {source: problems, language: english}",
        "english-problems: {source: problems, language: english, weight: 0}",
        line: "weight: 0}",
        "nothing can be drawn"
    ),
    Mistake(
        "file without a folder of data",
        "{weight: 2, source: translation}",
        "{weight: 2, source: translation, file: pairs.jsonl}",
        line: nil,
        "pairs.jsonl",
        "data.folder is not set"
    ),
    Mistake(
        "one language twice",
        "{english: en, target: sw}",
        "{english: en, target: en}",
        line: "target: en",
        "both languages are \"en\""
    ),
    Mistake(
        "measuring on what is learned",
        "split: test",
        "split: train",
        line: "split: train",
        "cannot be measured on what they learn"
    ),
    Mistake("broken YAML", "merges:", "merges: [", line: nil, "not valid YAML"),
    Mistake(
        "vocabulary below the bytes",
        "vocabulary: 480",
        "vocabulary: 200",
        line: "vocabulary: 200",
        "expected at least 280"
    ),
    Mistake(
        "missing key",
        "    steps: 30\n",
        "",
        line: "mixture:",
        "\"steps\" is missing"
    ),
]

@Suite("Errors of recipes")
struct RecipeErrorTests {
    @Test(
        "a mistake is named with file, line, what was found and what was expected",
        arguments: mistakes
    )
    func mistake(_ mistake: Mistake) throws {
        try mistake.verify()
    }

    @Test(
        "an override that does not fit is named as it was typed",
        arguments: [
            ("stages.base.stps=3", "unknown key \"stps\" in stages.base; did you mean \"steps\"?"),
            ("stages.bse.steps=3", "unknown key \"bse\" in stages; did you mean \"base\"?"),
            ("stages.base.steps=x", "found \"x\", expected a whole number"),
            ("stages.base.steps.more=3", "has no keys"),
            ("stages.base.steps", "expected path=value"),
            (".steps=3", "expected key names with dots"),
            ("seed=[1", "not valid YAML"),
        ]
    )
    func override(_ assignment: String, _ expected: String) {
        let message = RecipeSupport.message { try RecipeSupport.tiny(assignment) }
        #expect(message.hasPrefix("--set \(assignment)"), "\(message)")
        #expect(message.contains(expected), "\(message)")
    }

    @Test("a missing, an empty and a binary file are distinguished")
    func files() throws {
        let missing = RecipeSupport.message {
            try LoadedRecipe(at: RecipeSupport.url("none.yaml")).recipe
        }
        #expect(missing.contains("no readable file"))
        #expect(RecipeSupport.message { try RecipeSupport.load("") }.contains("is empty"))
        #expect(RecipeSupport.message { try RecipeSupport.load("- 1") }.contains("found a list"))
        let file = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-\(UUID().uuidString).yaml")
        try Data([0x6E, 0x3A, 0xFF, 0xFE]).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(RecipeSupport.message { try LoadedRecipe(at: file).recipe }.contains("not UTF-8"))
    }
}
