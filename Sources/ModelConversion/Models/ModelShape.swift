import Transformer

/// What both forms of a model agree on.
struct ModelShape {
    /// The families that both forms have.
    enum Family: String, CaseIterable {
        /// Llama, and Mistral, which llama.cpp runs as Llama.
        case llama
        /// Qwen 2 and 2.5: biases of queries, keys and values.
        case qwen2
        /// Qwen 3: norms of queries and keys.
        case qwen3

        /// The class in `transformers`.
        var className: String {
            switch self {
            case .llama: "LlamaForCausalLM"
            case .qwen2: "Qwen2ForCausalLM"
            case .qwen3: "Qwen3ForCausalLM"
            }
        }
    }

    /// The family.
    var family: Family
    /// The rows of the embedding matrix.
    var vocabulary: Int
    /// The numbers of a position.
    var width: Int
    /// The layers.
    var layers: Int
    /// The heads.
    var heads: Int
    /// The heads of keys and values.
    var keyValueHeads: Int
    /// The numbers of a head.
    var headWidth: Int
    /// The numbers between gate and down.
    var hidden: Int
    /// Whether the head is the embedding matrix.
    var isTied: Bool
    /// Which linear layers have biases.
    var biases: LinearBiases
    /// The longest text that is promised.
    var context: Int
    /// What is added to the mean square in norms.
    var normEpsilon: Double
    /// How positions turn queries and keys.
    var rotary: RotaryForm

    /// Which tensors there are, and their shapes.
    var parameters: ParameterShapes {
        ParameterShapes(
            vocabularySize: vocabulary,
            modelWidth: width,
            layerCount: layers,
            headCount: heads,
            keyValueHeadCount: keyValueHeads,
            headWidth: headWidth,
            hiddenWidth: hidden,
            tiedEmbeddings: isTied,
            biases: biases,
            normalizesHeads: family == .qwen3,
            normalizesOutputs: false
        )
    }
}

/// How positions turn queries and keys, in both forms.
struct RotaryForm: Equatable {
    /// What becomes of the frequencies.
    enum Scaling: Equatable {
        /// Nothing.
        case plain
        /// All divided by a factor.
        case linear(factor: Double)
        /// As in YaRN, with the standard corrections.
        case yarn(factor: Double, originalContext: Int)
        /// As in Llama 3.
        case llama3(Llama3Scaling)
    }

    /// The base of the frequencies.
    var theta: Double
    /// What becomes of them.
    var scaling: Scaling
}
