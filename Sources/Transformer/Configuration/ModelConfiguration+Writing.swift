import Foundation
import Kernels

/// `config.json` as `transformers` reads it.
extension ModelConfiguration {
    /// The text of `config.json`, with keys in fixed order.
    package func hubJSON() throws -> Data {
        var values: [String: Any] = [
            "architectures": [family.className], "model_type": family.rawValue,
            "attention_dropout": 0.0, "torch_dtype": "float32", "use_cache": true,
            "vocab_size": vocabularySize, "hidden_size": modelWidth,
            "num_hidden_layers": layerCount, "num_attention_heads": headCount,
            "num_key_value_heads": keyValueHeadCount, "head_dim": headWidth,
            "intermediate_size": hiddenWidth, "tie_word_embeddings": tiedEmbeddings,
            "max_position_embeddings": maximumPositions, "rms_norm_eps": normEpsilon,
            "initializer_range": initializerRange, "rope_theta": ropeTheta,
            "rope_parameters": ropeParameters,
            "bos_token_id": Self.value(of: beginningOfSequence.map { [$0] } ?? []),
            "eos_token_id": Self.value(of: endsOfSequence),
        ]
        values.merge(ownKeys) { $1 }
        // Version 4 of `transformers` reads this key and not the one above; version 5 reads either.
        values["rope_scaling"] = scalingKeys
        // The class has no such key, but takes it where the width is another one.
        if family == .qwen2, headWidth * headCount == modelWidth { values["head_dim"] = nil }
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys]
        )
    }

    /// The keys that only some families have.
    private var ownKeys: [String: Any] {
        var keys: [String: Any] = [:]
        let activationKey = family == .gemma3Text ? "hidden_activation" : "hidden_act"
        keys[activationKey] = family.activation
        switch family {
        case .llama:
            keys["attention_bias"] = biases.contains(.attentionOutput)
            keys["mlp_bias"] = biases.contains(.feedForward)
        case .mistral:
            keys["sliding_window"] = windowSize
        case .qwen2, .qwen3:
            if family == .qwen3 { keys["attention_bias"] = biases.contains(.attentionOutput) }
            keys["use_sliding_window"] = slidingWindow != nil
            keys["sliding_window"] = windowSize
            keys["max_window_layers"] = slidingWindow?.layers.firstIndex(of: true) ?? layerCount
            keys["layer_types"] = layerTypes
        case .gemma3Text:
            keys["attention_bias"] = biases.contains(.attentionOutput)
            keys["sliding_window"] = windowSize
            keys["layer_types"] = layerTypes
            keys["query_pre_attn_scalar"] = queryScalar.map(Self.shortest) ?? NSNull()
            keys["rope_local_base_freq"] = localRopeTheta ?? ropeTheta
            keys["attn_logit_softcapping"] = NSNull()
            keys["final_logit_softcapping"] = NSNull()
        }
        return keys
    }

    private var windowSize: Any { slidingWindow?.size ?? NSNull() }

    private var layerTypes: [String] {
        (0..<layerCount).map {
            slidingWindow?.contains($0) ?? false ? "sliding_attention" : "full_attention"
        }
    }

    /// A number without a fraction as a whole number, which `transformers` wants for some keys.
    private static func shortest(_ number: Double) -> Any { Int(exactly: number) ?? number }

    /// The value of `rope_parameters`.
    private var ropeParameters: [String: Any] {
        guard let localRopeTheta else { return commonRope }
        return [
            "full_attention": commonRope,
            "sliding_attention": ["rope_theta": localRopeTheta, "rope_type": "default"],
        ]
    }

    private var commonRope: [String: Any] {
        let kind = scalingKeys ?? ["rope_type": "default"]
        return kind.merging(["rope_theta": ropeTheta]) { $1 }
    }

    /// The value of `rope_scaling`; nil where nothing becomes of the frequencies.
    private var scalingKeys: [String: Any]? {
        switch ropeScaling {
        case nil: nil
        case .linear(let factor): ["rope_type": "linear", "factor": factor]
        case .dynamic(let factor): ["rope_type": "dynamic", "factor": factor]
        case .llama3(let factor, let low, let high, let context):
            [
                "rope_type": "llama3", "factor": factor, "low_freq_factor": low,
                "high_freq_factor": high, "original_max_position_embeddings": Int(context),
            ]
        case .yarn(let yarn):
            [
                "rope_type": "yarn", "factor": yarn.factor, "beta_fast": yarn.fastTurns,
                "beta_slow": yarn.slowTurns, "truncate": yarn.truncates,
                "attention_factor": yarn.attentionFactor,
                "original_max_position_embeddings": Int(yarn.originalContext),
            ]
        }
    }
}
