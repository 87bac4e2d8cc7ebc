import Foundation
import MergeMethods
import Testing
import Transformer

@Suite("Families of models")
struct FamilyTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/families.json")

    private struct Case {
        let config: [String: Any]
        let tensors: [String: [Int]]
    }

    /// What transformers writes for a small model of each family.
    private func cases() throws -> [Case] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.fixtures))
        return try #require(json as? [[String: Any]]).map { object in
            Case(
                config: try #require(object["config"] as? [String: Any]),
                tensors: try #require(object["tensors"] as? [String: [Int]])
            )
        }
    }

    private func architecture(_ config: [String: Any]) throws -> CheckpointArchitecture {
        let folders = try MergeFolders()
        let data = try JSONSerialization.data(withJSONObject: config)
        try data.write(to: folders.folder("config.json"))
        return try CheckpointArchitecture(in: folders.root)
    }

    @Test("Names and shapes are those that transformers writes, for every family and its switches")
    func tensors() throws {
        let cases = try cases()
        #expect(
            Set(cases.compactMap { $0.config["model_type"] as? String })
                == Set(ModelFamily.allCases.map(\.rawValue))
        )
        for example in cases {
            let found = try architecture(example.config)
            let shapes = Dictionary(uniqueKeysWithValues: found.tensors.map { ($0.name, $0.shape) })
            #expect(shapes == example.tensors, "\(found.family)")
            #expect(found.layerCount == 3)
        }
    }

    @Test("A model that runs has the tensors of its buffer", arguments: DecoderFamily.allCases)
    func buffer(_ family: DecoderFamily) {
        for biases: LinearBiases in [[], [.queryKeyValue, .attentionOutput, .feedForward]] {
            var shape = MergeFolders.shape(layers: 2)
            shape.family = family
            shape.biases = biases
            let found = CheckpointArchitecture(shape).tensors
            let shapes = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.shape) })
            let entries = ParameterLayout(shape).entries
            #expect(shapes == Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.shape) }))
            #expect(
                found.filter { $0.layer == 1 }.count == entries.filter { $0.layer == 1 }.count
            )
        }
    }

    @Test("Plans and written files have the tensors of a layer in one order")
    func order() {
        func layer(_ family: DecoderFamily, _ biases: LinearBiases) -> [String] {
            var shape = MergeFolders.shape(layers: 1)
            shape.family = family
            shape.biases = biases
            return CheckpointArchitecture(shape).tensors.filter { $0.layer == 0 }
                .map { String($0.name.dropFirst("model.layers.0.".count)) }
        }
        #expect(
            layer(.llama, [.queryKeyValue, .attentionOutput, .feedForward]) == [
                "input_layernorm.weight",
                "self_attn.q_proj.weight", "self_attn.q_proj.bias",
                "self_attn.k_proj.weight", "self_attn.k_proj.bias",
                "self_attn.v_proj.weight", "self_attn.v_proj.bias",
                "self_attn.o_proj.weight", "self_attn.o_proj.bias",
                "post_attention_layernorm.weight",
                "mlp.gate_proj.weight", "mlp.gate_proj.bias",
                "mlp.up_proj.weight", "mlp.up_proj.bias",
                "mlp.down_proj.weight", "mlp.down_proj.bias",
            ]
        )
        #expect(
            layer(.gemma3Text, []) == [
                "input_layernorm.weight", "post_attention_layernorm.weight",
                "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight",
                "self_attn.o_proj.weight", "self_attn.q_norm.weight", "self_attn.k_norm.weight",
                "pre_feedforward_layernorm.weight", "post_feedforward_layernorm.weight",
                "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight",
            ]
        )
    }

    @Test("Every tensor of a layer belongs to one of its halves, norms and biases included")
    func halves() throws {
        for example in try cases() {
            for tensor in try architecture(example.config).tensors {
                guard case .layer(let layer, let half) = tensor.place else { continue }
                #expect(tensor.name.hasPrefix("model.layers.\(layer)."))
                let isMLP =
                    tensor.name.contains(".mlp.") || tensor.name.contains("feedforward")
                    || tensor.name.contains("post_attention_layernorm")
                        && !["gemma2", "gemma3_text"]
                            .contains(example.config["model_type"] as? String)
                #expect((half == .mlp) == isMLP, "\(tensor.name)")
            }
        }
    }

    @Test("What transformers leaves out of config.json has the defaults of the family")
    func defaults() throws {
        let sizes: [String: Any] = [
            "vocab_size": 16, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
            "num_attention_heads": 4, "num_key_value_heads": 4,
        ]
        func made(_ type: String) throws -> CheckpointArchitecture {
            try architecture(sizes.merging(["model_type": type]) { $1 })
        }
        #expect(try made("gemma2").tiedHead)
        #expect(try !made("llama").tiedHead)
        func query(_ type: String) throws -> [Int]? {
            try made(type).tensors.first { $0.name.hasSuffix("q_proj.weight") }?.shape
        }
        #expect(try query("gemma2") == [1_024, 8])
        #expect(try query("qwen3") == [512, 8])
        #expect(try query("llama") == [8, 8])
    }

    @Test(
        "What is not known is refused with what is",
        arguments: [
            ("\"model_type\": \"mixtral\"", "expected one of llama, mistral, qwen2, qwen3, gemma2"),
            ("\"num_hidden_layers\": 0", "'num_hidden_layers' is 0"),
            ("\"num_hidden_layers\": 1e9", "'num_hidden_layers' is"),
            ("\"hidden_size\": 4611686018427387904", "'hidden_size' is 4611686018427387904"),
            ("\"vocab_size\": \"many\"", "'vocab_size' is \"many\""),
            ("\"quantization_config\": {\"bits\": 4}", "take the original checkpoint"),
        ]
    )
    func refused(_ line: String, _ expected: String) throws {
        let folders = try MergeFolders()
        let config = """
            {"vocab_size": 16, "hidden_size": 8, "intermediate_size": 12, "num_attention_heads": 4,
            "num_hidden_layers": 1}
            """
        let texts = [config, "{\(line)}"]
        let objects = try texts.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
        let values = try objects.map { try #require($0 as? [String: Any]) }
        try JSONSerialization.data(withJSONObject: values[0].merging(values[1]) { $1 })
            .write(to: folders.folder("config.json"))
        let error = #expect(throws: (any Error).self) {
            try CheckpointArchitecture(in: folders.root)
        }
        #expect("\(String(describing: error))".contains(expected), "\(String(describing: error))")
    }
}
