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
        precondition(
            output.rows == tokens.count && output.columns == table.columns,
            "\(tokens.count) tokens of a table \(table.shapeText) do not give \(output.shapeText)"
        )
        checkIdentifiers(tokens, "token", vocabularySize: table.rows)
        for (row, token) in tokens.enumerated() {
            (output.base + row * output.rowStride).update(
                from: table.base + Int(token) * table.rowStride,
                count: table.columns
            )
        }
    }

    /// Copies the row of each token of a table of either precision.
    package static func forward(
        tokens: UnsafeBufferPointer<Int32>,
        table: WeightMatrix,
        output: MatrixView
    ) {
        switch table {
        case .single(let matrix): forward(tokens: tokens, table: matrix, output: output)
        case .half(let matrix):
            precondition(
                output.rows == tokens.count && output.columns == matrix.columns,
                "\(tokens.count) tokens of a table \(table.shapeText) do not give "
                    + output.shapeText
            )
            checkIdentifiers(tokens, "token", vocabularySize: matrix.rows)
            for (row, token) in tokens.enumerated() {
                matrix.expandRow(Int(token), into: output.row(row))
            }
        }
    }

    /// dE[token_t] += dy_t, in the order of the tokens.
    ///
    /// - Parameters:
    ///   - tokens: The tokens of the forward pass.
    ///   - outputGradient: dy, `[tokens, width]`.
    ///   - tableGradient: dE, `[vocabulary, width]`; added to.
    ///   - rows: The rows of dE that are added to; nil for all.
    package static func backward(
        tokens: UnsafeBufferPointer<Int32>,
        outputGradient: MatrixView,
        tableGradient: MatrixView,
        rows: Range<Int>? = nil
    ) {
        precondition(
            outputGradient.rows == tokens.count
                && outputGradient.columns == tableGradient.columns,
            "dy \(outputGradient.shapeText) of \(tokens.count) tokens for dE "
                + tableGradient.shapeText
        )
        checkIdentifiers(tokens, "token", vocabularySize: tableGradient.rows)
        let own = rows ?? 0..<tableGradient.rows
        for (row, token) in tokens.enumerated() where own.contains(Int(token)) {
            Elementwise.add(
                outputGradient.base + row * outputGradient.rowStride,
                to: tableGradient.base + Int(token) * tableGradient.rowStride,
                count: tableGradient.columns
            )
        }
    }
}

/// Stops at the first identifier outside a vocabulary: it would be read or written beyond a matrix.
@inline(__always)
func checkIdentifiers(
    _ identifiers: UnsafeBufferPointer<Int32>,
    _ what: StaticString,
    vocabularySize: Int
) {
    for identifier in identifiers {
        precondition(
            identifier >= 0 && Int(identifier) < vocabularySize,
            "\(what) \(identifier) is outside the vocabulary of \(vocabularySize)"
        )
    }
}
