import Transformer

extension TransformerModel {
    /// A copy in which one block does nothing: its input is its output.
    ///
    /// The two matrices that write to the residual stream are zero, and so are their biases, so
    /// that y = x + 0 exactly.
    package func bypassing(layer: Int) -> TransformerModel {
        let copy = copied()
        let writing: Set<ParameterRole> = [
            .attentionOutput, .down, .attentionOutputBias, .downBias,
        ]
        for entry in layout.entries where entry.layer == layer {
            guard writing.contains(entry.role) else { continue }
            copy.parameters[entry.range].fill(0)
        }
        return copy
    }

    /// A copy in which some blocks are those of another model of the same shape.
    package func reverting(layers: Range<Int>, to base: TransformerModel) -> TransformerModel {
        precondition(configuration == base.configuration, "the models have different shapes")
        let copy = copied()
        for entry in layout.entries {
            guard let layer = entry.layer, layers.contains(layer) else { continue }
            copy.parameters[entry.range].copy(from: base.parameters[entry.range])
        }
        return withExtendedLifetime(base) { copy }
    }
}
