/// Token embedding: y_t = E[token_t].
package enum Embedding {
    /// Copies the row of each token.
    ///
    /// - Parameters:
    ///   - tokens: Token identifiers, each below `table.rows`.
    ///   - table: E, `[vocabulary, width]`.
    ///   - output: y, `[tokens, width]`; overwritten.
    package static func forward(
        tokens: UnsafeBufferPointer<Int32>,
        table: MatrixView,
        output: MatrixView
    ) {
        precondition(output.rows == tokens.count && output.columns == table.columns)
        for (row, token) in tokens.enumerated() {
            precondition(
                token >= 0 && Int(token) < table.rows,
                "token \(token) is outside the vocabulary of \(table.rows)"
            )
            (output.base + row * output.rowStride).update(
                from: table.base + Int(token) * table.rowStride,
                count: table.columns
            )
        }
    }

    /// dE[token_t] += dy_t, in the order of the tokens.
    ///
    /// - Parameters:
    ///   - tokens: The tokens of the forward pass.
    ///   - outputGradient: dy, `[tokens, width]`.
    ///   - tableGradient: dE, `[vocabulary, width]`; added to.
    package static func backward(
        tokens: UnsafeBufferPointer<Int32>,
        outputGradient: MatrixView,
        tableGradient: MatrixView
    ) {
        precondition(outputGradient.rows == tokens.count)
        precondition(outputGradient.columns == tableGradient.columns)
        for (row, token) in tokens.enumerated() {
            Elementwise.add(
                outputGradient.base + row * outputGradient.rowStride,
                to: tableGradient.base + Int(token) * tableGradient.rowStride,
                count: tableGradient.columns
            )
        }
    }
}
