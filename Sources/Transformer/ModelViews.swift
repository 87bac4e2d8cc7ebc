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
                )
            )
        }
        finalNorm = vector(.finalNorm)
        head =
            configuration.tiedEmbeddings
            ? embedding : matrix(.head, through: .head, columns: width)
    }
}
