/// A family of models that run and train here, named as `model_type` of `config.json` names it.
package enum DecoderFamily: String, Hashable, Sendable, CaseIterable {
    /// Llama 1 to 3, their relatives (SmolLM2, TinyLlama), and the models of this project.
    case llama
    /// Mistral 7B and its relatives.
    case mistral
    /// Qwen 2 and 2.5: query, key and value have biases.
    case qwen2
    /// Qwen 3: queries and keys have norms.
    case qwen3
    /// The text models of Gemma 3: local and global layers, norms before and behind each half of a
    /// block.
    case gemma3Text = "gemma3_text"

    /// The name of the model's class in `transformers`.
    var className: String {
        switch self {
        case .llama: "LlamaForCausalLM"
        case .mistral: "MistralForCausalLM"
        case .qwen2: "Qwen2ForCausalLM"
        case .qwen3: "Qwen3ForCausalLM"
        case .gemma3Text: "Gemma3ForCausalLM"
        }
    }

    /// Whether queries and keys have a norm over each head.
    var normalizesHeads: Bool { self == .qwen3 || self == .gemma3Text }

    /// Whether a norm stands behind the attention and behind the feed-forward network too.
    var normalizesOutputs: Bool { self == .gemma3Text }

    /// What is added to the gain of every norm; a gain that changes nothing is 1 less.
    var gainOffset: Float { self == .gemma3Text ? 1 : 0 }

    /// The activation between gate and down, as `config.json` names it.
    var activation: String { self == .gemma3Text ? "gelu_pytorch_tanh" : "silu" }

    /// The tokens that begin and end texts where `config.json` does not say.
    var defaultEnds: (beginning: Int32?, end: Int32?) {
        switch self {
        case .llama, .mistral: (1, 2)
        case .qwen2, .qwen3: (nil, nil)
        case .gemma3Text: (2, 1)
        }
    }
}
