import Kernels

/// What one block leaves behind: kept for each layer in training, shared by all layers otherwise.
struct BlockActivations: Sendable {
    /// 1 / RMS of the block's input, `[tokens]`.
    let inputInverseRMS: FloatView
    /// Queries, keys and values after turning, `[tokens, packedWidth]`.
    let queryKeyValue: MatrixView
    /// Heads side by side, `[tokens, heads · headWidth]`.
    let attention: MatrixView
    /// Log sums of the scores, `[tokens, heads]`.
    let logSums: MatrixView
    /// The residual stream between attention and feed-forward, `[tokens, width]`.
    let middle: MatrixView
    /// 1 / RMS of the middle, `[tokens]`.
    let middleInverseRMS: FloatView
    /// Gate and up side by side, `[tokens, 2 · hidden]`.
    let gateUp: MatrixView
}

/// Memory that a block needs only while it runs.
struct BlockScratch: Sendable {
    /// A normalised stream, `[tokens, width]`.
    let narrow: MatrixView
    /// The gated hidden layer, `[tokens, hidden]`.
    let hidden: MatrixView
}

/// The forward pass of one block, the same for training, scoring, prefill and decoding:
/// m = x + W_o attention(norm(x)), y = m + W_d swiglu(norm(m)).
enum BlockForward {
    /// - Parameters:
    ///   - input: x, `[tokens, width]`.
    ///   - output: y, `[tokens, width]`; overwritten.
    ///   - operators: The block's weights.
    ///   - activations: What is left behind; overwritten.
    ///   - scratch: Working memory; overwritten.
    ///   - epsilon: ε of the norms.
    ///   - attend: Turns `activations.queryKeyValue` to its positions and fills
    ///     `activations.attention`.
    static func run(
        input: MatrixView,
        output: MatrixView,
        operators: BlockOperators,
        activations: BlockActivations,
        scratch: BlockScratch,
        epsilon: Float,
        attend: () -> Void
    ) {
        RMSNorm.forward(
            input: input,
            gain: operators.attentionNorm,
            epsilon: epsilon,
            output: scratch.narrow,
            inverseRMS: activations.inputInverseRMS
        )
        operators.queryKeyValue.apply(scratch.narrow, into: activations.queryKeyValue)
        attend()
        operators.attentionOutput.apply(
            activations.attention,
            into: activations.middle,
            adding: input
        )
        RMSNorm.forward(
            input: activations.middle,
            gain: operators.feedForwardNorm,
            epsilon: epsilon,
            output: scratch.narrow,
            inverseRMS: activations.middleInverseRMS
        )
        operators.gateUp.apply(scratch.narrow, into: activations.gateUp)
        SwiGLU.forward(gateUp: activations.gateUp, output: scratch.hidden)
        operators.down.apply(scratch.hidden, into: output, adding: activations.middle)
    }
}
