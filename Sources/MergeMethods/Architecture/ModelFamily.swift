/// A family of decoder models whose checkpoints can be merged, named as `model_type` of
/// `config.json` names it.
///
/// All of them have blocks of an attention and a gated feed-forward network around one residual
/// stream; they differ in norms, biases, defaults of `config.json`, and what is computed with the
/// tensors, which merging need not know.
package enum ModelFamily: String, CaseIterable, Hashable, Sendable {
    /// Llama 1 to 3, and the models of this project.
    case llama
    /// Mistral 7B and its relatives.
    case mistral
    /// Qwen 2 and 2.5, whose query, key and value have biases.
    case qwen2
    /// Qwen 3, whose queries and keys have norms.
    case qwen3
    /// Gemma 2, with a norm before and behind each half of a block, and a tied head.
    case gemma2
    /// The text models of Gemma 3: norms as in Gemma 2, and norms of queries and keys.
    case gemma3Text = "gemma3_text"

    /// Whether queries and keys have a norm over each head.
    var normalizesHeads: Bool { self == .qwen3 || self == .gemma3Text }

    /// Whether a norm stands behind the attention and behind the feed-forward network too.
    var normalizesOutputs: Bool { self == .gemma2 || self == .gemma3Text }

    /// The caps and the scale of Gemma's attention with their defaults, nil for no cap; nil in
    /// families that have none of them.
    var gemmaNumbers: [(key: String, standard: Double?)]? {
        switch self {
        case .gemma2:
            [
                ("attn_logit_softcapping", 50), ("final_logit_softcapping", 30),
                ("query_pre_attn_scalar", 256),
            ]
        case .gemma3Text:
            [
                ("attn_logit_softcapping", nil), ("final_logit_softcapping", nil),
                ("query_pre_attn_scalar", 256),
            ]
        default: nil
        }
    }
}
