import Foundation
import Foundations
import MergeFiles
import RecipeTestSupport
import Recipes
import Testing
import Transformer

@Suite("Files that describe a merge")
struct MergeRecipeTests {
    /// Three small models, and a file beside them.
    private final class Folder {
        let root: URL
        var file: URL { root.appending(path: "merge.yaml") }

        init(layers: Int = 4, tied: Bool = false) throws {
            root = FileManager.default.temporaryDirectory.appending(
                path: "merge-recipes-\(UUID().uuidString)"
            )
            let shape = ModelConfiguration(
                vocabularySize: 12,
                modelWidth: 8,
                layerCount: layers,
                headCount: 2,
                hiddenWidth: 6,
                tiedEmbeddings: tied
            )
            for (seed, name) in ["base", "math", "language"].enumerated() {
                let folder = root.appending(path: name)
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true
                )
                try TransformerModel(configuration: shape, seed: UInt64(seed)).write(to: folder)
                try Data("pieces".utf8).write(to: folder.appending(path: "tokenizer.model"))
            }
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        func tool(_ text: String, _ overrides: [String] = []) throws -> MergeTool {
            try Data(text.utf8).write(to: file)
            return try MergeTool(recipe: file, overrides: overrides, threads: 1)
        }
    }

    private static let swap = """
        merge:
          method: layer-swap
          base: base
          experts: {math: math, language: language}
          zones: {bottom: 1, top: 1, transition_bottom: 1, transition_top: 0, transition: ramp}
          embeddings: math
          final_norm: base
          output_head: blend
          dtype: bfloat16
        output: merged
        """

    @Test("Every key is read, and relative paths begin at the folder of the file")
    func keys() throws {
        let folder = try Folder()
        let tool = try folder.tool(Self.swap)
        #expect(
            tool.briefLines[0]
                == "layer swap: bottom 1, top 1, transitions 1 and 0 (ramp); "
                + "embeddings math, final norm base, head blend 0.5"
        )
        #expect(tool.briefLines[2] == "layers 0 to 3, input first:  L/ML")
        let output = folder.root.appending(path: "merged")
        #expect(tool.output?.path == output.path)
        let summary = try tool.write(to: output, replacing: false) { _ in }
        #expect(summary.copiedTensors == 0 && summary.computedTensors == 39)
        let again = try MergeTool(MergeRequest(recordedIn: output), threads: 2)
        #expect(try again.verify(output) { _ in } == 39)
    }

    @Test("Zones that are left out are the published ones, scaled; values are written over")
    func defaults() throws {
        let folder = try Folder(layers: 8, tied: true)
        let text = """
            merge:
              method: layer-swap
              experts: {math: math, language: language}
            output: merged
            """
        #expect(try folder.tool(text).briefLines[2].hasSuffix("LL/MMM/L"))
        let wider = try folder.tool(text, ["merge.zones={bottom: 4, top: 2}"])
        #expect(wider.briefLines[2].hasSuffix("LLLL//LL"))
    }

    @Test("A file may have the names of a recipe's keys, and may leave the output to the flags")
    func recipeNames() throws {
        let folder = try Folder()
        let own = try folder.tool(Self.swap)
        let text = """
            merge:
              method: layer-swap
              base: base
              experts: {math: math, language: language}
              bottom: 1
              top: 1
              bottom_transition: 1
              zones: {top_transition: 0}
              transition: ramp
              embeddings: math
              final_norm: base
              head: blend
              dtype: bfloat16
            """
        let other = try folder.tool(text)
        #expect(other.planLines == own.planLines)
        #expect(other.output == nil)
    }

    @Test("Other methods name experts by their weights")
    func methods() throws {
        let folder = try Folder()
        let text = """
            merge:
              method: ties
              base: base
              experts: {maths: math, swahili: language}
              weights: {maths: 1, swahili: 0.5}
              density: 0.3
            output: merged
            """
        #expect(
            try folder.tool(text).briefLines[0]
                == "ties: base + 1.000 TIES 0.300 (1.000 τ maths + 0.500 τ swahili)"
        )
    }

    @Test("The shipped file is read with models in place of its own")
    func shipped() throws {
        let folder = try Folder(layers: 32)
        let shipped = RecipeSupport.url("merge-huggingface.yaml")
        let tool = try folder.tool(
            String(contentsOf: shipped, encoding: .utf8),
            [
                "merge.base=base", "merge.experts={math: math, language: language}",
                "output=merged",
            ]
        )
        #expect(tool.briefLines[2].hasSuffix("LLLLL/MMMMMMMMMMMMMMMMMMMMMMM/LL"))
    }

    @Test(
        "A mistake is named with its line and what was expected",
        arguments: [
            ("  method: layer-swap", "  method: layer-swpa", "merge.yaml:2", "layer-swap"),
            ("  embeddings: math", "  embedings: math", "merge.yaml:6", "\"embeddings\""),
            ("bottom: 1, top", "botom: 1, top", "merge.yaml:5", "did you mean \"bottom\"?"),
            ("bottom: 1, top", "bottom: 9, top", "merge.yaml:2", "the zones do not fit"),
            ("  dtype: bfloat16", "  dtype: bfloat", "merge.yaml:9", "\"bfloat16\""),
            ("  dtype: bfloat16", "  shard_size: 5", "merge.yaml:9", "such as 5GB"),
            ("output: merged", "outputs: merged", "merge.yaml:10", "did you mean \"output\"?"),
            (
                "  output_head: blend", "  output_head: blend\n  head: math", "merge.yaml:9",
                "\"head\""
            ),
            ("  embeddings: math", "  bottom: 2", "merge.yaml:5", "\"bottom\" is given twice"),
            ("math: math,", "", "merge.yaml", "no model is named \"math\""),
            ("language: language", "language: nowhere", "nowhere/config.json", "cannot be read"),
        ]
    )
    func mistakes(_ line: String, _ mistake: String, _ place: String, _ words: String) throws {
        let folder = try Folder()
        let error = #expect(throws: (any Error).self) {
            _ = try folder.tool(Self.swap.replacing(line, with: mistake))
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(place) && message.contains(words), "\(message)")
    }

    @Test("A folder without the record of a merge is not verified")
    func noRecord() throws {
        let folder = try Folder()
        #expect(throws: (any Error).self) {
            try MergeRequest(recordedIn: folder.root.appending(path: "base"))
        }
    }

    @Test("A file that describes a merge is no recipe of a run, and says what it is for")
    func notRun() throws {
        let folder = try Folder()
        try Data(Self.swap.utf8).write(to: folder.file)
        let message = RecipeSupport.message { try LoadedRecipe(at: folder.file).recipe }
        #expect(message.contains("layerswap merge"), "\(message)")
    }

    @Test(
        "Sizes and types as people write them",
        arguments: [("5GB", 5_000_000_000), ("500MB", 500_000_000), ("1 KB", 1_000)]
    )
    func sizes(_ text: String, _ bytes: Int) throws {
        #expect(try StorageText.bytes(text) == bytes)
        for wrong in ["", "GB", "-1GB", "5", "5TB", "99999999999999999999GB"] {
            #expect(throws: OptionError.self) { try StorageText.bytes(wrong) }
        }
        #expect(try StorageText.elementType("BF16") == StorageText.elementType("bfloat16"))
    }
}
