import Checkpointing
import Foundation
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Numbers that are no weights")
struct MergeInputTests {
    private let workspace = MergeWorkspace(threadCount: 2)
    private static let tensor = "model.layers.2.mlp.up_proj.weight"

    private func refusal(
        _ inputs: [MergeInput],
        _ method: MergeMethod,
        _ storage: MergeStorage = MergeStorage()
    ) -> String {
        let error = #expect(throws: (any Error).self) {
            let executor = try MergeExecutor(
                method,
                of: inputs,
                storage: storage,
                workspace: workspace
            )
            let folder = inputs[0].folder.deletingLastPathComponent().appending(path: "output")
            _ = try executor.write(to: folder, version: "test")
        }
        return error.map { "\($0)" } ?? ""
    }

    @Test(
        "A type that is not computed with is refused in every method, also where it would be copied",
        arguments: ElementType.allCases.filter { !$0.convertsToFloat }
    )
    func types(_ type: ElementType) throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let swaps = [LayerSwap(bottom: 1, top: 1)].map(MergeMethod.layerSwap)
        for name in ["math", "base"] {
            try folders.change(name) { description, _ in
                if description.name == Self.tensor {
                    description = try description.stored(as: type)
                }
            }
            for method in MergeMethod.everyMethod + swaps {
                let words = refusal(inputs, method)
                let expected =
                    "'\(name)' (\(folders.folder(name).path())): "
                    + "'\(Self.tensor)' is stored as \(type.rawValue); expected F32, F16, BF16 or F64; "
                #expect(words.hasPrefix(expected), "\(method.name): \(words)")
            }
            try FileManager.default.removeItem(at: folders.folder(name))
            try folders.make(name, seed: 9)
        }
    }

    @Test(
        "NaN and infinity are named with model, tensor and place, whatever the method makes of them",
        arguments: [Float.nan, .infinity, -.infinity, .signalingNaN]
    )
    func notFinite(_ value: Float) throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let whole = MergeMethod.layerSwap(LayerSwap(bottom: 1, top: 1))
        for method in MergeMethod.everyMethod + [whole] {
            for element in [0, 20, 47] {
                // In the swap with a transition layer 2 is copied from the math expert.
                try folders.put(value, at: element, of: Self.tensor, in: "math")
                let words = refusal(inputs, method)
                let expected =
                    "'math' (\(folders.folder("math").path())): element \(element) of '\(Self.tensor)'"
                #expect(words.hasPrefix(expected), "\(method.name): \(words)")
                try folders.put(0.5, at: element, of: Self.tensor, in: "math")
            }
        }
        try folders.put(value, at: 5, of: Self.tensor, in: "base")
        for method in MergeMethod.everyMethod {
            guard case .taskVectors = method else { continue }
            #expect(refusal(inputs, method).hasPrefix("'base' ("), "\(method.name)")
        }
        let executor = try MergeExecutor(whole, of: inputs, workspace: workspace)
        #expect(throws: MergeError.self) { _ = try executor.changes() }
    }

    @Test("A number of F64 beyond those of F32 is called too large, and no damage")
    func tooLarge() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        try folders.change("math") { description, bytes in
            guard description.name == Self.tensor else { return }
            description = try description.stored(as: .float64)
            bytes = Data(count: description.byteCount)
            let huge = withUnsafeBytes(of: 1e300) { Array($0) }
            bytes.replaceSubrange(5 * 8..<6 * 8, with: huge)
        }
        let average = MergeMethod.average(.uniform(of: ["language", "math"]))
        let words = refusal(inputs, average, MergeStorage(elementType: .float32))
        let start =
            "'math' (\(folders.folder("math").path())): element 5 of '\(Self.tensor)', stored as "
            + "F64, is beyond the numbers of F32"
        #expect(words.hasPrefix(start), "\(words)")
        let executor = try MergeExecutor(
            average,
            of: inputs,
            storage: MergeStorage(elementType: .float32),
            workspace: workspace
        )
        #expect { _ = try executor.changes() } throws: { "\($0)".hasPrefix(start) }
    }

    @Test("In memory too")
    func inMemory() throws {
        let shape = MergeFolders.shape(layers: 4)
        let layout = ParameterLayout(shape)
        let place = try #require(layout.entry(named: Self.tensor)).range.lowerBound + 7
        let models = ["language", "math", "base"].map { name in
            let model = TransformerModel(configuration: shape, seed: 3)
            if name == "math" { model.parameters[place] = .nan }
            return (name, model)
        }
        let output = TransformerModel(zeros: shape)
        for method in MergeMethod.everyMethod {
            let plan = try MergePlan(method, architecture: CheckpointArchitecture(shape))
            let views = models.map { ($0.0, $0.1.parameters) }
            #expect(
                throws: MergeError.notFinite(
                    tensor: Self.tensor,
                    element: 7,
                    input: "math",
                    path: "in memory"
                ),
                "\(method.name)"
            ) {
                try plan.merge(
                    Dictionary(uniqueKeysWithValues: views),
                    into: output.parameters,
                    layout: layout,
                    workspace: workspace
                )
            }
        }
        withExtendedLifetime((models, output)) {}
    }

    @Test("A head beside tied embeddings: equal in any type, and otherwise the key is named")
    func head() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let all = try TensorCollection(at: folders.folder("math"))
        var contents: [String: Data] = [:]
        for tensor in all.tensors {
            contents[tensor.name] = try all.withBytes(of: tensor.name) { Data($0) }
        }
        let tensors = all.tensors
        let embeddings = FloatBuffer(count: 88)
        try all.readFloats(of: "model.embed_tokens.weight", into: embeddings.view)
        let head = try TensorDescription(
            name: "lm_head.weight",
            elementType: .float64,
            shape: [11, 8]
        )
        var bytes = Data(count: head.byteCount)
        bytes.withUnsafeMutableBytes {
            ElementConversion.encode(embeddings.view, as: .float64, into: $0)
        }
        contents[head.name] = bytes
        try folders.rewrite(folders.folder("math"), tensors + [head]) {
            contents[$0.name] ?? Data()
        }
        let method = MergeMethod.average(.uniform(of: ["language", "math"]))
        _ = try MergeExecutor(method, of: inputs, workspace: workspace)
        bytes[12] ^= 0x20
        contents[head.name] = bytes
        try folders.rewrite(folders.folder("math"), tensors + [head]) {
            contents[$0.name] ?? Data()
        }
        #expect(refusal(inputs, method).contains("'tie_word_embeddings' is true; expected false"))
        try folders.configure("math", ["tie_word_embeddings": nil])
        try folders.rewrite(folders.folder("math"), tensors) { contents[$0.name] ?? Data() }
        #expect(
            refusal(inputs, method).contains(
                "'tie_word_embeddings' is missing, which is false for llama; expected true"
            )
        )
    }

    @Test("Names that wrappers have changed, and a vocabulary of another size, with what to do")
    func advice() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let method = MergeMethod.average(.uniform(of: ["language", "math"]))
        try folders.change("math") { description, _ in
            description = try TensorDescription(
                name: "_orig_mod." + description.name,
                elementType: description.elementType,
                shape: description.shape
            )
        }
        let words = refusal(inputs, method)
        #expect(words.contains("38 of 38 tensors would be known without '_orig_mod.'"), "\(words)")
        try FileManager.default.removeItem(at: folders.folder("math"))
        var shape = MergeFolders.shape(layers: 4)
        shape.vocabularySize = 16
        try folders.make("math", shape, seed: 2)
        let size = refusal(inputs, method)
        #expect(size.contains("vocab_size is 11 in 'language' and 16 in 'math'"), "\(size)")
        #expect(size.contains("its vocabulary is padded"), "\(size)")
    }
}

