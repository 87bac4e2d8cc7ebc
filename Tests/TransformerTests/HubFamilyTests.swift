import Checkpointing
import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("What a configuration of each family means")
struct HubFamilyTests {
    /// The file of a folder that is there for one call.
    private func withConfiguration<Result>(
        _ values: [String: Any],
        _ body: (URL) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-family-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try JSONSerialization.data(withJSONObject: values)
            .write(to: folder.appending(path: ConfigurationFields.fileName))
        return try body(folder)
    }

    private static var sizes: [String: Any] {
        [
            "vocab_size": 40, "hidden_size": 16, "intermediate_size": 12, "num_hidden_layers": 7,
            "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64,
        ]
    }

    private func read(_ type: String, _ more: [String: Any] = [:]) throws -> ModelConfiguration {
        var values = Self.sizes
        values["model_type"] = type
        // NSNull stands for null, a text of a dash for a key that is left out.
        for (key, value) in more { values[key] = value as? String == "-" ? nil : value }
        return try withConfiguration(values) { try ModelConfiguration(in: $0) }
    }

    private func refusal(_ type: String, _ more: [String: Any]) -> String {
        let error = #expect(throws: (any Error).self) { try read(type, more) }
        return error.map { "\($0)" } ?? ""
    }

    @Test("Keys that are left out have the defaults of the class")
    func defaults() throws {
        let llama = try read("llama", ["num_key_value_heads": "-"])
        #expect(llama.keyValueHeadCount == 4 && llama.headWidth == 4 && !llama.tiedEmbeddings)
        #expect(llama.beginningOfSequence == 1 && llama.endsOfSequence == [2])
        let mistral = try read(
            "mistral",
            ["num_key_value_heads": "-", "num_attention_heads": 8, "max_position_embeddings": "-"]
        )
        #expect(mistral.keyValueHeadCount == 8 && mistral.maximumPositions == 131_072)
        #expect(
            mistral.slidingWindow
                == SlidingWindow(size: 4096, layers: .init(repeating: true, count: 7))
        )
        let qwen2 = try read("qwen2")
        #expect(qwen2.biases == .queryKeyValue && qwen2.slidingWindow == nil)
        #expect(qwen2.beginningOfSequence == nil && qwen2.endsOfSequence.isEmpty)
        #expect(qwen2.normEpsilon == 1e-6)
        let qwen3 = try read("qwen3")
        #expect(qwen3.headWidth == 128 && qwen3.biases.isEmpty)
        let gemma = try read("gemma3_text", ["vocab_size": 50])
        #expect(gemma.headWidth == 256 && gemma.tiedEmbeddings && gemma.queryScalar == 256)
        #expect(gemma.ropeTheta == 1_000_000 && gemma.localRopeTheta == 10_000)
        #expect(
            gemma.slidingWindow
                == SlidingWindow(size: 4096, layers: [true, true, true, true, true, false, true])
        )
        #expect(gemma.beginningOfSequence == 2 && gemma.endsOfSequence == [1])
    }

    @Test("Both ways of saying positions mean the same, in Gemma too")
    func positions() throws {
        let scaling: [String: Any] = ["type": "linear", "factor": 8]
        let old = try read(
            "gemma3_text",
            [
                "rope_theta": 500_000, "rope_local_base_freq": 5_000, "rope_scaling": scaling,
                "sliding_window": 16, "sliding_window_pattern": 3,
            ]
        )
        let types = (1...7).map { $0 % 3 == 0 ? "full_attention" : "sliding_attention" }
        let new = try read(
            "gemma3_text",
            [
                "rope_parameters": [
                    "full_attention": [
                        "rope_type": "linear", "factor": 8.0, "rope_theta": 500_000.0,
                    ] as [String: Any],
                    "sliding_attention": ["rope_type": "default", "rope_theta": 5_000.0],
                ],
                "sliding_window": 16, "layer_types": types,
            ]
        )
        #expect(old == new)
        #expect(old.ropeScaling == .linear(factor: 8) && old.localRopeTheta == 5_000)
    }

    @Test("Windows count in the layers that the family says")
    func windows() throws {
        let flagged: [String: Any] = [
            "use_sliding_window": true, "sliding_window": 8, "max_window_layers": 5,
        ]
        let expected = SlidingWindow(size: 8, layers: (0..<7).map { $0 >= 5 })
        #expect(try read("qwen2", flagged).slidingWindow == expected)
        #expect(try read("qwen3", flagged).slidingWindow == expected)
        #expect(try read("qwen2", ["use_sliding_window": false]).slidingWindow == nil)
        #expect(try read("mistral", ["sliding_window": NSNull()]).slidingWindow == nil)
        // The key is none of Mistral's, and `transformers` does not look at it there.
        #expect(
            try read("mistral", ["sliding_window": 9, "use_sliding_window": false])
                .slidingWindow?.size == 9
        )
        let full = Array(repeating: "full_attention", count: 7)
        #expect(try read("qwen2", ["layer_types": full]).slidingWindow == nil)
        var mixed = full
        mixed[3] = "sliding_attention"
        let chosen = flagged.merging(["layer_types": mixed]) { $1 }
        #expect(try read("qwen3", chosen).slidingWindow?.layers == (0..<7).map { $0 == 3 })
    }

    @Test(
        "What contradicts itself or is not computed is refused by name",
        arguments: [
            ("qwen2", "layer_types", "[\"sliding_attention\"]", "'layer_types' is a list of 1"),
            ("mistral", "attention_bias", "true", "layers of mistral have no such biases"),
            ("gemma3_text", "final_logit_softcapping", "30.0", "'final_logit_softcapping' is 30"),
            ("gemma3_text", "attn_logit_softcapping", "50.0", "'attn_logit_softcapping' is 50"),
            ("gemma3_text", "hidden_activation", "\"gelu\"", "expected \"gelu_pytorch_tanh\""),
            ("gemma3_text", "use_bidirectional_attention", "true", "'use_bidirectional_attention'"),
            ("gemma3_text", "query_pre_attn_scalar", "-1", "'query_pre_attn_scalar' is -1"),
            (
                "gemma3_text", "rope_parameters", "{\"rope_type\": \"default\"}",
                "expected one object for \"full_attention\" and one for \"sliding_attention\""
            ),
            (
                "gemma3_text", "rope_parameters",
                "{\"sliding_attention\": {\"rope_type\": \"linear\", \"factor\": 2}}",
                "for \"sliding_attention\""
            ),
            ("qwen3", "num_experts", "8", "mixtures of experts are not known here"),
            (
                "qwen3", "rope_scaling", "{\"rope_type\": \"longrope\"}",
                "'rope_type' is \"longrope\""
            ),
            ("qwen2", "rope_scaling", "{\"rope_type\": \"yarn\"}", "'factor' is missing"),
            (
                "qwen2", "rope_scaling",
                "{\"rope_type\": \"yarn\", \"factor\": 2, \"beta_fast\": 1, \"beta_slow\": 4}",
                "'beta_fast' is 1.0; expected no less than beta_slow, 4.0"
            ),
            ("qwen3", "partial_rotary_factor", "0.5", "'partial_rotary_factor' is 0.5"),
            ("mixtral", "num_local_experts", "8", "'model_type' is \"mixtral\""),
        ]
    )
    func refused(_ type: String, _ key: String, _ text: String, _ expected: String) throws {
        let value = try JSONSerialization.jsonObject(
            with: Data(text.utf8),
            options: .fragmentsAllowed
        )
        let words = refusal(type, [key: value])
        #expect(words.contains(expected) && words.contains("config.json"), "\(words)")
    }

    @Test("A list of layers with a window where there is none is refused")
    func windowless() {
        let types = Array(repeating: "sliding_attention", count: 7)
        #expect(refusal("qwen2", ["layer_types": types]).contains("where there is no window"))
        #expect(
            refusal("mistral", ["layer_types": types, "sliding_window": NSNull()])
                .contains("what sliding_window says of every layer")
        )
    }

    @Test("What is written has the keys of its own family, and means the same")
    func written() throws {
        let all = ["attention_bias", "mlp_bias", "layer_types", "sliding_window", "hidden_act"]
        for (family, own) in [
            (DecoderFamily.llama, ["attention_bias", "mlp_bias", "hidden_act"]),
            (.mistral, ["sliding_window", "hidden_act"]),
            (.qwen2, ["layer_types", "sliding_window", "hidden_act"]),
            (.qwen3, ["attention_bias", "layer_types", "sliding_window", "hidden_act"]),
            (.gemma3Text, ["attention_bias", "layer_types", "sliding_window"]),
        ] {
            let shape = ReferenceModel.shape(of: family)
            let json = try JSONSerialization.jsonObject(with: shape.hubJSON())
            let values = try #require(json as? [String: Any])
            #expect(Set(all.filter { values[$0] != nil }) == Set(own), "\(family)")
            let read = try withConfiguration(values) { try ModelConfiguration(in: $0) }
            #expect(read == shape, "\(family)")
        }
    }

    @Test("Tensors of a family that are missing or of another shape are named")
    func tensors() throws {
        for (family, name) in [
            (DecoderFamily.qwen2, "model.layers.1.self_attn.k_proj.bias"),
            (.qwen3, "model.layers.0.self_attn.q_norm.weight"),
            (.gemma3Text, "model.layers.1.post_feedforward_layernorm.weight"),
        ] {
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "layerswap-family-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let model = ReferenceModel.tiny(family)
            try model.write(to: folder)
            _ = try TransformerModel(at: folder)
            func rewrite(_ change: (TensorDescription) throws -> TensorDescription?) throws
                -> String
            {
                let tensors = try model.layout.entries.compactMap {
                    try change(
                        TensorDescription(name: $0.name, elementType: .float32, shape: $0.shape)
                    )
                }
                try SafetensorsWriter.write(
                    tensors,
                    to: folder.appending(path: TensorCollection.fileName),
                    replacing: true
                ) { tensor, emit in
                    try Data(count: tensor.byteCount).withUnsafeBytes { try emit($0) }
                }
                let error = #expect(throws: CheckpointError.self) {
                    try TransformerModel(at: folder)
                }
                return error?.description ?? ""
            }
            let missing = try rewrite { $0.name == name ? nil : $0 }
            #expect(missing.contains("lacks '\(name)'"), "\(missing)")
            let misshapen = try rewrite {
                guard $0.name == name else { return $0 }
                return try TensorDescription(name: name, elementType: .float32, shape: [5])
            }
            #expect(misshapen.contains("'\(name)' has the shape [5]"), "\(misshapen)")
        }
    }

    @Test("Dynamic positions hold up to the model's own, and longer sequences are refused")
    func dynamic() throws {
        var shape = ReferenceModel.shape(of: .qwen3)
        shape.ropeScaling = .dynamic(factor: 2)
        shape.maximumPositions = 8
        let model = TransformerModel(configuration: shape, seed: 1)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let tokens = (0..<9).map { Int32($0) }
        _ = try scorer.logits(of: Array(tokens.dropLast()))
        #expect {
            try scorer.logits(of: tokens)
        } throws: { "\($0)".contains("a sequence has 9 tokens and the model 8 positions") }
        #expect(throws: SequenceLengthError.self) {
            try GradientEngine(
                model: model,
                pool: WorkerPool(threadCount: 1),
                maximumTokens: 9,
                maximumSegmentLength: 9
            )
        }
        #expect(throws: SequenceLengthError.self) {
            try InputNorms(of: model, on: [tokens], pool: WorkerPool(threadCount: 1))
        }
    }

    @Test(
        "Scaled positions are written for both versions of transformers, and each reads alone",
        arguments: [
            RotaryScaling.linear(factor: 4), .dynamic(factor: 2),
            .llama3(factor: 8, low: 1, high: 4, originalContext: 64),
            .yarn(.init(factor: 4, originalContext: 32)),
        ],
        [DecoderFamily.llama, .qwen2, .gemma3Text]
    )
    func scaled(scaling: RotaryScaling, family: DecoderFamily) throws {
        var shape = ReferenceModel.shape(of: family)
        func written() throws -> [String: Any] {
            let json = try JSONSerialization.jsonObject(with: shape.hubJSON())
            return try #require(json as? [String: Any])
        }
        #expect(try written()["rope_scaling"] == nil)
        shape.ropeScaling = scaling
        let values = try written()
        let kind = (values["rope_scaling"] as? [String: Any])?["rope_type"] as? String
        #expect(kind != nil && kind != "default")
        for removed in [nil, "rope_parameters", "rope_scaling"] {
            var kept = values
            if let removed { kept[removed] = nil }
            let read = try withConfiguration(kept) { try ModelConfiguration(in: $0) }
            #expect(read == shape, "without \(removed ?? "nothing")")
        }
    }
}
