import Checkpointing

extension HubModel {
    /// Numbers that change what is computed, unless they are null, 1, or 0 where that is said.
    private static let factors: [(key: String, neutral: [Double])] = [
        ("pretraining_tp", [0, 1]), ("embedding_multiplier", [1]), ("residual_multiplier", [1]),
        ("attention_multiplier", [1]), ("logits_scaling", [1]), ("logit_scale", [1]),
        ("scale_emb", [1]), ("scale_depth", [0]), ("embedding_scale", [1]),
        ("attn_logit_softcapping", [0]), ("final_logit_softcapping", [0]),
        ("no_rope_layer_interval", [0]), ("clip_qkv", [0]),
    ]

    /// Switches of other computations than that of a Llama.
    private static let switches = [
        "use_qk_norm", "qk_norm", "qk_layernorm", "alibi", "use_alibi", "parallel_attn",
        "use_parallel_residual", "rope_interleaved", "rope_traditional", "scale_embedding",
        "bias", "use_bias", "qkv_bias", "is_encoder_decoder", "add_cross_attention",
        "attention_bias", "mlp_bias",
    ]

    /// Refuses by name what a model of the Llama family asks for and is not computed here.
    ///
    /// - Throws: `ConfigurationError`.
    func refuseOtherComputations(_ fields: ConfigurationFields) throws {
        guard activation == "silu" else {
            throw fields.error(
                family.activationKey,
                found: "\"\(activation)\"",
                expected: "\"silu\" (or its other name, \"swish\")"
            )
        }
        for key in Self.switches where try fields.flag(key) == true {
            throw fields.error(key, found: "true", expected: "false: that is not computed here")
        }
        for (key, neutral) in Self.factors {
            guard let value = try fields.number(key), !neutral.contains(value) else { continue }
            let standard = neutral.map { "\(Int($0))" }.joined(separator: " or ")
            throw fields.error(
                key,
                found: fields.shown(key),
                expected: "\(standard), or nothing: that is not computed here"
            )
        }
        if let scalar = try fields.number("query_pre_attn_scalar"), scalar != Double(headWidth) {
            throw fields.error(
                "query_pre_attn_scalar",
                found: "\(scalar)",
                expected: "the width of a head, \(headWidth), or nothing"
            )
        }
        guard rope.partialFactor == 1 else {
            throw fields.error(
                "partial_rotary_factor",
                found: "\(rope.partialFactor)",
                expected: "1: positions turn whole heads here"
            )
        }
        if let slidingWindow, slidingWindow < maximumPositions {
            throw fields.error(
                "sliding_window",
                found: "\(slidingWindow)",
                expected: "null, or no less than max_position_embeddings, \(maximumPositions): "
                    + "attention sees the whole text here"
            )
        }
        if let type = try fields.texts("layer_types")?.first(where: { $0 != "full_attention" }) {
            throw fields.error(
                "layer_types",
                found: "a list with \"\(type)\"",
                expected: "\"full_attention\" for every layer"
            )
        }
        if let layers = fields.values["no_rope_layers"] as? [Any], !layers.isEmpty {
            throw fields.error(
                "no_rope_layers",
                found: "a list",
                expected: "nothing: every layer has positions here"
            )
        }
    }
}
