import Kernels

/// The shape of a decoder model of the Llama family or one of its relatives, as `config.json` of
/// Hugging Face describes it.
public struct ModelConfiguration: Hashable, Sendable {
    /// Number of pieces of the tokenizer (`vocab_size`).
    public var vocabularySize: Int
    /// Width of the residual stream (`hidden_size`).
    public var modelWidth: Int
    /// Number of blocks (`num_hidden_layers`).
    public var layerCount: Int
    /// Number of query heads (`num_attention_heads`).
    public var headCount: Int
    /// Number of key and value heads, a divisor of `headCount` (`num_key_value_heads`).
    public var keyValueHeadCount: Int
    /// Width of one head, even because rotary positions turn pairs (`head_dim`).
    public var headWidth: Int
    /// Width between the gate and the down projection (`intermediate_size`).
    public var hiddenWidth: Int
    /// Base of the rotary frequencies (`rope_theta`).
    public var ropeTheta: Double = 10_000
    /// What becomes of the rotary frequencies (`rope_scaling`); nil leaves them.
    package var ropeScaling: RotaryScaling?
    /// What RMSNorm adds to the mean square (`rms_norm_eps`).
    public var normEpsilon: Double = 1e-5
    /// Whether the output head is the embedding matrix (`tie_word_embeddings`).
    public var tiedEmbeddings: Bool = true
    /// The longest sequence promised to users of the checkpoint (`max_position_embeddings`).
    public var maximumPositions: Int = 2048
    /// Standard deviation of fresh weights (`initializer_range`).
    public var initializerRange: Double = 0.02
    /// Token that begins a document (`bos_token_id`); nil for a model without one.
    public var beginningOfSequence: Int32? = 1
    /// Tokens that end a document or a reply (`eos_token_id`), the document's own first.
    public var endsOfSequence: [Int32] = [2]
    /// Those of `generation_config.json` where that file names other ones.
    package var generationEnds: [Int32]?
    /// The family, which says what is computed beside what a Llama computes (`model_type`).
    package var family: DecoderFamily = .llama
    /// Which linear layers have biases (`attention_bias`, `mlp_bias`, or the family).
    package var biases: LinearBiases = []
    /// Layers that see a window of keys (`sliding_window`, `layer_types`); nil where all see all.
    package var slidingWindow: SlidingWindow?
    /// Base of the rotary frequencies in layers with a window, where it is another one
    /// (`rope_local_base_freq`).
    package var localRopeTheta: Double?
    /// s, where scores are divided by √s and not by the root of a head's width
    /// (`query_pre_attn_scalar`).
    package var queryScalar: Double?

    /// Describes a model; every value that is left out has the default of this project.
    ///
    /// - Parameters:
    ///   - vocabularySize: Number of pieces of the tokenizer.
    ///   - modelWidth: Width of the residual stream.
    ///   - layerCount: Number of blocks.
    ///   - headCount: Number of query heads.
    ///   - keyValueHeadCount: Number of key and value heads; as many as query heads when nil.
    ///   - headWidth: Width of one head, even; the width of the model over its heads when nil.
    ///   - hiddenWidth: Width between the gate and the down projection.
    ///   - tiedEmbeddings: Whether the output head is the embedding matrix.
    public init(
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
