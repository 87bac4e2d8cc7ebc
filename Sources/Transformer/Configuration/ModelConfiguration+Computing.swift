import Kernels

/// What follows from a configuration for the computation.
extension ModelConfiguration {
    /// The heads of a layer, as the attention kernel wants them.
    func attention(inLayer layer: Int) -> Attention {
        Attention(
            headCount: headCount,
            keyValueHeadCount: keyValueHeadCount,
            headWidth: headWidth,
            scale: queryScalar.map { Float(1 / $0.squareRoot()) },
            window: slidingWindow.flatMap { $0.contains(layer) ? $0.size : nil }
        )
    }

    /// What embeddings are multiplied by; nil for nothing (Gemma: the root of the width).
    var embeddingScale: Float? {
        family == .gemma3Text ? Float(modelWidth).squareRoot() : nil
    }

    /// The rules that all blocks share.
    var blockRules: BlockRules {
        BlockRules(
            epsilon: Float(normEpsilon),
            gainOffset: family.gainOffset,
            isGELU: family.activation == "gelu_pytorch_tanh"
        )
    }

    /// Columns of the queries and keys of all heads side by side.
    var queryKeyWidth: Int { (headCount + keyValueHeadCount) * headWidth }
}

/// How blocks compute, the same in every layer.
struct BlockRules: Sendable {
    /// ε of the norms.
    let epsilon: Float
    /// What is added to the gain of every norm.
    let gainOffset: Float
    /// Whether the activation between gate and down is that of `GeGLU`, and not of `SwiGLU`.
    let isGELU: Bool

    /// y = a(g) ⊙ u; `output` is overwritten.
    func gate(_ gateUp: MatrixView, into output: MatrixView) {
        if isGELU {
            GeGLU.forward(gateUp: gateUp, output: output)
        } else {
            SwiGLU.forward(gateUp: gateUp, output: output)
        }
    }

    /// Gradients of gate and up in their place, and y in the place of its gradient.
    func gateBackward(_ gateUp: MatrixView, outputGradient: MatrixView) {
        if isGELU {
            GeGLU.backward(gateUp: gateUp, outputGradient: outputGradient)
        } else {
            SwiGLU.backward(gateUp: gateUp, outputGradient: outputGradient)
        }
    }

    /// The norms of queries and keys.
    func headNorm(_ attention: Attention) -> HeadNorm {
        HeadNorm(attention: attention, epsilon: epsilon, offset: gainOffset)
    }
}

/// The tables of rotary positions of all layers.
struct LayerPositions: Sendable {
    private let common: RotaryPositions
    /// Those of layers with a window, where they are others.
    private let local: (window: SlidingWindow, positions: RotaryPositions)?

    /// Makes tables for sequences up to a length.
    ///
    /// - Throws: `SequenceLengthError` where other positions would count beyond the model's own.
    init(_ configuration: ModelConfiguration, positionCount: Int) throws {
        if case .dynamic = configuration.ropeScaling, positionCount > configuration.maximumPositions
        {
            throw SequenceLengthError(
                tokens: positionCount,
                positions: configuration.maximumPositions
            )
        }
        common = RotaryPositions(
            headWidth: configuration.headWidth,
            theta: configuration.ropeTheta,
            scaling: configuration.ropeScaling,
            positionCount: positionCount
        )
        guard let window = configuration.slidingWindow, let theta = configuration.localRopeTheta
        else {
            local = nil
            return
        }
        local = (
            window,
            RotaryPositions(
                headWidth: configuration.headWidth,
                theta: theta,
                positionCount: positionCount
            )
        )
    }

    /// The tables of a layer.
    subscript(layer: Int) -> RotaryPositions {
        if let local, local.window.contains(layer) { local.positions } else { common }
    }
}
