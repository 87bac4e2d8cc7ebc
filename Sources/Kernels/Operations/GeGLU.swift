/// The gated unit of Gemma's feed-forward part: y = gelu(g) ⊙ u, with the approximation of gelu by
/// tanh, gelu(g) = ½ g (1 + tanh t), t = √(2/π) (g + 0.044715 g³).
///
/// Computed as g · σ(2t), which is the same. Hendrycks and Gimpel, 2016, "Gaussian Error Linear
/// Units"; Shazeer, 2020, "GLU Variants Improve Transformer".
package enum GeGLU {
    /// - Parameters:
    ///   - gateUp: g and u side by side, `[tokens, 2 · hidden]`.
    ///   - output: y, `[tokens, hidden]`; overwritten.
    package static func forward(gateUp: MatrixView, output: MatrixView) {
        GatedLoop.forward(gateUp: gateUp, output: output) { g, u in g * share(g) * u }
    }

    /// dg = dy ⊙ u ⊙ (s + g s (1 − s) 2t′) with s = σ(2t), and du = dy ⊙ gelu(g), written over g
    /// and u; y is recomputed on the way.
    ///
    /// - Parameters:
    ///   - gateUp: g and u of the forward pass, `[tokens, 2 · hidden]`; overwritten by dg and du.
    ///   - outputGradient: dy, `[tokens, hidden]`; overwritten by y.
    package static func backward(gateUp: MatrixView, outputGradient: MatrixView) {
        GatedLoop.backward(gateUp: gateUp, outputGradient: outputGradient) { g in
            let s = share(g)
            let gelu = g * s
            let inner = Lanes(repeating: scale)
                .addingProduct(g * g, Lanes(repeating: 3 * scale * cubic))
            return (gelu, s.addingProduct(gelu * (Lanes(repeating: 1) - s), inner))
        }
    }

    /// 2 √(2/π).
    private static let scale: Float = 1.595_769_1
    private static let cubic: Float = 0.044_715

    /// σ(2t).
    @inline(__always)
    private static func share(_ g: Lanes) -> Lanes {
        let inner = Lanes(repeating: scale).addingProduct(g * g, Lanes(repeating: scale * cubic))
        return sigmoid(g * inner)
    }
}
