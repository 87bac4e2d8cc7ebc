/// The gated unit of Llama's feed-forward part: y = silu(g) ⊙ u, silu(g) = g · σ(g).
///
/// Gate and up projections stand side by side in one matrix, because one product makes both.
/// Shazeer, 2020, "GLU Variants Improve Transformer".
package enum SwiGLU {
    /// - Parameters:
    ///   - gateUp: g and u side by side, `[tokens, 2 · hidden]`.
    ///   - output: y, `[tokens, hidden]`; overwritten.
    package static func forward(gateUp: MatrixView, output: MatrixView) {
        GatedLoop.forward(gateUp: gateUp, output: output) { g, u in g * sigmoid(g) * u }
    }

    /// dg = dy ⊙ u ⊙ σ(g)(1 + g(1 − σ(g))) and du = dy ⊙ silu(g), written over g and u;
    /// y is recomputed on the way.
    ///
    /// - Parameters:
    ///   - gateUp: g and u of the forward pass, `[tokens, 2 · hidden]`; overwritten by dg and du.
    ///   - outputGradient: dy, `[tokens, hidden]`; overwritten by y, which the weight gradient of
    ///     the down projection needs.
    package static func backward(gateUp: MatrixView, outputGradient: MatrixView) {
        GatedLoop.backward(gateUp: gateUp, outputGradient: outputGradient) { g in
            let s = sigmoid(g)
            let silu = g * s
            // σ(1 + g(1 − σ)) = σ + silu (1 − σ)
            return (silu, s.addingProduct(silu, Lanes(repeating: 1) - s))
        }
    }
}
