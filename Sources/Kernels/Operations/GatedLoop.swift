/// The loops of gated units y = a(g) ⊙ u, for an activation a given as a closure of whole lanes.
enum GatedLoop {
    /// Writes a(g) ⊙ u into `output`.
    ///
    /// - Parameters:
    ///   - gateUp: g and u side by side, `[tokens, 2 · hidden]`.
    ///   - output: y, `[tokens, hidden]`; overwritten.
    ///   - value: a(g) u.
    @inline(__always)
    static func forward(
        gateUp: MatrixView,
        output: MatrixView,
        value: (_ g: Lanes, _ u: Lanes) -> Lanes
    ) {
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

    /// dg = dy ⊙ u ⊙ a′(g) and du = dy ⊙ a(g), written over g and u; y is written over dy.
    ///
    /// - Parameters:
    ///   - gateUp: g and u of the forward pass; overwritten by dg and du.
    ///   - outputGradient: dy; overwritten by y.
    ///   - activation: a(g) and a′(g).
    @inline(__always)
    static func backward(
        gateUp: MatrixView,
        outputGradient: MatrixView,
        activation: (_ g: Lanes) -> (value: Lanes, slope: Lanes)
    ) {
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
                let (u, d) = (load(up + i), load(dy + i))
                let (value, slope) = activation(load(gate + i))
                store(d * u * slope, gate + i)
                store(d * value, up + i)
                store(value * u, dy + i)
                i += laneCount
            }
            if i < hidden {
                let count = hidden - i
                let (u, d) = (loadPart(up + i, count), loadPart(dy + i, count))
                let (value, slope) = activation(loadPart(gate + i, count))
                storePart(d * u * slope, gate + i, count)
                storePart(d * value, up + i, count)
                storePart(value * u, dy + i, count)
            }
        }
    }
}
