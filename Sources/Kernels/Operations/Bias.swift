/// The bias of a linear layer: y_t = x_t + b for every row t.
package enum Bias {
    /// y += b, in every row.
    ///
    /// - Parameters:
    ///   - bias: b, `[out]`.
    ///   - output: y, `[tokens, out]`; overwritten.
    package static func forward(_ bias: FloatView, to output: MatrixView) {
        check(bias, output)
        for row in 0..<output.rows {
            Elementwise.add(
                bias.base,
                to: output.base + row * output.rowStride,
                count: bias.count
            )
        }
    }

    /// db += Σ_t dy_t, in the order of the rows.
    ///
    /// - Parameters:
    ///   - outputGradient: dy, `[tokens, out]`.
    ///   - biasGradient: db, `[out]`; added to.
    package static func backward(outputGradient: MatrixView, biasGradient: FloatView) {
        check(biasGradient, outputGradient)
        for row in 0..<outputGradient.rows {
            Elementwise.add(
                outputGradient.base + row * outputGradient.rowStride,
                to: biasGradient.base,
                count: biasGradient.count
            )
        }
    }

    private static func check(_ bias: FloatView, _ matrix: MatrixView) {
        precondition(
            bias.count == matrix.columns,
            "a bias of \(bias.count) elements for rows of \(matrix.shapeText)"
        )
    }
}
