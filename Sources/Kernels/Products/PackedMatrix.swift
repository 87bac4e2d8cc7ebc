/// A linear weight arranged for products whose rows do not depend on each other.
///
/// BLAS may choose another order of summation when the number of rows changes, and with it another
/// last bit. Scoring and generation use this form instead: every output is one chain of fused
/// multiply-adds over the input in rising order, so results do not depend on the batch. For few
/// rows, as in decoding, it is also the faster one.
///
/// W `[out, in]` is kept as panels of 32 outputs (`WeightPanel`), each over the whole input. With
/// few rows a product takes as long as the weight takes to come from memory, so that panels are
/// kept in bfloat16 where that loses nothing: both forms give the same bits.
package final class PackedMatrix: @unchecked Sendable {
    /// When panels are kept in bfloat16.
    package enum Halves: Sendable {
        /// Where every number of the weight is one in bfloat16.
        case whenExact
        /// Always; other numbers are rounded.
        case always
    }

    /// Width of the input.
    package let inputWidth: Int
    /// Width of the output.
    package let outputWidth: Int

    private enum Panels {
        case single(SharedBuffer)
        case half(BFloat16Buffer)
    }

    private let panels: Panels

    /// Rows up to which panels in bfloat16 are read as floats on the way; for more rows they are
    /// written as floats first.
    private static let directRows = 8
    /// Rows of a panel that are written as floats at a time: 64 KB.
    private static let expandedDepth = 512

    /// Rearranges a weight `[out, in]`.
    package convenience init(_ weight: MatrixView) { self.init(.single(weight)) }

    /// Rearranges a weight `[out, in]`.
    ///
    /// - Parameters:
    ///   - weight: The weight.
    ///   - halves: When panels are kept in bfloat16.
    package init(_ weight: WeightMatrix, halves: Halves = .whenExact) {
        inputWidth = weight.columns
        outputWidth = weight.rows
        let (rows, depth) = (weight.rows, weight.columns)
        let panelElements = WeightPanel.width * depth
        let count = Self.panelCount(rows) * panelElements
        let isHalf =
            switch weight {
            case .half: true
            case .single(let matrix): halves == .always || matrix.isExactInBFloat16
            }
        func fill(_ first: Int, _ target: UnsafeMutablePointer<Float>) {
            switch weight {
            case .half(let matrix):
                WeightPanel.copyTransposed(matrix, depth: 0..<depth, first: first, into: target)
            case .single(let matrix):
                WeightPanel.copyTransposed(matrix, depth: 0..<depth, first: first, into: target)
            }
        }
        if isHalf {
            let buffer = BFloat16Buffer(count: count)
            let room = SharedBuffer(count: panelElements)
            for first in stride(from: 0, to: rows, by: WeightPanel.width) {
                fill(first, room.view.base)
                buffer.round(room.view, at: first * depth)
            }
            withExtendedLifetime(room) {}
            panels = .half(buffer)
        } else {
            let buffer = SharedBuffer(count: count)
            for first in stride(from: 0, to: rows, by: WeightPanel.width) {
                fill(first, buffer.view.base + first * depth)
            }
            panels = .single(buffer)
        }
    }

    private static func panelCount(_ outputs: Int) -> Int {
        (outputs + WeightPanel.width - 1) / WeightPanel.width
    }

    /// The number of panels.
    package var panelCount: Int { Self.panelCount(outputWidth) }

    /// The number of bytes.
    package var byteCount: Int {
        switch panels {
        case .single(let buffer): 4 * buffer.view.count
        case .half(let buffer): buffer.byteCount
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
        multiply(input, into: output, adding: start, panels: 0..<panelCount)
    }

    /// y = x Wᵀ, or y = s + x Wᵀ, each thread of a pool with a part of the outputs.
    ///
    /// The result is that of one thread, bit by bit: no sum is shared.
    package func multiply(
        _ input: MatrixView,
        into output: MatrixView,
        adding start: MatrixView? = nil,
        on pool: WorkerPool
    ) {
        let threads = min(pool.threadCount, panelCount)
        pool.perform(count: threads) { thread in
            multiply(
                input,
                into: output,
                adding: start,
                panels: (panelCount * thread / threads)..<(panelCount * (thread + 1) / threads)
            )
        }
    }

    /// The outputs of some panels of y = x Wᵀ, or of y = s + x Wᵀ; the others are left alone.
    ///
    /// - Parameters:
    ///   - input: x, `[rows, in]`.
    ///   - output: y, `[rows, out]`.
    ///   - start: s, `[rows, out]`; may be `output` itself.
    ///   - range: The panels, at most `panelCount`.
    package func multiply(
        _ input: MatrixView,
        into output: MatrixView,
        adding start: MatrixView?,
        panels range: Range<Int>
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
        precondition(range.lowerBound >= 0 && range.upperBound <= panelCount, "panels \(range)")
        let left = TileProduct.Left(base: input.base, rowStride: input.rowStride, depthStride: 1)
        let target = TileProduct.Target(output, start: start)
        switch panels {
        case .single(let buffer):
            for panel in range {
                let first = panel * WeightPanel.width
                PanelColumns(
                    panel: buffer.view.base + first * inputWidth,
                    depth: inputWidth,
                    columns: min(WeightPanel.width, outputWidth - first),
                    target: target.from(row: 0, column: first)
                ).multiply(left, rows: output.rows)
            }
        case .half(let buffer):
            let whole = outputWidth / WeightPanel.width
            let isDirect = output.rows <= Self.directRows
            let direct =
                isDirect ? range.clamped(to: 0..<whole) : range.lowerBound..<range.lowerBound
            for panel in direct {
                let first = panel * WeightPanel.width
                TileProduct.multiply(
                    left: left,
                    bfloat16: buffer.base + first * inputWidth,
                    target: target.from(row: 0, column: first),
                    rows: output.rows,
                    depth: inputWidth
                )
            }
            let rest = max(range.lowerBound, direct.upperBound)..<range.upperBound
            guard !rest.isEmpty else { return }
            multiplyExpanded(buffer, left, target, rows: output.rows, panels: rest)
        }
    }

    /// Panels in bfloat16, written as floats a part of their depth at a time: sums go on from what
    /// the parts before have left.
    private func multiplyExpanded(
        _ buffer: BFloat16Buffer,
        _ left: TileProduct.Left,
        _ target: TileProduct.Target,
        rows: Int,
        panels range: Range<Int>
    ) {
        let width = WeightPanel.width
        withUnsafeTemporaryAllocation(
            of: Float.self,
            capacity: min(Self.expandedDepth, inputWidth) * width
        ) { room in
            guard let floats = room.baseAddress else { return }
            for panel in range {
                let first = panel * width
                let own = target.from(row: 0, column: first)
                var depth = 0
                while depth < inputWidth {
                    let count = min(Self.expandedDepth, inputWidth - depth)
                    expandBFloat16(
                        buffer.base + first * inputWidth + depth * width,
                        into: floats,
                        count: count * width
                    )
                    PanelColumns(
                        panel: floats,
                        depth: count,
                        columns: min(width, outputWidth - first),
                        target: depth == 0
                            ? own : .adding(to: own.base, rowStride: own.rowStride)
                    ).multiply(left.from(row: 0, depth: depth), rows: rows)
                    depth += count
                }
            }
        }
    }
}

extension MatrixView {
    /// Whether every element is a number in bfloat16.
    var isExactInBFloat16: Bool {
        for row in 0..<rows {
            let line = base + row * rowStride
            var bits: UInt32 = 0
            for column in 0..<columns { bits |= line[column].bitPattern }
            if bits & 0xffff != 0 { return false }
        }
        return true
    }
}
