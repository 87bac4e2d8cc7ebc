import Checkpointing

extension ModelShape {
    /// The keys of `config.json`, without those of tokens.
    var hubFields: [(key: String, value: JSONText)] {
        var fields: [(key: String, value: JSONText)] = [
            ("architectures", .list([.text(family.className)])),
            ("model_type", .text(family.rawValue)),
            ("vocab_size", .integer(vocabulary)),
            ("hidden_size", .integer(width)),
            ("intermediate_size", .integer(hidden)),
            ("num_hidden_layers", .integer(layers)),
            ("num_attention_heads", .integer(heads)),
            ("num_key_value_heads", .integer(keyValueHeads)),
            ("head_dim", .integer(headWidth)),
            ("hidden_act", .text("silu")),
            ("max_position_embeddings", .integer(context)),
            ("rms_norm_eps", .decimal(normEpsilon)),
            ("rope_theta", .decimal(rotary.theta)),
            ("rope_scaling", rotary.hubScaling),
            ("tie_word_embeddings", .flag(isTied)),
            ("attention_dropout", .decimal(0)),
            ("initializer_range", .decimal(0.02)),
            ("use_cache", .flag(true)),
        ]
        switch family {
        case .llama:
            fields.append(("attention_bias", .flag(biases.contains(.attentionOutput))))
            fields.append(("mlp_bias", .flag(biases.contains(.feedForward))))
        case .qwen2: fields.append(("use_sliding_window", .flag(false)))
        case .qwen3:
            fields.append(("attention_bias", .flag(false)))
            fields.append(("use_sliding_window", .flag(false)))
        }
        return fields
    }

    /// The keys of a GGUF file that belong to the architecture, as llama.cpp's own script writes
    /// them.
    var fileFields: [(key: String, value: GGUFValue)] {
        let number = { (value: Int) in GGUFValue.uint32(UInt32(value)) }
        let fields: [(key: String, value: GGUFValue)] = [
            ("block_count", number(layers)),
            ("context_length", number(context)),
            ("embedding_length", number(width)),
            ("feed_forward_length", number(hidden)),
            ("attention.head_count", number(heads)),
            ("attention.head_count_kv", number(keyValueHeads)),
            ("rope.freq_base", .float32(Float(rotary.theta))),
            ("attention.layer_norm_rms_epsilon", .float32(Float(normEpsilon))),
            ("attention.key_length", number(headWidth)),
            ("attention.value_length", number(headWidth)),
            ("vocab_size", number(vocabulary)),
            ("rope.dimension_count", number(headWidth)),
        ]
        return (fields + rotary.fileScaling).map { ("\(family.rawValue).\($0.key)", $0.value) }
    }
}

extension RotaryForm {
    /// The value of `rope_scaling`.
    fileprivate var hubScaling: JSONText {
        switch scaling {
        case .plain: .null
        case .linear(let factor):
            .object([("rope_type", .text("linear")), ("factor", .decimal(factor))])
        case .yarn(let factor, let context):
            .object([
                ("rope_type", .text("yarn")), ("factor", .decimal(factor)),
                ("original_max_position_embeddings", .integer(context)),
            ])
        case .llama3(let scaling):
            .object([
                ("rope_type", .text("llama3")), ("factor", .decimal(scaling.factor)),
                ("low_freq_factor", .decimal(scaling.low)),
                ("high_freq_factor", .decimal(scaling.high)),
                ("original_max_position_embeddings", .integer(scaling.originalContext)),
            ])
        }
    }

    /// The keys of a GGUF file; Llama 3 has a tensor instead.
    fileprivate var fileScaling: [(key: String, value: GGUFValue)] {
        switch scaling {
        case .plain, .llama3: []
        case .linear(let factor):
            [
                ("rope.scaling.type", .text("linear")),
                ("rope.scaling.factor", .float32(Float(factor))),
            ]
        case .yarn(let factor, let context):
            [
                ("rope.scaling.type", .text("yarn")),
                ("rope.scaling.factor", .float32(Float(factor))),
                ("rope.scaling.original_context_length", .uint32(UInt32(context))),
            ]
        }
    }
}
