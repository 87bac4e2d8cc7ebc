/// Which tensors a model has, their names and their shapes, from what `config.json` says of it.
///
/// The one list for running, merging and converting, over the families of all three; each has an
/// order of its own.
package struct ParameterShapes: Sendable {
    /// Rows of the embedding matrix.
    package var vocabularySize: Int
    /// Width of the residual stream.
    package var modelWidth: Int
    /// Number of blocks.
    package var layerCount: Int
    /// Number of query heads.
    package var headCount: Int
    /// Number of key and value heads.
    package var keyValueHeadCount: Int
    /// Width of one head.
    package var headWidth: Int
    /// Width between the gate and the down projection.
    package var hiddenWidth: Int
    /// Whether the output head is the embedding matrix.
    package var tiedEmbeddings: Bool
    /// Which linear layers have biases.
    package var biases: LinearBiases
    /// Whether queries and keys have a norm over each head.
    package var normalizesHeads: Bool
    /// Whether a norm stands behind the attention and behind the feed-forward network too.
    package var normalizesOutputs: Bool

    /// Describes a model.
    package init(
        vocabularySize: Int,
        modelWidth: Int,
        layerCount: Int,
        headCount: Int,
        keyValueHeadCount: Int,
        headWidth: Int,
        hiddenWidth: Int,
        tiedEmbeddings: Bool,
        biases: LinearBiases,
        normalizesHeads: Bool,
        normalizesOutputs: Bool
    ) {
        self.vocabularySize = vocabularySize
        self.modelWidth = modelWidth
        self.layerCount = layerCount
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headWidth = headWidth
        self.hiddenWidth = hiddenWidth
        self.tiedEmbeddings = tiedEmbeddings
        self.biases = biases
        self.normalizesHeads = normalizesHeads
        self.normalizesOutputs = normalizesOutputs
    }

    /// Describes a model that runs here.
    package init(_ configuration: ModelConfiguration) {
        self.init(
            vocabularySize: configuration.vocabularySize,
            modelWidth: configuration.modelWidth,
            layerCount: configuration.layerCount,
            headCount: configuration.headCount,
            keyValueHeadCount: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth,
            hiddenWidth: configuration.hiddenWidth,
            tiedEmbeddings: configuration.tiedEmbeddings,
            biases: configuration.biases,
            normalizesHeads: configuration.family.normalizesHeads,
            normalizesOutputs: configuration.family.normalizesOutputs
        )
    }

    /// Whether there is a tensor of a role: one, or one in each block.
    package func contains(_ role: ParameterRole) -> Bool {
        switch role {
        case .head: !tiedEmbeddings
        case .queryBias, .keyBias, .valueBias: biases.contains(.queryKeyValue)
        case .attentionOutputBias: biases.contains(.attentionOutput)
        case .gateBias, .upBias, .downBias: biases.contains(.feedForward)
        case .queryNorm, .keyNorm: normalizesHeads
        case .attentionOutputNorm, .feedForwardOutputNorm: normalizesOutputs
        case .embedding, .attentionNorm, .query, .key, .value, .attentionOutput,
            .feedForwardNorm, .gate, .up, .down, .finalNorm:
            true
        }
    }

    /// The sizes of a tensor, outermost first; a linear weight is `[out, in]`.
    package func shape(of role: ParameterRole) -> [Int] {
        let queryWidth = headCount * headWidth
        let keyWidth = keyValueHeadCount * headWidth
        return switch role {
        case .embedding, .head: [vocabularySize, modelWidth]
        case .query: [queryWidth, modelWidth]
        case .key, .value: [keyWidth, modelWidth]
        case .attentionOutput: [modelWidth, queryWidth]
        case .gate, .up: [hiddenWidth, modelWidth]
        case .down: [modelWidth, hiddenWidth]
        case .queryBias: [queryWidth]
        case .keyBias, .valueBias: [keyWidth]
        case .gateBias, .upBias: [hiddenWidth]
        case .queryNorm, .keyNorm: [headWidth]
        case .attentionOutputBias, .downBias, .attentionNorm, .attentionOutputNorm,
            .feedForwardNorm, .feedForwardOutputNorm, .finalNorm:
            [modelWidth]
        }
    }

    /// The name of a tensor in a Hugging Face checkpoint, such as
    /// `model.layers.0.self_attn.q_proj.weight`.
    package func name(of role: ParameterRole, layer: Int? = nil) -> String {
        let own = role.hubName(normalizingOutputs: normalizesOutputs)
        return layer.map { "model.layers.\($0).\(own)" } ?? own
    }
}
