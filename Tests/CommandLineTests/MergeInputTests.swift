import Checkpointing
import Foundation
import Testing
import Transformer

@Suite("Models that the program is given to merge")
struct MergeInputTests {
    /// Two experts and a base in a folder of their own.
    private func experts() throws -> URL {
        let root = try Program.temporaryFolder()
        let shape = ModelConfiguration(
            vocabularySize: 11,
            modelWidth: 8,
            layerCount: 4,
            headCount: 2,
            keyValueHeadCount: 1,
            hiddenWidth: 6
        )
        for (seed, name) in ["base", "math", "language"].enumerated() {
            let folder = root.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try TransformerModel(configuration: shape, seed: UInt64(seed)).write(to: folder)
        }
        return root
    }

    private func store(_ tensor: String, as type: ElementType, in folder: URL) throws {
        let file = folder.appending(path: TensorCollection.fileName)
        let old = try SafetensorsFile(at: file)
        let tensors = try old.tensors.map { $0.name == tensor ? try $0.stored(as: type) : $0 }
        try SafetensorsWriter.write(tensors, to: file, replacing: true) { new, emit in
            try old.withBytes(of: new.name) {
                try emit(UnsafeRawBufferPointer(rebasing: $0.prefix(new.byteCount)))
            }
        }
    }

    @Test("Types that are not computed with end no verb with a trap", arguments: ["I8", "F8_E4M3"])
    func types(_ name: String) throws {
        let root = try experts()
        defer { try? FileManager.default.removeItem(at: root) }
        let type = try #require(ElementType(rawValue: name))
        let tensor = "model.layers.2.mlp.up_proj.weight"
        try store(tensor, as: type, in: root.appending(path: "math"))
        let models = ["--math", "math", "--language", "language"]
        for arguments in [
            ["merge", "--base", "base", "--changes"] + models, ["merge", "-o", "out"] + models,
            ["merge", "--plan"] + models, ["generate", "math", "a"],
            ["analyze", "change", "--base", "base", "--output", "record.json"] + models,
        ] {
            let ending = try Program.start(arguments, in: root).end()
            let words = "\(arguments): \(ending.status) \(ending.errors)"
            #expect(ending.status == 1, "\(words)")
            #expect(ending.errors.contains("'\(tensor)' is stored as \(name)"), "\(words)")
        }
        let inspected = try Program.run("inspect", "--norms", "math", in: root)
        #expect(inspected.status == 0 && inspected.output.contains(name), "\(inspected.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
                == ["base", "language", "math"]
        )
    }

    @Test("An expert that equals the base draws a warning, and is merged all the same")
    func equal() throws {
        let root = try experts()
        defer { try? FileManager.default.removeItem(at: root) }
        let ending = try Program.run(
            "merge",
            "--base",
            "base",
            "--math",
            "base",
            "--language",
            "language",
            "-o",
            "out",
            in: root
        )
        #expect(ending.status == 0)
        #expect(ending.errors.contains("Warning: 'math' equals the base in every tensor"))
    }

    @Test("'inspect' says what to strip from names")
    func names() throws {
        let root = try experts()
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appending(path: "math/\(TensorCollection.fileName)")
        let old = try SafetensorsFile(at: file)
        let tensors = try old.tensors.map {
            try TensorDescription(
                name: "_orig_mod." + $0.name,
                elementType: $0.elementType,
                shape: $0.shape
            )
        }
        try SafetensorsWriter.write(tensors, to: file, replacing: true) { new, emit in
            try old.withBytes(of: String(new.name.dropFirst("_orig_mod.".count)), emit)
        }
        for path in ["math", "math/model.safetensors"] {
            let ending = try Program.run("inspect", path, in: root)
            #expect(ending.status == 0)
            #expect(
                ending.errors.contains("38 of 38 tensors would be known without '_orig_mod.'"),
                "\(ending.errors)"
            )
        }
    }
}
