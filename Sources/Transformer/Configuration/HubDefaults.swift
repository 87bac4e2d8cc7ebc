/// What `transformers` takes for the keys that a `config.json` of a family leaves out.
///
/// The values are those of `LlamaConfig`, `MistralConfig`, `Qwen2Config`, `Qwen3Config`,
/// `Gemma2Config` and `Gemma3TextConfig` in versions 4.57 and 5.24. A model that spells a default
/// out and one that leaves it away are the same.
package struct HubDefaults: Sendable {
    /// `model_type`.
    package let modelType: String
    /// What the names in `architectures` begin with.
    package let classPrefix: String
    /// `num_key_value_heads` where the key is missing; nil for as many as there are heads.
    ///
    /// `null` means as many as there are heads in every family.
    package var keyValueHeads: Int?
    /// `head_dim`; nil for the model's width by heads.
    package var headWidth: Int?
    /// `tie_word_embeddings`.
    package var tiesHead = false
    /// The key of the activation between gate and down.
    package var activationKey = "hidden_act"
    /// The activation.
    package var activation = "silu"
    /// `rms_norm_eps`.
    package let normEpsilon = 1e-6
    /// `rope_theta`.
    package var ropeTheta = 10_000.0
    /// `rope_local_base_freq`; nil where all layers have the same positions.
    package var localRopeTheta: Double?
    /// `max_position_embeddings`.
    package let maximumPositions: Int
    /// `sliding_window` where the key is missing.
    package var slidingWindow: Int?
    /// In which layers the window counts.
    package var windowRule = WindowRule.none
    /// Whether query, key, value and output can have biases (`attention_bias`).
    package var hasAttentionBiasKey = true
    /// Whether gate, up and down can have biases (`mlp_bias`).
    package var hasMLPBiasKey = false

    /// How `config.json` says in which layers the window counts; `layer_types` says it in all
    /// families but the first two of these.
    package enum WindowRule: Sendable {
        /// There is no window.
        case none
        /// In every layer.
        case everywhere
        /// Where `use_sliding_window` is true, in the layers from `max_window_layers` on.
        case flagged
        /// In all but each n-th layer; n is `sliding_window_pattern` or the given number.
        case pattern(Int)
    }

    /// All families.
    package static let families = [
        HubDefaults(
            modelType: "llama",
            classPrefix: "Llama",
            maximumPositions: 2_048,
            hasMLPBiasKey: true
        ),
        HubDefaults(
            modelType: "mistral",
            classPrefix: "Mistral",
            keyValueHeads: 8,
            maximumPositions: 131_072,
            slidingWindow: 4_096,
            windowRule: .everywhere,
            hasAttentionBiasKey: false
        ),
        HubDefaults(
            modelType: "qwen2",
            classPrefix: "Qwen2",
            keyValueHeads: 32,
            maximumPositions: 32_768,
            slidingWindow: 4_096,
            windowRule: .flagged
        ),
        HubDefaults(
            modelType: "qwen3",
            classPrefix: "Qwen3",
            keyValueHeads: 32,
            headWidth: 128,
            maximumPositions: 32_768,
            slidingWindow: 4_096,
            windowRule: .flagged
        ),
        HubDefaults(
            modelType: "gemma2",
            classPrefix: "Gemma2",
            keyValueHeads: 4,
            headWidth: 256,
            tiesHead: true,
            activationKey: "hidden_activation",
            activation: "gelu_pytorch_tanh",
            maximumPositions: 8_192,
            slidingWindow: 4_096,
            windowRule: .pattern(2)
        ),
        HubDefaults(
            modelType: "gemma3_text",
            classPrefix: "Gemma3",
            keyValueHeads: 4,
            headWidth: 256,
            tiesHead: true,
            activationKey: "hidden_activation",
            activation: "gelu_pytorch_tanh",
            ropeTheta: 1_000_000,
            localRopeTheta: 10_000,
            maximumPositions: 131_072,
            slidingWindow: 4_096,
            windowRule: .pattern(6)
        ),
    ]

    /// The family of a `model_type`, or nil when it is none of these.
    package static func of(_ modelType: String) -> HubDefaults? {
        families.first { $0.modelType == modelType }
    }

    /// The one name of an activation that has several.
    static func canonical(activation name: String) -> String {
        switch name {
        case "swish": "silu"
        case "gelu_new", "gelu_fast": "gelu_pytorch_tanh"
        default: name
        }
    }
}
