/// What analyses compute of activations and of the weights that they meet.
package enum ActivationKernels {
    /// Adds √ Σ_t x_tj² over the rows t of each segment to `sums[j]`, for every column j: the norm
    /// over the tokens of a sample, summed over samples (MathNeuro, arXiv 2410.16930, section 3).
    ///
    /// - Parameters:
    ///   - input: Rows of all segments, `[tokens, columns]`.
    ///   - offsets: Where segments begin and, at the end, the number of rows.
    ///   - sums: One number for each column; accumulated in `Double`.
    package static func addSegmentNorms(
        of input: MatrixView,
        offsets: [Int],
        to sums: inout [Double]
    ) {
        precondition(sums.count == input.columns, "\(sums.count) sums, \(input.columns) columns")
        precondition(
            (offsets.first ?? 0) >= 0 && (offsets.last ?? 0) <= input.rows,
            "segments \(offsets.first ?? 0)..<\(offsets.last ?? 0) in \(input.rows) rows"
        )
        for (start, end) in zip(offsets, offsets.dropFirst()) {
            precondition(start <= end, "a segment cannot begin at \(start) and end at \(end)")
        }
        var squares = [Double](repeating: 0, count: input.columns)
        for (start, end) in zip(offsets, offsets.dropFirst()) where start < end {
            for column in squares.indices { squares[column] = 0 }
            for row in start..<end {
                // The row is below the matrix's rows, the column below its columns.
                let values = input.base + row * input.rowStride
                for column in squares.indices {
                    let value = Double(values[column])
                    squares[column] += value * value
                }
            }
            for column in squares.indices { sums[column] += squares[column].squareRoot() }
        }
    }

    /// scores_ij = |W_ij| · norms_j, row by row; overwrites `scores`.
    ///
    /// - Parameters:
    ///   - weight: W, `[out, in]`, without gaps between its rows.
    ///   - norms: One number for each column, not negative.
    ///   - scores: As many elements as W has.
    package static func importance(
        of weight: MatrixView,
        inputNorms norms: FloatView,
        into scores: FloatView
    ) {
        precondition(norms.count == weight.columns, "\(norms.count) for \(weight.columns) columns")
        precondition(scores.count == weight.rows * weight.columns, "scores for every weight")
        for row in 0..<weight.rows {
            // The row is below the matrix's rows, and all three have as many columns.
            let values = weight.base + row * weight.rowStride
            let output = scores.base + row * weight.columns
            for column in 0..<weight.columns {
                output[column] = abs(values[column]) * norms.base[column]
            }
        }
    }

    /// The mean of the directions x / ‖x‖ of the rows of each segment, `[segments, columns]`;
    /// overwrites `means`.
    ///
    /// A row of zeros counts as zero.
    ///
    /// - Parameters:
    ///   - input: Rows of all segments, `[tokens, columns]`.
    ///   - segments: The rows of each segment; a segment without rows has the mean zero.
    ///   - means: A row for each segment.
    package static func segmentDirections(
        of input: MatrixView,
        segments: [Range<Int>],
        into means: MatrixView
    ) {
        precondition(
            means.rows == segments.count && means.columns == input.columns,
            "\(segments.count) segments of \(input.shapeText) do not give \(means.shapeText)"
        )
        for segment in segments {
            precondition(
                segment.lowerBound >= 0 && segment.upperBound <= input.rows,
                "rows \(segment) are outside 0..<\(input.rows)"
            )
        }
        for (place, segment) in segments.enumerated() {
            let output = means.row(place)
            output.fill(0)
            for row in segment {
                let length = Elementwise.sumOfSquares(input.row(row)).squareRoot()
                guard length != 0 else { continue }
                // Not finite where the row is not: what reads the means finds out.
                Elementwise.add(input.row(row), times: Float(1 / length), to: output)
            }
            Elementwise.scale(output, by: 1 / Float(max(1, segment.count)), into: output)
        }
    }
}