@Suite("Configurations that say one thing in two ways")
struct MergeDefaultsTests {
    private let workspace = MergeWorkspace(threadCount: 1)
    private let method = MergeMethod.average(.uniform(of: ["language", "math"]))

    @Test("A default that is spelled out equals one that is left away")
    func defaults() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        for name in ["language", "math", "base"] {
            try folders.configure(name, ["rms_norm_eps": "1e-6", "rope_theta": "1e4"])
        }
        for pairs: [String: String?] in [
            ["rms_norm_eps": nil], ["rms_norm_eps": "0.000001"], ["hidden_act": nil],
            ["hidden_act": "\"swish\""], ["rope_parameters": nil], ["rope_theta": nil],
            ["rope_parameters": nil, "rope_theta": nil, "rope_scaling": "null"],
            ["rope_parameters": "{\"rope_theta\": 10000}", "rope_theta": nil], ["head_dim": nil],
            ["attention_bias": nil, "mlp_bias": "null"], ["max_position_embeddings": nil],
            ["partial_rotary_factor": "1"], ["model_type": nil], ["architectures": nil],
            ["rope_parameters": "{\"type\": \"linear\", \"factor\": 1.0}"],
        ] {
            try folders.configure("math", pairs)
            #expect(throws: Never.self, "\(pairs)") {
                try MergeExecutor(method, of: inputs, workspace: workspace)
            }
        }
    }

    @Test("Scalings of positions are compared as what they say")
    func scalings() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        for name in ["language", "math", "base"] {
            try folders.configure(name, ["rope_parameters": nil, "rope_theta": "10000"])
        }
        let llama3 = """
            {"factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, \
            "original_max_position_embeddings": 2048, "rope_type": "llama3"}
            """
        let moved = """
            {"type": "llama3", "rope_theta": 1e4, "high_freq_factor": 4.0, "low_freq_factor": 1.0, \
            "factor": 8.0}
            """
        for (name, text) in [("language", llama3), ("base", llama3), ("math", moved)] {
            try folders.configure(name, ["rope_scaling": text])
        }
        _ = try MergeExecutor(method, of: inputs, workspace: workspace)
        try folders.configure("math", ["rope_scaling": moved.replacing("8.0", with: "16.0")])
        let error = #expect(throws: MergeError.self) {
            try MergeExecutor(method, of: inputs, workspace: workspace)
        }
        guard case .configuration("rope_parameters", _, _) = error else {
            Issue.record("\(error?.description ?? "accepted")")
            return
        }
    }

    @Test(
        "Families have defaults of their own",
        arguments: [
            (
                "gemma2",
                [
                    "hidden_activation": "\"gelu_pytorch_tanh\"", "attn_logit_softcapping": "50.0",
                    "final_logit_softcapping": "30", "query_pre_attn_scalar": "256",
                    "head_dim": "256", "tie_word_embeddings": "true", "num_key_value_heads": "4",
                ], ["attn_logit_softcapping": "null"]
            ),
            (
                "mistral", ["num_key_value_heads": "8", "sliding_window": "4096", "head_dim": "1"],
                ["num_key_value_heads": "4"]
            ),
            (
                "qwen2", ["use_sliding_window": "false", "sliding_window": "32768"],
                ["tie_word_embeddings": "true"]
            ),
            ("qwen3", ["head_dim": "128", "attention_bias": "false"], ["head_dim": "64"]),
        ] as [(String, [String: String?], [String: String?])]
    )
    func families(_ family: String, _ spelled: [String: String?], _ other: [String: String?]) throws
    {
        let folders = try MergeFolders()
        func settings(_ pairs: [String: String?]) throws -> [CheckpointArchitecture.Setting] {
            let config = """
                {"model_type": "\(family)", "vocab_size": 16, "hidden_size": 32, \
                "intermediate_size": 12, "num_attention_heads": 32, "num_hidden_layers": 1}
                """
            try? FileManager.default.createDirectory(
                at: folders.folder(family),
                withIntermediateDirectories: true
            )
            try folders.write(config, to: "config.json", of: family)
            try folders.configure(family, pairs)
            return try CheckpointArchitecture(in: folders.folder(family)).settings
        }
        #expect(try settings([:]) == settings(spelled))
        #expect(try settings([:]) != settings(other))
    }
}
