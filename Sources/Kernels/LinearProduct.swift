import COpenBLAS

/// Matrix products of linear layers: the one file that calls BLAS.
///
/// Everything is row-major. A weight W is `[out, in]` as in PyTorch and activations are
/// `[tokens, width]`, so that y = x Wᵀ, dx = dy W and dW = dyᵀ x.
package enum LinearProduct {
    /// y = x Wᵀ, or y += x Wᵀ.
    ///
    /// - Parameters:
    ///   - input: x, `[tokens, in]`.
    ///   - weight: W, `[out, in]`.
    ///   - output: y, `[tokens, out]`; overwritten unless `accumulate`.
    ///   - accumulate: whether to add to what `output` holds.
    package static func forward(
        input: MatrixView,
        weight: MatrixView,
        output: MatrixView,
        accumulate: Bool = false
    ) {
        precondition(
            input.columns == weight.columns && output.columns == weight.rows
                && input.rows == output.rows,
            "x \(input.shapeText) times Wᵀ of \(weight.shapeText) does not give "
                + output.shapeText
        )
        multiply(input, transposed: false, weight, transposed: true, output, accumulate)
    }

    /// dx = dy W, or dx += dy W.
    ///
    /// - Parameters:
    ///   - outputGradient: dy, `[tokens, out]`.
    ///   - weight: W, `[out, in]`.
    ///   - inputGradient: dx, `[tokens, in]`; overwritten unless `accumulate`.
    ///   - accumulate: whether to add to what `inputGradient` holds.
    package static func backwardInput(
        outputGradient: MatrixView,
        weight: MatrixView,
        inputGradient: MatrixView,
        accumulate: Bool = false
    ) {
        precondition(
            outputGradient.columns == weight.rows && inputGradient.columns == weight.columns
                && inputGradient.rows == outputGradient.rows,
            "dy \(outputGradient.shapeText) times W \(weight.shapeText) does not give "
                + inputGradient.shapeText
        )
        multiply(
            outputGradient,
            transposed: false,
            weight,
            transposed: false,
            inputGradient,
            accumulate
        )
    }

    /// dW += dyᵀ x.
    ///
    /// - Parameters:
    ///   - outputGradient: dy, `[tokens, out]`.
    ///   - input: x, `[tokens, in]`.
    ///   - weightGradient: dW, `[out, in]`; added to.
    package static func backwardWeight(
        outputGradient: MatrixView,
        input: MatrixView,
        weightGradient: MatrixView
    ) {
        precondition(
            outputGradient.rows == input.rows && weightGradient.rows == outputGradient.columns
                && weightGradient.columns == input.columns,
            "dyᵀ of \(outputGradient.shapeText) times x \(input.shapeText) does not give "
                + weightGradient.shapeText
        )
        multiply(outputGradient, transposed: true, input, transposed: false, weightGradient, true)
    }

    private static func multiply(
        _ a: MatrixView,
        transposed transposeA: Bool,
        _ b: MatrixView,
        transposed transposeB: Bool,
        _ c: MatrixView,
        _ accumulate: Bool
    ) {
        OpenBLAS.require()
        let depth = transposeA ? a.rows : a.columns
        guard c.rows > 0, c.columns > 0 else { return }
        guard depth > 0 else {
            if !accumulate { for row in 0..<c.rows { c.row(row).fill(0) } }
            return
        }
        // The pointers cover rows × stride elements each, which the views guarantee.
        openblas_sgemm(
            transposeA ? 1 : 0,
            transposeB ? 1 : 0,
            Int32(c.rows),
            Int32(c.columns),
            Int32(depth),
            1,
            a.base,
            Int32(a.rowStride),
            b.base,
            Int32(b.rowStride),
            accumulate ? 1 : 0,
            c.base,
            Int32(c.rowStride)
        )
    }
}

extension MatrixView {
    /// The shape for messages, such as `[4, 8]`.
    package var shapeText: String { "[\(rows), \(columns)]" }
}
