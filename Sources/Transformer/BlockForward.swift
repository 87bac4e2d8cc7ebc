import Kernels

/// Memory that a block needs only while it runs.
struct BlockScratch: Sendable {
    /// A normalised stream, `[tokens, width]`.
    let narrow: MatrixView
    /// The gated hidden layer, `[tokens, hidden]`.
    let hidden: MatrixView
}

/// The forward pass of one block, the same for training, scoring, prefill and decoding:
/// m = x + W_o attention(norm(x)), y = m + W_d gated(norm(m)).
///
/// Some families add biases, norms of queries and keys, and norms before the two sums.
enum BlockForward {
    /// - Parameters:
    ///   - input: x, `[tokens, width]`.
    ///   - output: y, `[tokens, width]`; overwritten. Nil when only what the block leaves behind is
    ///     wanted.
    ///   - operators: The block's weights.
    ///   - activations: What is left behind; overwritten.
    ///   - scratch: Working memory; overwritten.
    ///   - rules: What is the same in all blocks.
    ///   - attention: The heads of the layer.
    ///   - attend: Turns `activations.queryKeyValue` to its positions and fills
    ///     `activations.attention`.
    static func run(
        input: MatrixView,
        output: MatrixView?,
        operators: BlockOperators,
        activations: BlockActivations,
        scratch: BlockScratch,
        rules: BlockRules,
        attention: Attention,
        attend: () -> Void
    ) {
        let additions = operators.additions
        RMSNorm.forward(
            input: input,
            gain: operators.attentionNorm,
            offset: rules.gainOffset,
            epsilon: rules.epsilon,
            output: scratch.narrow,
            inverseRMS: activations.inputInverseRMS
        )
        operators.queryKeyValue.apply(scratch.narrow, into: activations.queryKeyValue)
        if let bias = additions.queryKeyValueBias {
            Bias.forward(bias, to: activations.queryKeyValue)
        }
        if let gains = additions.headGains, let kept = activations.headNorm {
            rules.headNorm(attention).forward(
                packed: activations.queryKeyValue,
                gains: gains,
                inputs: kept.inputs,
                inverseRMS: kept.inverseRMS
            )
        }
        attend()
        BlockOutput(
            layer: operators.attentionOutput,
            bias: additions.attentionOutputBias,
            gain: additions.attentionOutputNorm,
            kept: activations.attentionOutput
        ).add(activations.attention, to: input, into: activations.middle, rules)
        RMSNorm.forward(
            input: activations.middle,
            gain: operators.feedForwardNorm,
            offset: rules.gainOffset,
            epsilon: rules.epsilon,
            output: scratch.narrow,
            inverseRMS: activations.middleInverseRMS
        )
        operators.gateUp.apply(scratch.narrow, into: activations.gateUp)
        if let bias = additions.gateUpBias { Bias.forward(bias, to: activations.gateUp) }
        // The output itself is left behind only where a norm stands behind it.
        guard let output = output ?? activations.feedForwardOutput.map({ _ in scratch.narrow })
        else { return }
        rules.gate(activations.gateUp, into: scratch.hidden)
        BlockOutput(
            layer: operators.down,
            bias: additions.downBias,
            gain: additions.feedForwardOutputNorm,
            kept: activations.feedForwardOutput
        ).add(scratch.hidden, to: activations.middle, into: output, rules)
    }
}

/// The way of one half of a block back to the residual stream: y = s + norm(x Wᵀ + b), bias and
/// norm where the family has them.
private struct BlockOutput {
    let layer: LinearOperator
    let bias: FloatView?
    let gain: FloatView?
    let kept: NormInput?

    func add(
        _ x: MatrixView,
        to stream: MatrixView,
        into output: MatrixView,
        _ rules: BlockRules
    ) {
        guard let gain, let kept else {
            layer.apply(x, into: output, adding: stream)
            if let bias { Bias.forward(bias, to: output) }
            return
        }
        layer.apply(x, into: kept.values)
        if let bias { Bias.forward(bias, to: kept.values) }
        RMSNorm.forward(
            input: kept.values,
            gain: gain,
            offset: rules.gainOffset,
            epsilon: rules.epsilon,
            output: output,
            inverseRMS: kept.inverseRMS
        )
        Elementwise.add(stream, to: output)
    }
}
