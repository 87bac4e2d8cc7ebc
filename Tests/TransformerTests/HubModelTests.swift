import Checkpointing
import Foundation
import Testing
import Transformer

/// A checkpoint of one test that may be changed, removed at the end.
private final class EditedCheckpoint {
    let folder: URL

    /// Writes the first of the small models.
    init(tied: Bool = true) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-edited-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let shape = ModelConfiguration(
            vocabularySize: 12,
            modelWidth: 8,
            layerCount: 2,
            headCount: 2,
            keyValueHeadCount: 1,
            hiddenWidth: 6,
            tiedEmbeddings: tied
        )
        try TransformerModel(configuration: shape, seed: 1).write(to: folder)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Writes keys as JSON into `config.json`; nil takes a key out.
    func set(_ pairs: [String: String?]) throws {
        let url = folder.appending(path: ConfigurationFields.fileName)
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        var values = try #require(object as? [String: Any])
        for (key, text) in pairs {
            values[key] = try text.map {
                try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
            }
        }
        try JSONSerialization.data(withJSONObject: values).write(to: url)
    }

    /// Writes the tensors again, each under another name or type, or none; more may be added.
    func rewrite(
        adding: [TensorDescription: Data] = [:],
        _ change: (TensorDescription) throws -> TensorDescription?
    ) throws {
        let file = folder.appending(path: TensorCollection.fileName)
        let old = try SafetensorsFile(at: file)
        var contents: [String: Data] = [:]
        var tensors: [TensorDescription] = []
        for tensor in old.tensors {
            guard let new = try change(tensor) else { continue }
            tensors.append(new)
            let bytes = try old.withBytes(of: tensor.name) { Data($0) }
            contents[new.name] = new.byteCount == bytes.count ? bytes : Data(count: new.byteCount)
        }
        for (tensor, bytes) in adding {
            tensors.append(tensor)
            contents[tensor.name] = bytes
        }
        try SafetensorsWriter.write(tensors, to: file, replacing: true) { tensor, emit in
            try (contents[tensor.name] ?? Data()).withUnsafeBytes { try emit($0) }
        }
    }

    func refusal() -> String {
        let error = #expect(throws: (any Error).self) { try TransformerModel(at: folder) }
        return error.map { "\($0)" } ?? ""
    }
}

