/// Root-mean-square normalisation: y = (g + o) ⊙ x · r, r = 1 / √(mean(x²) + ε).
///
/// The offset o is zero in most families, and one in Gemma, whose gains are stored as their
/// distance from one. Zhang and Sennrich, 2019, "Root Mean Square Layer Normalization".
package enum RMSNorm {
    /// Normalises each row.
    ///
    /// - Parameters:
    ///   - input: x, `[tokens, width]`.
    ///   - gain: g, `[width]`.
    ///   - offset: o, added to every gain.
    ///   - epsilon: ε, above zero.
    ///   - output: y, `[tokens, width]`; overwritten.
    ///   - inverseRMS: r of each row, `[tokens]`; overwritten, read again by the backward pass.
    package static func forward(
        input: MatrixView,
        gain: FloatView,
        offset: Float = 0,
        epsilon: Float,
        output: MatrixView,
        inverseRMS: FloatView
    ) {
        check(input, gain, inverseRMS, like: output)
        for row in 0..<input.rows {
            let x = input.base + row * input.rowStride
            let squares = sum(gain.count) { lanes, i in
                let value = load(x + i)
                lanes.addProduct(value, value)
            } rest: {
                x[$0] * x[$0]
            }
            inverseRMS.base[row] = 1 / (squares / Float(gain.count) + epsilon).squareRoot()
        }
        apply(
            input: input,
            gain: gain,
            offset: offset,
            inverseRMS: inverseRMS,
            output: output
        )
    }

    /// y = (g + o) ⊙ x · r with r already known; the backward pass makes y again with it.
    ///
    /// `output` may be `input` itself.
    package static func apply(
        input: MatrixView,
        gain: FloatView,
        offset: Float = 0,
        inverseRMS: FloatView,
        output: MatrixView
    ) {
        check(input, gain, inverseRMS, like: output)
        let width = gain.count
        let shift = Lanes(repeating: offset)
        for row in 0..<input.rows {
            let x = input.base + row * input.rowStride
            let y = output.base + row * output.rowStride
            let r = inverseRMS.base[row]
            let scale = Lanes(repeating: r)
            var i = 0
            while i + laneCount <= width {
                store(load(x + i) * scale * (load(gain.base + i) + shift), y + i)
                i += laneCount
            }
            while i < width {
                y[i] = x[i] * r * (gain.base[i] + offset)
                i += 1
            }
        }
    }

    /// dx += r (h ⊙ dy) − x r³ mean(x ⊙ h ⊙ dy) with h = g + o, and dg += Σ_t dy ⊙ x · r.
    ///
    /// - Parameters:
    ///   - input: x of the forward pass.
    ///   - gain: g.
    ///   - offset: o.
    ///   - inverseRMS: r of the forward pass.
    ///   - outputGradient: dy, `[tokens, width]`.
    ///   - inputGradient: dx, `[tokens, width]`; added to, because x also goes round the block.
    ///   - gainGradient: dg, `[width]`; added to.
    package static func backward(
        input: MatrixView,
        gain: FloatView,
        offset: Float = 0,
        inverseRMS: FloatView,
        outputGradient: MatrixView,
        inputGradient: MatrixView,
        gainGradient: FloatView
    ) {
        check(input, gain, inverseRMS, like: outputGradient)
        check(input, gain, inverseRMS, like: inputGradient)
        precondition(
            gainGradient.count == gain.count,
            "\(gainGradient.count) gradients of \(gain.count) gains"
        )
        let width = gain.count
        let shift = Lanes(repeating: offset)
        for row in 0..<input.rows {
            let x = input.base + row * input.rowStride
            let dy = outputGradient.base + row * outputGradient.rowStride
            let dx = inputGradient.base + row * inputGradient.rowStride
            let r = inverseRMS.base[row]
            let projection = sum(width) { lanes, i in
                lanes.addProduct(load(x + i) * (load(gain.base + i) + shift), load(dy + i))
            } rest: {
                x[$0] * (gain.base[$0] + offset) * dy[$0]
            }
            let back = -projection * r * r * r / Float(width)
            let rLanes = Lanes(repeating: r)
            let backLanes = Lanes(repeating: back)
            var i = 0
            while i + laneCount <= width {
                let xLanes = load(x + i)
                let scaled = load(dy + i) * rLanes
                store(
                    load(gainGradient.base + i).addingProduct(scaled, xLanes),
                    gainGradient.base + i
                )
                let through = load(dx + i).addingProduct(scaled, load(gain.base + i) + shift)
                store(through.addingProduct(xLanes, backLanes), dx + i)
                i += laneCount
            }
            while i < width {
                gainGradient.base[i] += dy[i] * r * x[i]
                dx[i] += dy[i] * r * (gain.base[i] + offset) + x[i] * back
                i += 1
            }
        }
    }

    /// Stops unless x and a matrix like it have a column for each gain and a row for each root.
    @inline(__always)
    private static func check(
        _ input: MatrixView,
        _ gain: FloatView,
        _ inverseRMS: FloatView,
        like other: MatrixView
    ) {
        precondition(
            input.columns == gain.count && other.columns == gain.count
                && input.rows == other.rows && inverseRMS.count == input.rows,
            "x \(input.shapeText) and \(other.shapeText) with \(gain.count) gains and roots of "
                + "\(inverseRMS.count) rows"
        )
    }

    /// A sum in sixteen fixed lanes and a rest, in fixed order.
    @inline(__always)
    private static func sum(
        _ count: Int,
        lanes body: (inout Lanes, Int) -> Void,
        rest: (Int) -> Float
    ) -> Float {
        var lanes = Lanes.zero
        var i = 0
        while i + laneCount <= count {
            body(&lanes, i)
            i += laneCount
        }
        var tail: Float = 0
        while i < count {
            tail += rest(i)
            i += 1
        }
        return laneSum(lanes) + tail
    }
}
