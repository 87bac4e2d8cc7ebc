import Checkpointing

/// The names of a tensor in a folder of Hugging Face and in a GGUF file.
struct TensorNames {
    /// What a tensor is to the conversion.
    enum Role: Hashable {
        /// Rows that belong to heads, whose rotated pairs GGUF has side by side in llama's family.
        case rotated(heads: Int)
        /// Anything else.
        case plain
    }

    /// The name in a folder.
    let hub: String
    /// The name in a GGUF file.
    let file: String
    /// The extents.
    let shape: [Int]
    /// What it is.
    var role = Role.plain

    /// The name of the embedding matrix in a GGUF file.
    static let embedding = "token_embd.weight"
    /// The name of the head in a GGUF file.
    static let head = "output.weight"
    /// The name of the factors of rotary frequencies in a GGUF file.
    static let rotaryFactors = "rope_freqs.weight"

    /// The tensors of a model in the order in which they are written.
    static func all(of shape: ModelShape) -> [TensorNames] {
        var names = [
            TensorNames(
                hub: "model.embed_tokens.weight",
                file: embedding,
                shape: [shape.vocabulary, shape.width]
            )
        ]
        for layer in 0..<shape.layers { names += all(of: shape, layer: layer) }
        names.append(
            TensorNames(hub: "model.norm.weight", file: "output_norm.weight", shape: [shape.width])
        )
        if !shape.isTied {
            names.append(
                TensorNames(
                    hub: "lm_head.weight",
                    file: head,
                    shape: [shape.vocabulary, shape.width]
                )
            )
        }
        return names
    }

    private static func all(of shape: ModelShape, layer: Int) -> [TensorNames] {
        let queries = shape.heads * shape.headWidth
        let keys = shape.keyValueHeads * shape.headWidth
        func pair(
            _ hub: String,
            _ file: String,
            _ extents: [Int],
            role: Role = .plain,
            bias: Bool
        ) -> [TensorNames] {
            let (hub, file) = ("model.layers.\(layer).\(hub)", "blk.\(layer).\(file)")
            let weight = TensorNames(
                hub: hub + ".weight",
                file: file + ".weight",
                shape: extents,
                role: role
            )
            guard bias else { return [weight] }
            let names = TensorNames(
                hub: hub + ".bias",
                file: file + ".bias",
                shape: [extents[0]],
                role: role
            )
            return [weight, names]
        }
        // Only llama's family has the pairs side by side.
        let isRotated = shape.family == .llama
        let q: Role = isRotated ? .rotated(heads: shape.heads) : .plain
        let k: Role = isRotated ? .rotated(heads: shape.keyValueHeads) : .plain
        let (width, hidden) = (shape.width, shape.hidden)
        let (b, o, m) = (shape.hasInputBiases, shape.hasOutputBias, shape.hasMLPBiases)
        return pair("input_layernorm", "attn_norm", [width], bias: false)
            + pair("self_attn.q_proj", "attn_q", [queries, width], role: q, bias: b)
            + pair("self_attn.k_proj", "attn_k", [keys, width], role: k, bias: b)
            + pair("self_attn.v_proj", "attn_v", [keys, width], bias: b)
            + pair("self_attn.o_proj", "attn_output", [width, queries], bias: o)
            + (shape.family == .qwen3
                ? pair("self_attn.q_norm", "attn_q_norm", [shape.headWidth], bias: false)
                    + pair("self_attn.k_norm", "attn_k_norm", [shape.headWidth], bias: false)
                : [])
            + pair("post_attention_layernorm", "ffn_norm", [width], bias: false)
            + pair("mlp.gate_proj", "ffn_gate", [hidden, width], bias: m)
            + pair("mlp.up_proj", "ffn_up", [hidden, width], bias: m)
            + pair("mlp.down_proj", "ffn_down", [width, hidden], bias: m)
    }
}
