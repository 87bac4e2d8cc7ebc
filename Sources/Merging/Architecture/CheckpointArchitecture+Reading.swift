import Foundation
import Transformer

extension CheckpointArchitecture.Sizes {
    /// Reads the numbers of `config.json`, with the defaults of each family in `transformers`.
    init(_ fields: HubFields) throws {
        let families = ModelFamily.allCases.map(\.rawValue).joined(separator: ", ")
        let name = fields.text("model_type") ?? ModelFamily.llama.rawValue
        guard let family = ModelFamily(rawValue: name) else {
            throw fields.error(
                "model_type",
                found: "\"\(name)\"",
                expected: "one of \(families); other architectures are not known here"
            )
        }
        guard fields.object("quantization_config") == nil else {
            throw fields.error(
                "quantization_config",
                found: "given",
                expected: "weights that are not quantized; merge the original checkpoint"
            )
        }
        let width = try fields.count("hidden_size")
        let heads = try fields.count("num_attention_heads")
        let attentionBias = fields.flag("attention_bias") ?? false
        self.init(
            family: family,
            vocabulary: try fields.count("vocab_size"),
            width: width,
            layers: try fields.count("num_hidden_layers"),
            heads: heads,
            keyValueHeads: try fields.count("num_key_value_heads", default: heads),
            headWidth: try fields.count(
                "head_dim",
                default: family.standardHeadWidth ?? width / heads
            ),
            hidden: try fields.count("intermediate_size"),
            tiedHead: fields.flag("tie_word_embeddings") ?? family.tiesHeadByDefault,
            inputBias: family == .qwen2 || attentionBias,
            outputBias: family != .qwen2 && attentionBias,
            mlpBias: family == .llama && fields.flag("mlp_bias") ?? false
        )
        // Beyond every model there is; it keeps the products of shapes inside an Int.
        for (key, value, largest) in [
            ("vocab_size", vocabulary, 1 << 24), ("hidden_size", width, 1 << 20),
            ("intermediate_size", hidden, 1 << 22), ("num_attention_heads", heads, 1 << 16),
            ("num_key_value_heads", keyValueHeads, 1 << 16), ("head_dim", headWidth, 1 << 16),
            ("num_hidden_layers", layers, 1 << 12),
        ] where value > largest {
            throw fields.error(key, found: "\(value)", expected: "at most \(largest)")
        }
    }

    /// The numbers as settings.
    var settings: [CheckpointArchitecture.Setting] {
        [
            ("model_type", family.rawValue), ("num_hidden_layers", "\(layers)"),
            ("vocab_size", "\(vocabulary)"), ("hidden_size", "\(width)"),
            ("intermediate_size", "\(hidden)"), ("num_attention_heads", "\(heads)"),
            ("num_key_value_heads", "\(keyValueHeads)"), ("head_dim", "\(headWidth)"),
            ("tie_word_embeddings", "\(tiedHead)"),
            ("biases of query, key and value", "\(inputBias)"),
            ("bias of the attention's output", "\(outputBias)"), ("mlp_bias", "\(mlpBias)"),
        ].map { CheckpointArchitecture.Setting(key: $0.0, value: $0.1) }
    }
}

extension CheckpointArchitecture {
    /// What models must agree on: sizes, and the numbers that tensors are computed with.
    ///
    /// Tokens that begin and end texts, the longest text and the stored type may differ: training
    /// an expert to follow instructions changes them, and the tensors stay those of one model.
    static func settings(of fields: HubFields, _ sizes: Sizes) throws -> [Setting] {
        let rope = fields.object("rope_parameters") ?? fields.object("rope_scaling")
        let theta = try rope?.number("rope_theta") ?? fields.number("rope_theta") ?? 10_000
        let activation = fields.text("hidden_activation") ?? fields.text("hidden_act")
        var computing: [(String, String)] = [
            ("hidden_act", activation ?? "standard"),
            ("rms_norm_eps", try fields.number("rms_norm_eps").map { "\($0)" } ?? "standard"),
            ("rope_theta", "\(theta)"),
            ("rope_parameters", scaling(rope)),
        ]
        for key in ["attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar"]
        where sizes.family == .gemma2 {
            computing.append((key, try fields.number(key).map { "\($0)" } ?? "none"))
        }
        return sizes.settings + computing.map { Setting(key: $0.0, value: $0.1) }
    }

    /// How positions are stretched, with keys in fixed order; versions of `transformers` write
    /// plain positions as nothing, as `default`, and with or without the base.
    private static func scaling(_ rope: HubFields?) -> String {
        guard let rope else { return "plain" }
        let kind = rope.text("rope_type") ?? rope.text("type") ?? "default"
        guard kind != "default" else { return "plain" }
        let others = rope.values.filter { !["rope_theta", "rope_type", "type"].contains($0.key) }
        let texts = others.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return ([kind] + texts).joined(separator: ", ")
    }
}
