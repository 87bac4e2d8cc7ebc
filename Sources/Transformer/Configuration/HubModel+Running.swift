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

    /// Switches of other computations than those of the families here.
    private static let switches = [
        "use_qk_norm", "qk_norm", "qk_layernorm", "alibi", "use_alibi", "parallel_attn",
        "use_parallel_residual", "rope_interleaved", "rope_traditional", "scale_embedding",
        "bias", "use_bias", "qkv_bias", "is_encoder_decoder", "add_cross_attention",
        "use_bidirectional_attention",
    ]

    /// Refuses by name what a model asks for and is not computed here.
    ///
    /// - Parameters:
    ///   - fields: All of `config.json`.
    ///   - decoder: The family, one of those that run.
    /// - Throws: `ConfigurationError`.
    func refuseOtherComputations(_ fields: ConfigurationFields, _ decoder: DecoderFamily) throws {
        guard activation == decoder.activation else {
            throw fields.error(
                family.activationKey,
                found: "\"\(activation)\"",
                expected: decoder.activation == "silu"
                    ? "\"silu\" (or its other name, \"swish\")" : "\"\(decoder.activation)\""
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
        if decoder != .gemma3Text, let scalar = try fields.number("query_pre_attn_scalar"),
            scalar != Double(headWidth)
        {
            throw fields.error(
                "query_pre_attn_scalar",
                found: "\(scalar)",
                expected: "the width of a head, \(headWidth), or nothing"
            )
        }
        if let part = [rope, localRope].compactMap({ $0?.partialFactor }).first(where: { $0 != 1 })
        {
            throw fields.error(
                "partial_rotary_factor",
                found: "\(part)",
                expected: "1: positions turn whole heads here"
            )
        }
        try refuseStrangeWindow(fields)
        if let layers = fields.values["no_rope_layers"] as? [Any], !layers.isEmpty {
            throw fields.error(
                "no_rope_layers",
                found: "a list",
                expected: "nothing: every layer has positions here"
            )
        }
    }

    /// Refuses a window in a family that has none, unless it is no limit: nobody can say what is
    /// meant.
    private func refuseStrangeWindow(_ fields: ConfigurationFields) throws {
        guard case .none = family.windowRule else { return }
        if let slidingWindow, slidingWindow < maximumPositions {
            throw fields.error(
                "sliding_window",
                found: "\(slidingWindow)",
                expected: "null, or no less than max_position_embeddings, \(maximumPositions): "
                    + "attention sees the whole text in models of \(family.modelType)"
            )
        }
        if let type = try fields.texts("layer_types")?.first(where: { $0 != "full_attention" }) {
            throw fields.error(
                "layer_types",
                found: "a list with \"\(type)\"",
                expected: "\"full_attention\" for every layer of \(family.modelType)"
            )
        }
    }
}
