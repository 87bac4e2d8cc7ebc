/// RMSNorm of every query and key head by itself, before positions turn them (Qwen 3, Gemma 3).
///
/// All query heads have one gain and all key heads another, of the width of a head.
package struct HeadNorm: Sendable {
    private let attention: Attention
    private let epsilon: Float
    private let offset: Float

    /// Describes the norms.
    ///
    /// - Parameters:
    ///   - attention: The heads.
    ///   - epsilon: ε of the norms.
    ///   - offset: What is added to every gain.
    package init(attention: Attention, epsilon: Float, offset: Float = 0) {
        self.attention = attention
        self.epsilon = epsilon
        self.offset = offset
    }

    /// Normalises queries and keys in place.
    ///
    /// - Parameters:
    ///   - packed: Queries, keys and values, `[tokens, packedWidth]`; queries and keys are
    ///     overwritten.
    ///   - gains: The gains of queries and of keys, `[headWidth]` each.
    ///   - inputs: Gets queries and keys as they were, `[tokens, heads · headWidth]`, for the
    ///     backward pass; nil where there is none.
    ///   - inverseRMS: r of each head and row, `[heads, tokens]`; overwritten.
    package func forward(
        packed: MatrixView,
        gains: (query: FloatView, key: FloatView),
        inputs: MatrixView?,
        inverseRMS: MatrixView
    ) {
        check(packed, inputs, inverseRMS)
        let heads = attention.queryKeyHeadCount
        inputs?.copy(from: packed.columns(0..<heads * attention.headWidth))
        for head in 0..<heads {
            let values = packed.columns(columns(of: head))
            RMSNorm.forward(
                input: values,
                gain: head < attention.headCount ? gains.query : gains.key,
                offset: offset,
                epsilon: epsilon,
                output: values,
                inverseRMS: inverseRMS.row(head)
            )
        }
    }

    /// Gradients of queries and keys before the norms, in place of those after them.
    ///
    /// - Parameters:
    ///   - inputs: Queries and keys of the forward pass before the norms.
    ///   - inverseRMS: r of the forward pass.
    ///   - gains: The gains of queries and of keys.
    ///   - packedGradient: dq, dk and dv, `[tokens, packedWidth]`; dq and dk are overwritten.
    ///   - gainGradients: Of both gains; added to.
    ///   - scratch: Working memory, `[tokens, ≥ headWidth]`; overwritten.
    package func backward(
        inputs: MatrixView,
        inverseRMS: MatrixView,
        gains: (query: FloatView, key: FloatView),
        packedGradient: MatrixView,
        gainGradients: (query: FloatView, key: FloatView),
        scratch: MatrixView
    ) {
        check(packedGradient, inputs, inverseRMS)
        let outputGradient = scratch.columns(0..<attention.headWidth)
        for head in 0..<attention.queryKeyHeadCount {
            let isQuery = head < attention.headCount
            let gradient = packedGradient.columns(columns(of: head))
            outputGradient.copy(from: gradient)
            gradient.fill(0)
            RMSNorm.backward(
                input: inputs.columns(columns(of: head)),
                gain: isQuery ? gains.query : gains.key,
                offset: offset,
                inverseRMS: inverseRMS.row(head),
                outputGradient: outputGradient,
                inputGradient: gradient,
                gainGradient: isQuery ? gainGradients.query : gainGradients.key
            )
        }
    }

    private func columns(of head: Int) -> Range<Int> {
        head * attention.headWidth..<(head + 1) * attention.headWidth
    }

    private func check(_ packed: MatrixView, _ inputs: MatrixView?, _ inverseRMS: MatrixView) {
        let heads = attention.queryKeyHeadCount
        precondition(
            packed.columns == attention.packedWidth && inverseRMS.rows == heads
                && inverseRMS.columns == packed.rows,
            "queries, keys and values \(packed.shapeText) with roots \(inverseRMS.shapeText)"
        )
        if let inputs {
            precondition(
                inputs.rows == packed.rows && inputs.columns == heads * attention.headWidth,
                "queries and keys \(inputs.shapeText) of \(packed.shapeText)"
            )
        }
    }
}
