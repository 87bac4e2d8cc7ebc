import Checkpointing
import Transformer

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
    let role: Role

    /// The name of the embedding matrix in a GGUF file.
    static let embedding = "token_embd.weight"
    /// The name of the head in a GGUF file.
    static let head = "output.weight"
    /// The name of the factors of rotary frequencies in a GGUF file.
    static let rotaryFactors = "rope_freqs.weight"

    /// The tensors of a model in the order in which they are written.
    static func all(of shape: ModelShape) -> [TensorNames] {
        let parameters = shape.parameters
        func tensor(_ role: ParameterRole, _ file: String, layer: Int? = nil) -> [TensorNames] {
            guard parameters.contains(role) else { return [] }
            return [
                TensorNames(
                    hub: parameters.name(of: role, layer: layer),
                    file: layer.map { "blk.\($0).\(file)" } ?? file,
                    shape: parameters.shape(of: role),
                    role: Self.role(of: role, in: shape)
                )
            ]
        }
        return tensor(.embedding, embedding)
            + (0..<shape.layers).flatMap { layer in
                layerTensors.flatMap { tensor($0.role, $0.file, layer: layer) }
            }
            + tensor(.finalNorm, "output_norm.weight") + tensor(.head, head)
    }

    /// The tensors of a layer in the order in which they are written, by their names in a GGUF file.
    private static let layerTensors: [(role: ParameterRole, file: String)] = [
        (.attentionNorm, "attn_norm.weight"),
        (.query, "attn_q.weight"), (.queryBias, "attn_q.bias"),
        (.key, "attn_k.weight"), (.keyBias, "attn_k.bias"),
        (.value, "attn_v.weight"), (.valueBias, "attn_v.bias"),
        (.attentionOutput, "attn_output.weight"), (.attentionOutputBias, "attn_output.bias"),
        (.queryNorm, "attn_q_norm.weight"), (.keyNorm, "attn_k_norm.weight"),
        (.feedForwardNorm, "ffn_norm.weight"),
        (.gate, "ffn_gate.weight"), (.gateBias, "ffn_gate.bias"),
        (.up, "ffn_up.weight"), (.upBias, "ffn_up.bias"),
        (.down, "ffn_down.weight"), (.downBias, "ffn_down.bias"),
    ]

    private static func role(of role: ParameterRole, in shape: ModelShape) -> Role {
        // Only llama's family has the pairs side by side.
        guard shape.family == .llama else { return .plain }
        return switch role {
        case .query, .queryBias: .rotated(heads: shape.heads)
        case .key, .keyBias: .rotated(heads: shape.keyValueHeads)
        default: .plain
        }
    }
}