@Suite("What a configuration asks for")
struct HubModelTests {
    @Test("A default that is spelled out and one that is left away are the same model")
    func defaults() throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.set([
            "rms_norm_eps": "1e-06", "rope_parameters": nil, "rope_theta": "10000.0",
            "max_position_embeddings": "2048", "head_dim": "4", "tie_word_embeddings": "true",
        ])
        let spelled = try ModelConfiguration(in: checkpoint.folder)
        for key in [
            "rms_norm_eps", "rope_theta", "max_position_embeddings", "head_dim",
            "attention_bias", "mlp_bias", "hidden_act", "architectures", "model_type",
        ] {
            for text in [nil, "null"] {
                try checkpoint.set([key: text])
                #expect(try ModelConfiguration(in: checkpoint.folder) == spelled, "\(key)")
            }
        }
        for (key, text) in [
            ("hidden_act", "\"swish\""), ("rope_scaling", "null"),
            ("rope_scaling", "{\"rope_type\": \"default\"}"),
            ("rope_scaling", "{\"type\": \"linear\", \"factor\": 1}"),
            ("rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 10000}"),
            ("partial_rotary_factor", "1.0"), ("pretraining_tp", "1"), ("sliding_window", "null"),
            ("sliding_window", "2048"), ("layer_types", "[\"full_attention\", \"full_attention\"]"),
            ("auto_map", "{}"), ("num_local_experts", "0"), ("architectures", "[\"LlamaModel\"]"),
            ("architectures", "[\"LLaMAForCausalLM\"]"), ("quantization_config", "null"),
            ("attn_logit_softcapping", "null"), ("query_pre_attn_scalar", "4"),
        ] {
            try checkpoint.set([key: text, "unknown_key": "{\"a\": []}"])
            #expect(try ModelConfiguration(in: checkpoint.folder) == spelled, "\(key) \(text)")
            try checkpoint.set([key: nil])
        }
    }

    @Test(
        "What is not computed is refused by name",
        arguments: [
            ("quantization_config", "{\"quant_method\": \"gptq\"}"),
            ("compression_config", "{\"format\": \"int\"}"),
            ("auto_map", "{\"AutoModel\": \"a.B\"}"),
            ("num_local_experts", "8"), ("num_experts", "4"), ("pretraining_tp", "2"),
            ("attn_logit_softcapping", "50.0"), ("final_logit_softcapping", "30"),
            ("sliding_window", "64"), ("embedding_multiplier", "12"), ("scale_emb", "12"),
            ("logits_scaling", "8"), ("partial_rotary_factor", "0.5"), ("use_qk_norm", "true"),
            ("hidden_act", "\"gelu\""), ("use_bidirectional_attention", "true"),
            ("query_pre_attn_scalar", "256"), ("no_rope_layers", "[1, 0]"),
            ("layer_types", "[\"full_attention\", \"sliding_attention\"]"),
        ]
    )
    func refused(_ key: String, _ text: String) throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.set([key: text])
        let words = checkpoint.refusal()
        #expect(words.contains("'\(key)' is ") && words.contains("config.json"), "\(words)")
    }

    @Test(
        "Contradictions and wrong types are named",
        arguments: [
            (["architectures": "[\"MistralForCausalLM\"]"], "contradicts model_type \"llama\""),
            (
                ["model_type": nil, "architectures": "[\"Qwen2ForCausalLM\"]"],
                "'model_type' is missing"
            ),
            (["hidden_size": "10", "head_dim": nil, "num_attention_heads": "4"], "do not divide"),
            (["num_key_value_heads": "3"], "'num_key_value_heads' is 3; expected a divisor"),
            (["layer_types": "[\"full_attention\"]"], "a list of 1; expected one entry for each"),
            (["rope_theta": "500000"], "500000.0 in the top level and 10000.0 in rope_parameters"),
            (
                ["rope_scaling": "{\"rope_type\": \"linear\", \"factor\": 4}"],
                "'rope_scaling' is linear, factor 4.0, and 'rope_parameters' is plain"
            ),
            (
                ["rope_parameters": "{\"type\": \"linear\", \"rope_type\": \"llama3\"}"],
                "'rope_type' is \"llama3\", and 'type' beside it is \"linear\""
            ),
            (["rope_scaling": "\"linear\""], "'rope_scaling' is \"linear\"; expected an object"),
            (
                ["attention_bias": "\"false\""],
                "'attention_bias' is \"false\"; expected true or false"
            ),
            (["tie_word_embeddings": "1"], "'tie_word_embeddings' is 1; expected true or false"),
            (["num_hidden_layers": "true"], "'num_hidden_layers' is true; expected a whole number"),
            (["num_hidden_layers": "9007199254740993"], "expected at most 65536"),
            (["rms_norm_eps": "true"], "'rms_norm_eps' is true; expected a number"),
            (["hidden_act": "[]"], "'hidden_act' is a list; expected a text"),
            (["architectures": "\"LlamaForCausalLM\""], "expected a list of texts"),
            (
                ["num_attention_heads": "1048576", "head_dim": "1048576"],
                "'head_dim' is 1048576 in 1048576 heads"
            ),
            (["num_key_value_heads": "0"], "'num_key_value_heads' is 0"),
        ] as [([String: String?], String)]
    )
    func contradictions(_ pairs: [String: String?], _ expected: String) throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.set(pairs)
        let words = checkpoint.refusal()
        #expect(words.contains(expected), "\(words)")
    }

    @Test("A key that is there twice counts once, or contradicts itself")
    func twice() throws {
        let checkpoint = try EditedCheckpoint()
        let url = checkpoint.folder.appending(path: ConfigurationFields.fileName)
        let text = try String(contentsOf: url, encoding: .utf8).dropFirst()
        try Data("{\"rope_theta\": 10000.0, \(text)".utf8).write(to: url)
        _ = try ModelConfiguration(in: checkpoint.folder)
        try Data("{\"rope_theta\": 500000, \(text)".utf8).write(to: url)
        #expect(checkpoint.refusal().contains("'rope_theta' is there twice with different values"))
    }

    @Test("Other families are named as what they are")
    func families() throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.set(["model_type": "\"gemma2\"", "architectures": nil])
        let words = checkpoint.refusal()
        #expect(
            words.contains(
                "'model_type' is \"gemma2\"; expected one of llama, mistral, qwen2, qwen3"
            ),
            "\(words)"
        )
    }

    @Test("Biases that a configuration asks for are missed by name")
    func biases() throws {
        for (key, name) in [
            ("attention_bias", "self_attn.q_proj.bias"), ("mlp_bias", "mlp.gate_proj.bias"),
        ] {
            let checkpoint = try EditedCheckpoint()
            try checkpoint.set([key: "true"])
            let words = checkpoint.refusal()
            #expect(words.contains("lacks 'model.layers.0.\(name)'"), "\(words)")
        }
    }
}

