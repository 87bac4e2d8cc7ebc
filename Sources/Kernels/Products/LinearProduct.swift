/// Matrix products of linear layers, for one thread.
///
/// Everything is row-major. A weight W is `[out, in]` as in PyTorch and activations are
/// `[tokens, width]`, so that y = x Wᵀ, dx = dy W and dW = dyᵀ x. One product at a time: each
/// thread has its own.
package final class LinearProduct: @unchecked Sendable {
    // Unchecked: a product writes into memory of its own. Each thread of a pool makes one, or takes
    // the one with its number, so that no two threads use one at the same time.

    private enum Arithmetic {
        case tiles(PanelProduct)
        /// Panels multiply with weights in bfloat16, which OpenBLAS cannot read.
        case openBLAS(PanelProduct)
        case bfloat16(BFloat16Product)
    }

    private let arithmetic: Arithmetic

    /// Products in single precision.
    package init(method: ProductMethod = .preferred) {
        switch method {
        case .tiles: arithmetic = .tiles(PanelProduct())
        case .openBLAS: arithmetic = .openBLAS(PanelProduct())
        }
    }

    /// Products in bfloat16.
    ///
    /// - Parameters:
    ///   - weights: The rounded twins of the weights that will be multiplied with; nil when all of
    ///     them are in bfloat16.
    ///   - capacity: The most elements of an operand that has no twin there.
    /// - Throws: `OneDNN.Unavailable`.
    package init(bfloat16 weights: BFloat16Copy?, capacity: Int) throws {
        try OneDNN.load()
        arithmetic = .bfloat16(BFloat16Product(weights: weights, capacity: capacity))
    }

    /// y = x Wᵀ, or y = s + x Wᵀ.
    ///
    /// - Parameters:
    ///   - input: x, `[tokens, in]`.
    ///   - weight: W, `[out, in]`.
    ///   - output: y, `[tokens, out]`; overwritten.
    ///   - start: s, `[tokens, out]`, such as the residual stream; may be `output` itself.
    package func forward(
        input: MatrixView,
        weight: MatrixView,
        output: MatrixView,
        adding start: MatrixView? = nil
    ) {
        forward(input: input, weight: .single(weight), output: output, adding: start)
    }

    /// y = x Wᵀ, or y = s + x Wᵀ, with a weight of either precision.
    package func forward(
        input: MatrixView,
        weight: WeightMatrix,
        output: MatrixView,
        adding start: MatrixView? = nil
    ) {
        precondition(
            input.columns == weight.columns && output.columns == weight.rows
                && input.rows == output.rows,
            "x \(input.shapeText) times Wᵀ of \(weight.shapeText) does not give "
                + output.shapeText
        )
        multiply(input, transposed: false, weight, transposed: true, start, output)
    }

    /// dx = dy W, or dx = s + dy W.
    ///
    /// - Parameters:
    ///   - outputGradient: dy, `[tokens, out]`.
    ///   - weight: W, `[out, in]`.
    ///   - inputGradient: dx, `[tokens, in]`; overwritten.
    ///   - start: s, `[tokens, in]`; may be `inputGradient` itself.
    package func backwardInput(
        outputGradient: MatrixView,
        weight: MatrixView,
        inputGradient: MatrixView,
        adding start: MatrixView? = nil
    ) {
        backwardInput(
            outputGradient: outputGradient,
            weight: .single(weight),
            inputGradient: inputGradient,
            adding: start
        )
    }

    /// dx = dy W, or dx = s + dy W, with a weight of either precision.
    package func backwardInput(
        outputGradient: MatrixView,
        weight: WeightMatrix,
        inputGradient: MatrixView,
        adding start: MatrixView? = nil
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
            start,
            inputGradient
        )
    }

    /// dW += dyᵀ x.
    ///
    /// - Parameters:
    ///   - outputGradient: dy, `[tokens, out]`.
    ///   - input: x, `[tokens, in]`.
    ///   - weightGradient: dW, `[out, in]`; added to.
    package func backwardWeight(
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
        multiply(
            outputGradient,
            transposed: true,
            .single(input),
            transposed: false,
            weightGradient,
            weightGradient
        )
    }

    /// C = start + A' B', where a prime transposes when asked to.
    private func multiply(
        _ a: MatrixView,
        transposed transposeA: Bool,
        _ b: WeightMatrix,
        transposed transposeB: Bool,
        _ start: MatrixView?,
        _ c: MatrixView
    ) {
        let depth = transposeA ? a.rows : a.columns
        guard c.rows > 0, c.columns > 0 else { return }
        if let start {
            precondition(
                start.rows == c.rows && start.columns == c.columns,
                "\(start.shapeText) cannot be added to \(c.shapeText)"
            )
        }
        if let panels = panels(for: b), depth > 0 {
            panels.multiply(
                TileProduct.Left(
                    base: a.base,
                    rowStride: transposeA ? 1 : a.rowStride,
                    depthStride: transposeA ? a.rowStride : 1
                ),
                b,
                transposeB ? .transposed : .asItLies,
                depth: depth,
                start: start,
                into: c
            )
            return
        }
        // The libraries can only add to what is there.
        if let start { c.copy(from: start) } else if depth == 0 { c.fill(0) }
        guard depth > 0 else { return }
        multiplyByLibrary(
            a,
            transposed: transposeA,
            b,
            transposed: transposeB,
            into: c,
            accumulate: start != nil
        )
    }

    /// C = A' B', or C += A' B', by OpenBLAS or oneDNN.
    private func multiplyByLibrary(
        _ a: MatrixView,
        transposed transposeA: Bool,
        _ b: WeightMatrix,
        transposed transposeB: Bool,
        into c: MatrixView,
        accumulate: Bool
    ) {
        switch (arithmetic, b) {
        case (.bfloat16(let product), _):
            product.multiply(
                a,
                transposed: transposeA,
                b,
                transposed: transposeB,
                into: c,
                accumulate: accumulate
            )
        case (_, .single(let matrix)):
            LinearAlgebra.multiply(
                a,
                transposed: transposeA,
                matrix,
                transposed: transposeB,
                into: c,
                accumulate: accumulate
            )
        case (_, .half): preconditionFailure("panels multiply with weights in bfloat16")
        }
    }

    /// The panels when they are what multiplies with a matrix.
    private func panels(for right: WeightMatrix) -> PanelProduct? {
        switch (arithmetic, right) {
        case (.tiles(let panels), _), (.openBLAS(let panels), .half): panels
        case (.openBLAS, .single), (.bfloat16, _): nil
        }
    }
}
