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
        precondition(gateUp.columns == 2 * hidden && gateUp.rows == output.rows)
        for row in 0..<output.rows {
            let gate = gateUp.base + row * gateUp.rowStride
            let up = gate + hidden
            let y = output.base + row * output.rowStride
            forEachRun(hidden) { i, count in
                let g = read(gate + i, count)
                write(g * sigmoid(g) * read(up + i, count), y + i, count)
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
        precondition(gateUp.columns == 2 * hidden && gateUp.rows == outputGradient.rows)
        for row in 0..<outputGradient.rows {
            let gate = gateUp.base + row * gateUp.rowStride
            let up = gate + hidden
            let dy = outputGradient.base + row * outputGradient.rowStride
            forEachRun(hidden) { i, count in
                let g = read(gate + i, count)
                let u = read(up + i, count)
                let d = read(dy + i, count)
                let s = sigmoid(g)
                let silu = g * s
                // σ(1 + g(1 − σ)) = σ + silu (1 − σ)
                let slope = s.addingProduct(silu, Lanes(repeating: 1) - s)
                write(d * u * slope, gate + i, count)
                write(d * silu, up + i, count)
                write(silu * u, dy + i, count)
            }
        }
    }

    @inline(__always)
    private static func forEachRun(_ count: Int, _ body: (Int, Int) -> Void) {
        var i = 0
        while i + laneCount <= count {
            body(i, laneCount)
            i += laneCount
        }
        if i < count { body(i, count - i) }
    }

    @inline(__always)
    private static func read(_ pointer: UnsafeMutablePointer<Float>, _ count: Int) -> Lanes {
        count == laneCount ? load(pointer) : loadPart(pointer, count)
    }

    @inline(__always)
    private static func write(
        _ value: Lanes,
        _ pointer: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        if count == laneCount { store(value, pointer) } else { storePart(value, pointer, count) }
    }
}