@Suite("What the weights of a checkpoint may be")
struct CheckpointWeightsTests {
    private func head(_ type: ElementType) throws -> TensorDescription {
        try TensorDescription(name: "lm_head.weight", elementType: type, shape: [12, 8])
    }

    @Test("A tied model may hold its head where it is the embedding matrix, in whatever type")
    func equalHead() throws {
        for type in [ElementType.float32, .float64, .bfloat16] {
            let checkpoint = try EditedCheckpoint()
            let file = try SafetensorsFile(
                at: checkpoint.folder.appending(path: TensorCollection.fileName)
            )
            let model = try TransformerModel(at: checkpoint.folder)
            let embeddings = try #require(model.parameters(named: "model.embed_tokens.weight"))
            // What bfloat16 cannot hold is another number.
            if type == .bfloat16 { embeddings.fill(0.5) }
            var bytes = Data(count: 96 * type.byteCount)
            bytes.withUnsafeMutableBytes {
                ElementConversion.encode(embeddings, as: type, into: $0)
            }
            let same = Data(
                (0..<96).flatMap { i in
                    withUnsafeBytes(of: embeddings[i]) { Array($0) }
                }
            )
            let all = file.tensors.filter { $0.name != "model.embed_tokens.weight" }
            let own = try #require(file.description(of: "model.embed_tokens.weight"))
            try checkpoint.rewrite(adding: [try head(type): bytes, own: same]) { tensor in
                all.contains(tensor) ? tensor : nil
            }
            _ = try TransformerModel(at: checkpoint.folder)
            bytes[5] ^= 0x40
            try checkpoint.rewrite(adding: [try head(type): bytes]) { tensor in
                tensor.name == "lm_head.weight" ? nil : tensor
            }
            let words = checkpoint.refusal()
            #expect(words.contains("'tie_word_embeddings' is true; expected false"), "\(words)")
            withExtendedLifetime(model) {}
        }
    }

    @Test("Whether the head is tied is what the key says, or the family; the error names the key")
    func missingKey() throws {
        let tied = try EditedCheckpoint()
        try tied.set(["tie_word_embeddings": nil])
        let words = tied.refusal()
        #expect(
            words.contains(
                "'tie_word_embeddings' is missing, which is false for llama; expected true if"
            ),
            "\(words)"
        )
        try tied.set(["tie_word_embeddings": "false"])
        #expect(tied.refusal().contains("'tie_word_embeddings' is false; expected true if"))
        // With a head of its own the default is right.
        let untied = try EditedCheckpoint(tied: false)
        for text in [nil, "null", "false"] {
            try untied.set(["tie_word_embeddings": text])
            #expect(try !TransformerModel(at: untied.folder).configuration.tiedEmbeddings)
        }
        try untied.set(["tie_word_embeddings": "true"])
        #expect(untied.refusal().contains("'tie_word_embeddings' is true; expected false"))
    }

    @Test(
        "A tensor of a type that is not computed with is named, with the type and what to do",
        arguments: ElementType.allCases.filter { !$0.convertsToFloat }
    )
    func types(_ type: ElementType) throws {
        let checkpoint = try EditedCheckpoint()
        let name = "model.layers.1.mlp.down_proj.weight"
        try checkpoint.rewrite { $0.name == name ? try $0.stored(as: type) : $0 }
        let words = checkpoint.refusal()
        #expect(words.contains("'\(name)' is stored as \(type.rawValue); expected F32"), "\(words)")
        #expect(words.contains("first") || words.contains("original checkpoint"), "\(words)")
    }

    @Test("Doubles and halves side by side are read")
    func mixed() throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.rewrite {
            try $0.stored(as: $0.name.contains("norm") ? .float64 : .bfloat16)
        }
        _ = try TransformerModel(at: checkpoint.folder)
    }

    @Test(
        "Names that wrappers have changed: what to strip or add, and how many it concerns",
        arguments: ["_orig_mod.", "base_model.model.", "module.", "transformer."]
    )
    func names(_ prefix: String) throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.rewrite {
            try TensorDescription(
                name: prefix + $0.name,
                elementType: $0.elementType,
                shape: $0.shape
            )
        }
        let words = checkpoint.refusal()
        #expect(words.contains("20 of 20 tensors would be known without '\(prefix)'"), "\(words)")
    }

    @Test("Names without 'model.'")
    func headless() throws {
        let checkpoint = try EditedCheckpoint()
        try checkpoint.rewrite {
            try TensorDescription(
                name: String($0.name.dropFirst("model.".count)),
                elementType: $0.elementType,
                shape: $0.shape
            )
        }
        #expect(
            checkpoint.refusal().contains("20 of 20 tensors would be known with 'model.' before")
        )
    }
}
