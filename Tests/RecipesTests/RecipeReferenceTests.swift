import Foundation
import RecipeTestSupport
import Recipes
import Testing

@Suite("Recipe reference")
struct RecipeReferenceTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/layerswap/LayerSwap.docc/RecipeReference.md")

    @Test("the page is what the keys say; 'make reference' writes it")
    func current() throws {
        let page = KeyReference.page
        if ProcessInfo.processInfo.environment["LAYERSWAP_WRITE_REFERENCE"] != nil {
            try Data(page.utf8).write(to: Self.page)
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == page)
    }

    @Test("every key has a meaning, and keys of every kind are there")
    func complete() throws {
        let page = KeyReference.page
        for line in [
            "| `learning_rate` | number from 1e-12 to 10 | required | The highest learning rate. |",
            "| `schedule` | cosine, linear, constant, warmup_stable_decay | cosine | The course of",
            "| `source` | ", "| `word_frequency` | number from 0 to 4 | 0 |",
            "| `tied_embeddings` | true, false | true |",
            "| `split` | train, development, test | test |", "| `layer-swap` | ",
            "| `granularity` | layer, module | layer |", "| `extends` | ", "| `search` | ",
        ] { #expect(page.contains(line), "\(line)") }
        for section in KeyReference.sections {
            for key in section.keys {
                let entry = key.entry
                #expect(entry.help.hasSuffix(".") && !entry.help.contains("  "), "\(key.name)")
                #expect(!entry.fallback.words.isEmpty && !entry.example.isEmpty, "\(key.name)")
                #expect(entry.example != "…", "\(key.name) needs an example")
                #expect(!key.paths.isEmpty)
            }
        }
    }

    /// Mappings whose keys mean something without others beside them.
    private static let whole = ["world", "tokenizer", "model", "evaluation"]

    @Test("the example of a key is a value that a recipe takes", arguments: whole)
    func examples(_ place: String) throws {
        let section = try #require(KeyReference.sections.first { $0.places.contains(place) })
        for key in section.keys {
            let written = "\(place).\(key.name)=\(key.entry.example)"
            let message = RecipeSupport.message {
                try RecipeSupport.tiny("data.folder=.", written)
            }
            #expect(message.isEmpty, "\(written): \(message)")
        }
    }

    @Test(
        "a key is found by its path and by its last part",
        arguments: [
            (
                "stages.math.steps",
                ["steps: Number of optimizer steps", "default:  none; the key is"]
            ),
            (
                "learning_rate",
                ["range:    from 1e-12 to 10", "written:  training.learning_rate, st"]
            ),
            ("training.schedule", ["default:  cosine", "example:  schedule: cosine"]),
            ("stages.math.mixture.pairs.weight", ["range:    from 0 to 1000000000"]),
            ("model", ["model: The model.", "    layers: Number of blocks. [required]"]),
            ("merges.swap.search.budget", ["The most candidates that are scored."]),
        ]
    )
    func lookUp(_ text: String, _ expected: [String]) throws {
        let lines = try KeyReference.find(text).flatMap(KeyReference.lines)
        for part in expected { #expect(lines.joined(separator: "\n").contains(part), "\(lines)") }
    }

    @Test(
        "an unknown key names the nearest one",
        arguments: [
            ("learning_rat", "learning_rate"), ("stages.math.stpes", "stages.math.steps"),
            ("sed", "seed"), ("training.mixture.weight", "weight"),
            ("evaluation.splt", "evaluation.split"),
            ("", nil), ("banana.x", nil),
        ] as [(String, String?)]
    )
    func unknown(_ text: String, _ nearest: String?) {
        do {
            let found = try KeyReference.find(text)
            Issue.record("\(found)")
        } catch {
            #expect(error.description.contains("a recipe has no key \"\(text)\""))
            #expect(error.nearest == nearest)
        }
    }
}
