/// A linear weight arranged for products whose rows do not depend on each other.
///
/// BLAS may choose another order of summation when the number of rows changes, and with it another
/// last bit. Scoring and generation use this form instead: every output is one chain of fused
/// multiply-adds over the input in rising order, so results do not depend on the batch. For few
/// rows, as in decoding, it is also the faster one.
///
/// W `[out, in]` is kept as panels of 32 outputs: panel p holds, for each input k, the weights
/// W[32 p ..< 32 p + 32, k] side by side; outputs beyond the last are zero.
package final class PackedMatrix: @unchecked Sendable {
    /// Width of the input.
    package let inputWidth: Int
    /// Width of the output.
    package let outputWidth: Int

    private static let panelWidth = 2 * laneCount
    private let buffer: FloatBuffer

    /// Rearranges a weight `[out, in]`.
    package init(_ weight: MatrixView) {
        inputWidth = weight.columns
        outputWidth = weight.rows
        let width = Self.panelWidth
        let panels = (weight.rows + width - 1) / width
        buffer = FloatBuffer(count: panels * width * weight.columns)
        let base = buffer.view.base
        for out in 0..<weight.rows {
            let row = weight.base + out * weight.rowStride
            let column = base + (out / width) * width * inputWidth + out % width
            for k in 0..<inputWidth { column[k * width] = row[k] }
        }
    }

    /// y = x Wᵀ.
    ///
    /// - Parameters:
    ///   - input: x, `[rows, in]`.
    ///   - output: y, `[rows, out]`; overwritten.
    package func multiply(_ input: MatrixView, into output: MatrixView) {
        precondition(input.columns == inputWidth && output.columns == outputWidth)
        precondition(input.rows == output.rows)
        let width = Self.panelWidth
        var first = 0
        while first < outputWidth {
            let panel = buffer.view.base + first * inputWidth
            let columns = min(width, outputWidth - first)
            if columns == width {
                product(input, 0..<input.rows, panel, output.base + first, output.rowStride)
            } else {
                // The last panel is wider than the output: it goes through a small buffer.
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 8 * width) { rest in
                    guard let part = rest.baseAddress else { return }
                    var row = 0
                    while row < input.rows {
                        let rows = row..<min(row + 8, input.rows)
                        product(input, rows, panel, part, width)
                        for r in rows {
                            (output.base + r * output.rowStride + first)
                                .update(from: part + (r - row) * width, count: columns)
                        }
                        row += 8
                    }
                }
            }
            first += width
        }
    }

    private func product(
        _ input: MatrixView,
        _ rows: Range<Int>,
        _ panel: UnsafePointer<Float>,
        _ output: UnsafeMutablePointer<Float>,
        _ outputStride: Int
    ) {
        TileProduct.multiply(
            left: .init(
                base: input.base + rows.lowerBound * input.rowStride,
                rowStride: input.rowStride,
                depthStride: 1
            ),
            right: panel,
            rightStride: Self.panelWidth,
            output: output,
            outputStride: outputStride,
            rows: rows.count,
            columnLanes: 2,
            depth: inputWidth,
            accumulate: false
        )
    }
}
