import Checkpointing
import Foundation
import Testing
import Tokenization

@Suite(
    "The example package",
    .serialized,
    .enabled(if: ExamplePackage.swift != nil, "no swift is on the PATH")
)
struct ExamplesTests {
    private static func model(_ name: String) -> String {
        TinyRun.folder.appending(path: name).path
    }

    /// Runs an example on models of the tiny recipe.
    private func output(_ program: String, _ arguments: String...) throws -> String {
        let build = try ExamplePackage.build.get()
        try #require(build.status == 0, "\(build.output)\n\(build.errors)")
        let ending = try ExamplePackage.run(program, arguments)
        try #require(ending.status == 0, "\(program): \(ending.output)\n\(ending.errors)")
        return ending.output
    }

    @Test("a merge has the bytes of the command line's")
    func merge() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (language, math) = (Self.model("language"), Self.model("math"))
        let (own, other) = (folder.appending(path: "a"), folder.appending(path: "b"))
        let text = try output("MergeExample", language, math, own.path)
        #expect(text.contains("layers 0 to 3, input first:"))
        #expect(text.contains("\nmerging model.embed_tokens.weight\n"))
        #expect(text.contains(#/\n\d+ copied, \d+ computed, \d+ verified\n/#))
        #expect(text.hasSuffix("\nSLERP: arc (0.300 language + 0.700 math)\n"), "\(text)")
        let ending = try Program.run(
            "merge",
            "--language",
            language,
            "--math",
            math,
            "--to",
            other.path
        )
        #expect(ending.status == 0, "\(ending.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: other.path).sorted()
        #expect(try FileManager.default.contentsOfDirectory(atPath: own.path).sorted() == files)
        #expect(files.contains("model.safetensors"))
        for file in files {
            let both = try [own, other].map { folder in
                let bytes = try Data(contentsOf: folder.appending(path: file))
                guard file == "provenance.json" else { return [bytes] }
                // The record of a merge has the time of day.
                return bytes.split(separator: UInt8(ascii: "\n")).filter {
                    !String(decoding: $0, as: UTF8.self).contains("\"created\"")
                }
            }
            #expect(both[0] == both[1], "\(file)")
        }
    }

    @Test("a checkpoint shows its tensors")
    func checkpoint() throws {
        let tensors = try TensorCollection(at: URL(filePath: Self.model("base"))).tensors
        let lines = try output("CheckpointExample", Self.model("base")).split(separator: "\n")
        #expect(lines.first == "llama, 4 layers")
        #expect(lines.count == tensors.count + 2)
        for (line, tensor) in zip(lines.dropFirst(), tensors) {
            #expect(line == "\(tensor.name) \(tensor.shape) F32")
        }
        #expect(lines.last?.contains(#/mean gain of the final norm: [01]\.\d+/#) == true)
    }

    @Test("a text comes back from its tokens, also one by one")
    func tokenizer() throws {
        let text = "Juma ana machungwa 12 — na 🥭 moja."
        let lines = try output("TokenizerExample", Self.model("base"), text).split(separator: "\n")
        let tokenizer = try Tokenizer(inModelFolder: URL(filePath: Self.model("base")))
        let pieces = tokenizer.encode(text).map { tokenizer.piece(of: $0) }
        #expect(lines.map(String.init) == [pieces.joined(separator: "|"), text, text])
    }

    @Test("a model continues a text as on the command line")
    func generate() throws {
        let text = "Tom has 3 apples"
        let found = try output("GenerateExample", Self.model("base"), text)
        #expect(found.hasPrefix("480 logits, the largest is "))
        let ending = try Program.run(
            "generate",
            Self.model("base"),
            text,
            "--max-tokens",
            "16",
            "--quiet"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(found.split(separator: "\n", maxSplits: 1).last.map(String.init) == ending.output)
    }

    @Test("training lowers the loss and saves a model")
    func train() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let trained = folder.appending(path: "trained")
        let text = try output("TrainExample", Self.model("base"), trained.path)
        let losses = text.matches(of: #/step \d+ loss (\S+)/#).compactMap { Double($0.output.1) }
        #expect(losses.count == 20)
        let (first, last) = (try #require(losses.first), try #require(losses.last))
        #expect(last < 0.8 * first, "\(losses)")
        #expect(text.contains("\n20 steps, "))
        #expect(try Checkpoint(at: trained).configuration.integer("num_hidden_layers") == 4)
    }
}

@Suite("Pages that show the examples")
struct ExamplePageTests {
    private func page(_ path: String) throws -> String {
        try String(contentsOf: Program.root.appending(path: path), encoding: .utf8)
    }

    @Test("the README shows the merge example")
    func readme() throws {
        let text = try page("README.md")
        let start = try #require(text.range(of: "<!-- library example -->\n"))
        let end = try #require(text.range(of: "<!-- end of library example -->"))
        let part = text[start.upperBound..<end.lowerBound]
        #expect(part.contains("```swift\n\(try ExamplePackage.source("MergeExample"))```\n"))
    }

    @Test("the article shows every example", arguments: ExamplePackage.programs)
    func article(_ program: String) throws {
        let text = try page("Sources/layerswap/LayerSwap.docc/UsingTheLibraries.md")
        #expect(text.contains("```swift\n\(try ExamplePackage.source(program))```\n"))
    }

    @Test("every example has ten to twenty lines", arguments: ExamplePackage.programs)
    func length(_ program: String) throws {
        let count =
            try ExamplePackage.source(program).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ).count - 1
        #expect((10...20).contains(count), "\(count)")
    }
}
