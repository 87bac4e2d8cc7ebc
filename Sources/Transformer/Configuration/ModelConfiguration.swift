import Kernels

/// The shape of a Llama-family model, as `config.json` of Hugging Face describes it.
package struct ModelConfiguration: Hashable, Sendable {
    /// Number of pieces of the tokenizer (`vocab_size`).
    package var vocabularySize: Int
    /// Width of the residual stream (`hidden_size`).
    package var modelWidth: Int
    /// Number of blocks (`num_hidden_layers`).
    package var layerCount: Int
    /// Number of query heads (`num_attention_heads`).
    package var headCount: Int
    /// Number of key and value heads, a divisor of `headCount` (`num_key_value_heads`).
    package var keyValueHeadCount: Int
    /// Width of one head, even because rotary positions turn pairs (`head_dim`).
    package var headWidth: Int
    /// Width between the gate and the down projection (`intermediate_size`).
    package var hiddenWidth: Int
    /// Base of the rotary frequencies (`rope_theta`).
    package var ropeTheta: Double = 10_000
    /// What becomes of the rotary frequencies (`rope_scaling`); nil leaves them.
    package var ropeScaling: RotaryScaling?
    /// What RMSNorm adds to the mean square (`rms_norm_eps`).
    package var normEpsilon: Double = 1e-5
    /// Whether the output head is the embedding matrix (`tie_word_embeddings`).
    package var tiedEmbeddings: Bool = true
    /// The longest sequence promised to users of the checkpoint (`max_position_embeddings`).
    package var maximumPositions: Int = 2048
    /// Standard deviation of fresh weights (`initializer_range`).
    package var initializerRange: Double = 0.02
    /// Token that begins a document (`bos_token_id`); nil for a model without one.
    package var beginningOfSequence: Int32? = 1
    /// Tokens that end a document or a reply (`eos_token_id`), the document's own first.
    package var endsOfSequence: [Int32] = [2]
    /// Those of `generation_config.json` where that file names other ones.
    package var generationEnds: [Int32]?

    /// Describes a model; every value that is left out has the default of this project.
    package init(
        vocabularySize: Int,
        modelWidth: Int,
        layerCount: Int,
        headCount: Int,
        keyValueHeadCount: Int? = nil,
        headWidth: Int? = nil,
        hiddenWidth: Int,
        tiedEmbeddings: Bool = true
    ) {
        self.vocabularySize = vocabularySize
        self.modelWidth = modelWidth
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount ?? headCount
        self.headWidth = headWidth ?? (headCount > 0 ? modelWidth / headCount : 0)
        self.hiddenWidth = hiddenWidth
        self.tiedEmbeddings = tiedEmbeddings
    }
}
