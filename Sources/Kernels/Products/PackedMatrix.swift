/// A linear weight arranged for products whose rows do not depend on each other.
///
/// BLAS may choose another order of summation when the number of rows changes, and with it another
/// last bit. Scoring and generation use this form instead: every output is one chain of fused
/// multiply-adds over the input in rising order, so results do not depend on the batch. For few
/// rows, as in decoding, it is also the faster one.
///
/// W `[out, in]` is kept as panels of 32 outputs (`WeightPanel`), each over the whole input.
package final class PackedMatrix: @unchecked Sendable {
    /// Width of the input.
    package let inputWidth: Int
    /// Width of the output.
    package let outputWidth: Int

    private let buffer: FloatBuffer

    /// Rearranges a weight `[out, in]`.
    package init(_ weight: MatrixView) {
        inputWidth = weight.columns
        outputWidth = weight.rows
        let width = WeightPanel.width
        let panels = (weight.rows + width - 1) / width
        buffer = FloatBuffer(count: panels * width * weight.columns)
        for panel in 0..<panels {
            WeightPanel.copyTransposed(
                weight,
                depth: 0..<inputWidth,
                first: panel * width,
                into: buffer.view.base + panel * width * inputWidth
            )
        }
    }

    /// y = x Wᵀ, or y = s + x Wᵀ.
    ///
    /// - Parameters:
    ///   - input: x, `[rows, in]`.
    ///   - output: y, `[rows, out]`; overwritten.
    ///   - start: s, `[rows, out]`; may be `output` itself.
    package func multiply(
        _ input: MatrixView,
        into output: MatrixView,
        adding start: MatrixView? = nil
    ) {
        precondition(
            input.columns == inputWidth && output.columns == outputWidth
                && input.rows == output.rows,
            "x \(input.shapeText) times Wᵀ of [\(outputWidth), \(inputWidth)] does not give "
                + output.shapeText
        )
        if let start {
            precondition(
                start.rows == output.rows && start.columns == outputWidth,
                "\(start.shapeText) cannot be added to \(output.shapeText)"
            )
        }
        let left = TileProduct.Left(base: input.base, rowStride: input.rowStride, depthStride: 1)
        let target = TileProduct.Target(output, start: start)
        var first = 0
        while first < outputWidth {
            PanelColumns(
                panel: buffer.view.base + first * inputWidth,
                depth: inputWidth,
                columns: min(WeightPanel.width, outputWidth - first),
                target: target.from(row: 0, column: first)
            ).multiply(left, rows: output.rows)
            first += WeightPanel.width
        }
    }
}
