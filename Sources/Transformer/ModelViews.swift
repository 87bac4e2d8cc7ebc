import Kernels

/// The tensors of one block: parameters, whose matrices are `WeightMatrix`, or their gradients,
/// whose matrices are `MatrixView`.
struct BlockViews<Matrix: Sendable>: Sendable {
    let attentionNorm: FloatView
    /// Of shape `[(heads + 2 · keyValueHeads) · headWidth, width]`.
    let queryKeyValue: Matrix
    /// Of shape `[width, heads · headWidth]`.
    let attentionOutput: Matrix
    let feedForwardNorm: FloatView
    /// Of shape `[2 · hidden, width]`.
    let gateUp: Matrix
    /// Of shape `[width, hidden]`.
    let down: Matrix
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
        _ layout: ParameterLayout,
        _ configuration: ModelConfiguration,
        layer: Int,
        vector place: (Range<Int>) -> FloatView
    ) {
        func vector(_ first: ParameterRole, through last: ParameterRole? = nil) -> FloatView {
            place(layout.range(first, through: last ?? first, layer: layer))
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

/// All tensors of a model as views on memory whose maker keeps it alive.
struct ModelViews<Matrix: Sendable>: Sendable {
    /// Of shape `[vocabulary, width]`.
    let embedding: Matrix
    let blocks: [BlockViews<Matrix>]
    let finalNorm: FloatView
    /// `[vocabulary, width]`; the embedding itself when tied.
    let head: Matrix

    /// - Parameters:
    ///   - layout: Where each tensor lies.
    ///   - configuration: The shape.
    ///   - place: Makes a matrix from its range in the layout, its rows and its columns.
    ///   - vector: Makes a vector, or vectors that follow each other, from their range.
    init(
        layout: ParameterLayout,
        configuration: ModelConfiguration,
        matrix place: (_ range: Range<Int>, _ rows: Int, _ columns: Int) -> Matrix,
        vector: (Range<Int>) -> FloatView
    ) {
        let width = configuration.modelWidth
        let queryWidth = configuration.headCount * configuration.headWidth
        func matrix(
            _ first: ParameterRole,
            through last: ParameterRole,
            layer: Int? = nil,
            columns: Int
        ) -> Matrix {
            let range = layout.range(first, through: last, layer: layer)
            return place(range, range.count / columns, columns)
        }
        func gain(_ role: ParameterRole, layer: Int? = nil) -> FloatView {
            vector(layout.range(role, through: role, layer: layer))
        }
        embedding = matrix(.embedding, through: .embedding, columns: width)
        blocks = (0..<configuration.layerCount).map { layer in
            BlockViews(
                attentionNorm: gain(.attentionNorm, layer: layer),
                queryKeyValue: matrix(.query, through: .value, layer: layer, columns: width),
                attentionOutput: matrix(
                    .attentionOutput,
                    through: .attentionOutput,
                    layer: layer,
                    columns: queryWidth
                ),
                feedForwardNorm: gain(.feedForwardNorm, layer: layer),
                gateUp: matrix(.gate, through: .up, layer: layer, columns: width),
                down: matrix(
                    .down,
                    through: .down,
                    layer: layer,
                    columns: configuration.hiddenWidth
                ),
                additions: BlockAdditions(layout, configuration, layer: layer, vector: vector)
            )
        }
        finalNorm = gain(.finalNorm)
        head =
            configuration.tiedEmbeddings
            ? embedding : matrix(.head, through: .head, columns: width)
    }
}
