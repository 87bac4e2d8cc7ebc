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

    @Test(
        "A flag of a merge that does not fit is named",
        arguments: [
            (["--pattern", "randm"], "error: --pattern: found \"randm\", expected one of zones"),
            (["--pattern", "randm"], "did you mean \"random\"?"),
            (["--method", "tise"], "error: --method: found \"tise\", expected one of layer-swap"),
            (["--bottom-transition", "-1"], "--bottom-transition: found -1, expected a whole"),
            (["--top", "9"], "error: options of the merge: the zones do not fit"),
            (["--embeddings", "langauge"], "--embeddings: found \"langauge\", expected language"),
            (["--transition", "slope"], "--transition: found \"slope\", expected none, ramp"),
            (["--coefficients", "1,x"], "--coefficients: found \"x\", expected a number"),
            (["--coefficients", "1,0,2,1"], "--coefficients: 2: found 2, expected a weight"),
            (["--coefficients", "1,0"], "options of the merge: there are 2 coefficients"),
            (["--scale", "midle=2"], "--scale: midle: unknown zone \"midle\""),
            (["--scale", "middle"], "--scale: found \"middle\", expected NAME=NUMBER"),
            (["--method", "average", "--weights", "mth=1"], "--weights: mth: unknown model"),
            (["--method", "ties", "--weights", "math=-1"], "--weights: math: found -1, expected"),
            (["--method", "ties", "--density", "1.5"], "--density: found 1.5, expected a share"),
            (["--method", "average", "--top", "1"], "--top: the key does not apply here: an av"),
            (["--method", "nearswap"], "the option --distance is missing"),
            (["--method", "revert", "--reverted", "layer 9"], "--reverted: 0: found \"layer 9\""),
            (
                ["--method", "karcher", "--models", "math,mth"],
                "--models: 1: unknown model \"mth\""
            ),
        ]
    )
    func flags(_ flags: [String], _ message: String) throws {
        let root = try experts()
        defer { try? FileManager.default.removeItem(at: root) }
        let models = ["--math", "math", "--language", "language"]
        let ending = try Program.start(["merge", "--plan"] + models + flags, in: root).end()
        #expect(ending.status == 1 && ending.errors.contains(message), "\(ending.errors)")
    }

    @Test("Lists and mappings of flags are read as a merge file's")
    func lists() throws {
        let root = try experts()
        defer { try? FileManager.default.removeItem(at: root) }
        let models = ["merge", "--plan", "--math", "math", "--language", "language"]
        for (flags, line) in [
            (["--coefficients", "1, 0.5,0,1"], "input first:  L/ML"),
            (["--method", "average", "--weights", "math=3, language=1"], "0.750 math"),
            (["--bottom", "0", "--bottom-transition", "0", "--top", "2"], "input first:  MMLL"),
        ] {
            let ending = try Program.start(models + flags, in: root).end()
            #expect(ending.status == 0 && ending.output.contains(line), "\(ending.output)")
        }
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
