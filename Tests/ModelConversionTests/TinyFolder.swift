import Checkpointing
import Foundation
import Foundations

/// A folder of a tiny model with random weights.
enum TinyFolder {
    private static let width = 32
    private static let hidden = 64

    /// Makes the folder, with a byte-level BPE.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - family: `model_type`.
    ///   - settings: More keys of `config.json`, with commas between them.
    ///   - vocabulary: The rows of the embeddings.
    ///   - value: All numbers, where they are not random.
    ///   - preTokenizer: The pre-tokenizer.
    /// - Throws: Errors of writing.
    static func make(
        _ folder: URL,
        _ family: String,
        _ settings: String,
        vocabulary: Int = 40,
        value: Float? = nil,
        preTokenizer: String = #"{"type": "ByteLevel", "add_prefix_space": false}"#
    ) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let more = settings.isEmpty ? "" : ", " + settings
        let size = settings.contains("hidden_size") ? "" : #", "hidden_size": 32"#
        try write(
            """
            {"model_type": "\(family)", "vocab_size": \(vocabulary)\(size),
            "intermediate_size": \(hidden), "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "max_position_embeddings": 256, "bos_token_id": 1,
            "eos_token_id": 2\(more)}
            """,
            "config.json",
            folder
        )
        try write(tokenizer(preTokenizer), "tokenizer.json", folder)
        var chance = SeededGenerator(seed: 7, stream: "weights", indices: 0)
        try SafetensorsWriter.write(
            tensors(family, settings, vocabulary),
            to: folder.appending(path: "model.safetensors")
        ) { tensor, emit in
            let numbers = (0..<tensor.elementCount).map { _ in
                value ?? Float(Int64(bitPattern: chance.next()) >> 40) / Float(1 << 22)
            }
            try numbers.withUnsafeBytes { try emit($0) }
        }
    }

    private static func tensors(
        _ family: String,
        _ settings: String,
        _ vocabulary: Int
    ) throws -> [TensorDescription] {
        let head = settings.contains("head_dim") ? 16 : 8
        let hasBiases = settings.contains("attention_bias")
        var shapes: [(String, [Int])] = [
            ("model.embed_tokens.weight", [vocabulary, width]), ("model.norm.weight", [width]),
        ]
        if !settings.contains("tie_word") {
            shapes.append(("lm_head.weight", [vocabulary, width]))
        }
        for layer in 0..<2 {
            let name = "model.layers.\(layer)."
            var products = [
                ("self_attn.q_proj", 4 * head, width, hasBiases || family == "qwen2"),
                ("self_attn.k_proj", 2 * head, width, hasBiases || family == "qwen2"),
                ("self_attn.v_proj", 2 * head, width, hasBiases || family == "qwen2"),
                ("self_attn.o_proj", width, 4 * head, hasBiases),
            ]
            for (product, output, input) in [
                ("gate", hidden, width), ("up", hidden, width), ("down", width, hidden),
            ] {
                products.append(
                    ("mlp.\(product)_proj", output, input, settings.contains("mlp_bias"))
                )
            }
            for (product, output, input, hasBias) in products {
                shapes.append((name + product + ".weight", [output, input]))
                if hasBias { shapes.append((name + product + ".bias", [output])) }
            }
            for norm in ["input_layernorm", "post_attention_layernorm"] {
                shapes.append((name + norm + ".weight", [width]))
            }
            if family == "qwen3" {
                for norm in ["q_norm", "k_norm"] {
                    shapes.append((name + "self_attn.\(norm).weight", [head]))
                }
            }
        }
        return try shapes.map {
            try TensorDescription(name: $0, elementType: .float32, shape: $1)
        }
    }

    private static func tokenizer(_ preTokenizer: String) -> String {
        let letters = "abcdefghijklmnopqrstuvwxyz".enumerated()
            .map { "\"\($1)\": \($0 + 3)" }.joined(separator: ", ")
        return """
            {"version": "1.0", "added_tokens": [{"id": 1, "content": "<s>", "special": true},
            {"id": 2, "content": "</s>", "special": true}], "normalizer": null,
            "pre_tokenizer": \(preTokenizer), "decoder": {"type": "ByteLevel"},
            "model": {"type": "BPE", "vocab": {"Ġ": 0, "<s>": 1, "</s>": 2, \(letters), "an": 29,
            "Ġa": 30}, "merges": [["a", "n"], "Ġ a"]}}
            """
    }

    private static func write(_ text: String, _ name: String, _ folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }
}
