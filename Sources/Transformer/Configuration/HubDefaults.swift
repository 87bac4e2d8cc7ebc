/// What `transformers` takes for the keys that a `config.json` of a family leaves out.
///
/// The values are those of `LlamaConfig`, `MistralConfig`, `Qwen2Config`, `Qwen3Config` and
/// `Gemma2Config` in version 4.57. A model that spells a default out and one that leaves it away are the
/// same.
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
    package let ropeTheta = 10_000.0
    /// `max_position_embeddings`.
    package let maximumPositions: Int
    /// `sliding_window` where the key is missing.
    package var slidingWindow: Int?
    /// Whether the window counts only where `use_sliding_window` is true.
    package var windowNeedsFlag = false
    /// Whether query, key, value and output can have biases (`attention_bias`).
    package var hasAttentionBiasKey = true
    /// Whether gate, up and down can have biases (`mlp_bias`).
    package var hasMLPBiasKey = false

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
            hasAttentionBiasKey: false
        ),
        HubDefaults(
            modelType: "qwen2",
            classPrefix: "Qwen2",
            keyValueHeads: 32,
            maximumPositions: 32_768,
            slidingWindow: 4_096,
            windowNeedsFlag: true
        ),
        HubDefaults(
            modelType: "qwen3",
            classPrefix: "Qwen3",
            keyValueHeads: 32,
            headWidth: 128,
            maximumPositions: 32_768,
            slidingWindow: 4_096,
            windowNeedsFlag: true
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
            slidingWindow: 4_096
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
