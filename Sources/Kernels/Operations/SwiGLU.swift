/// The gated unit of Llama's feed-forward part: y = silu(g) ⊙ u, silu(g) = g · σ(g).
///
/// Gate and up projections stand side by side in one matrix, because one product makes both.
/// Shazeer, 2020, "GLU Variants Improve Transformer".
package enum SwiGLU {
    /// - Parameters:
    ///   - gateUp: g and u side by side, `[tokens, 2 · hidden]`.
    ///   - output: y, `[tokens, hidden]`; overwritten.
    package static func forward(gateUp: MatrixView, output: MatrixView) {
        let hidden = output.columns
        precondition(
            gateUp.columns == 2 * hidden && gateUp.rows == output.rows,
            "gate and up \(gateUp.shapeText) do not give \(output.shapeText)"
        )
        for row in 0..<output.rows {
            let gate = gateUp.base + row * gateUp.rowStride
            let up = gate + hidden
            let y = output.base + row * output.rowStride
            var i = 0
            while i + laneCount <= hidden {
                store(value(load(gate + i), load(up + i)), y + i)
                i += laneCount
            }
            if i < hidden {
                let count = hidden - i
                storePart(value(loadPart(gate + i, count), loadPart(up + i, count)), y + i, count)
            }
        }
    }

    /// dg = dy ⊙ u ⊙ σ(g)(1 + g(1 − σ(g))) and du = dy ⊙ silu(g), written over g and u;
    /// y is made again on the way.
    ///
    /// - Parameters:
    ///   - gateUp: g and u of the forward pass, `[tokens, 2 · hidden]`; overwritten by dg and du.
    ///   - outputGradient: dy, `[tokens, hidden]`; overwritten by y, which the weight gradient of
    ///     the down projection needs.
    package static func backward(gateUp: MatrixView, outputGradient: MatrixView) {
        let hidden = outputGradient.columns
        precondition(
            gateUp.columns == 2 * hidden && gateUp.rows == outputGradient.rows,
            "dy \(outputGradient.shapeText) for gate and up \(gateUp.shapeText)"
        )
        for row in 0..<outputGradient.rows {
            let gate = gateUp.base + row * gateUp.rowStride
            let up = gate + hidden
            let dy = outputGradient.base + row * outputGradient.rowStride
            var i = 0
            while i + laneCount <= hidden {
                let part = Gradients(load(gate + i), load(up + i), load(dy + i))
                store(part.gate, gate + i)
                store(part.up, up + i)
                store(part.value, dy + i)
                i += laneCount
            }
            if i < hidden {
                let count = hidden - i
                let part = Gradients(
                    loadPart(gate + i, count),
                    loadPart(up + i, count),
                    loadPart(dy + i, count)
                )
                storePart(part.gate, gate + i, count)
                storePart(part.up, up + i, count)
                storePart(part.value, dy + i, count)
            }
        }
    }

    @inline(__always)
    private static func value(_ g: Lanes, _ u: Lanes) -> Lanes { g * sigmoid(g) * u }

    private struct Gradients {
        let gate: Lanes
        let up: Lanes
        let value: Lanes

        @inline(__always)
        init(_ g: Lanes, _ u: Lanes, _ d: Lanes) {
            let s = sigmoid(g)
            let silu = g * s
            // σ(1 + g(1 − σ)) = σ + silu (1 − σ)
            let slope = s.addingProduct(silu, Lanes(repeating: 1) - s)
            gate = d * u * slope
            up = d * silu
            value = silu * u
        }
    }
}
