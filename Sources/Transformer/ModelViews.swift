import Kernels

/// The tensors of one block, in a buffer of parameters or of their gradients.
struct BlockViews: Sendable {
    let attentionNorm: FloatView
    /// Of shape `[(heads + 2 · keyValueHeads) · headWidth, width]`.
    let queryKeyValue: MatrixView
    /// Of shape `[width, heads · headWidth]`.
    let attentionOutput: MatrixView
    let feedForwardNorm: FloatView
    /// Of shape `[2 · hidden, width]`.
    let gateUp: MatrixView
    /// Of shape `[width, hidden]`.
    let down: MatrixView
    /// What only some families have.
    let additions: BlockAdditions
}

/// The tensors of one block that only some families have; nil where the model has none.
struct BlockAdditions: Sendable {
    /// Of query, key and value side by side.
    let queryKeyValueBias: FloatView?
    let attentionOutputBias: FloatView?
    /// Of gate and up side by side.
    let gateUpBias: FloatView?
    let downBias: FloatView?
    /// The gains of the norms of each query and each key head, of the width of a head.
    let headGains: (query: FloatView, key: FloatView)?
    /// The gain of the norm behind the attention.
    let attentionOutputNorm: FloatView?
    /// The gain of the norm behind the feed-forward network.
    let feedForwardOutputNorm: FloatView?

    init(
        _ buffer: FloatView,
        _ layout: ParameterLayout,
        _ configuration: ModelConfiguration,
        layer: Int
    ) {
        func vector(_ first: ParameterRole, through last: ParameterRole? = nil) -> FloatView {
            buffer[layout.range(first, through: last ?? first, layer: layer)]
        }
        let biases = configuration.biases
        let family = configuration.family
        queryKeyValueBias =
            biases.contains(.queryKeyValue) ? vector(.queryBias, through: .valueBias) : nil
        attentionOutputBias =
            biases.contains(.attentionOutput) ? vector(.attentionOutputBias) : nil
        gateUpBias = biases.contains(.feedForward) ? vector(.gateBias, through: .upBias) : nil
        downBias = biases.contains(.feedForward) ? vector(.downBias) : nil
        headGains = family.normalizesHeads ? (vector(.queryNorm), vector(.keyNorm)) : nil
        attentionOutputNorm = family.normalizesOutputs ? vector(.attentionOutputNorm) : nil
        feedForwardOutputNorm = family.normalizesOutputs ? vector(.feedForwardOutputNorm) : nil
    }
}

/// All tensors of a model as views on one flat buffer in the model's layout.
///
/// Their maker keeps the buffer alive.
struct ModelViews: Sendable {
    /// Of shape `[vocabulary, width]`.
    let embedding: MatrixView
    let blocks: [BlockViews]
    let finalNorm: FloatView
    /// `[vocabulary, width]`; the embedding itself when tied.
    let head: MatrixView

    init(_ buffer: FloatView, layout: ParameterLayout, configuration: ModelConfiguration) {
        let width = configuration.modelWidth
        let queryWidth = configuration.headCount * configuration.headWidth
        func matrix(
            _ first: ParameterRole,
            through last: ParameterRole,
            layer: Int? = nil,
            columns: Int
        ) -> MatrixView {
            let range = layout.range(first, through: last, layer: layer)
            return MatrixView(buffer[range], rows: range.count / columns, columns: columns)
        }
        func vector(_ role: ParameterRole, layer: Int? = nil) -> FloatView {
            buffer[layout.range(role, through: role, layer: layer)]
        }
        embedding = matrix(.embedding, through: .embedding, columns: width)
        blocks = (0..<configuration.layerCount).map { layer in
            BlockViews(
                attentionNorm: vector(.attentionNorm, layer: layer),
                queryKeyValue: matrix(.query, through: .value, layer: layer, columns: width),
                attentionOutput: matrix(
                    .attentionOutput,
                    through: .attentionOutput,
                    layer: layer,
                    columns: queryWidth
                ),
                feedForwardNorm: vector(.feedForwardNorm, layer: layer),
                gateUp: matrix(.gate, through: .up, layer: layer, columns: width),
                down: matrix(
                    .down,
                    through: .down,
                    layer: layer,
                    columns: configuration.hiddenWidth
                ),
                additions: BlockAdditions(buffer, layout, configuration, layer: layer)
            )
        }
        finalNorm = vector(.finalNorm)
        head =
            configuration.tiedEmbeddings
            ? embedding : matrix(.head, through: .head, columns: width)
    }
}
