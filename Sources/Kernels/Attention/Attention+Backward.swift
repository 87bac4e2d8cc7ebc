extension Attention {
    /// Gradients of queries, keys and values.
    ///
    /// With p recomputed from the scores and their log sums: dv_j += Σ_i p_ij do_i,
    /// dp_ij = do_i · v_j, ds_ij = p_ij (dp_ij − do_i · o_i), dq_i = c Σ_j ds_ij k_j,
    /// dk_j += c Σ_i ds_ij q_i; key and value gradients add up over the heads of a group.
    ///
    /// - Parameters:
    ///   - packed: Queries, keys and values of the forward pass.
    ///   - segments: The sequences.
    ///   - output: o of the forward pass.
    ///   - logSums: Log sums of the forward pass.
    ///   - outputGradient: do, `[tokens, outputWidth]`.
    ///   - packedGradient: dq, dk and dv side by side, `[tokens, packedWidth]`; overwritten.
    ///   - scratch: Working memory.
    package func backward(
        packed: MatrixView,
        segments: PackedSegments,
        output: MatrixView,
        logSums: MatrixView,
        outputGradient: MatrixView,
        packedGradient: MatrixView,
        scratch: AttentionScratch
    ) {
        check(
            packed: packed,
            output: output,
            logSums: logSums,
            segments: segments,
            scratch: scratch
        )
        precondition(
            packedGradient.rows == packed.rows && packedGradient.columns == packedWidth
                && outputGradient.rows == packed.rows && outputGradient.columns == outputWidth,
            "gradients \(packedGradient.shapeText) and \(outputGradient.shapeText) of "
                + "\(packed.shapeText) and \(output.shapeText)"
        )
        for segment in 0..<segments.count {
            let range = segments[segment]
            let part = SegmentGradients(
                packed: packed.rows(range),
                output: output.rows(range),
                logSums: logSums.rows(range),
                outputGradient: outputGradient.rows(range),
                packedGradient: packedGradient.rows(range)
            )
            for keyValueHead in 0..<keyValueHeadCount {
                backwardHeads(of: keyValueHead, part, scratch)
            }
        }
    }

    /// The rows of one segment of every matrix that the backward pass reads or writes.
    struct SegmentGradients {
        let packed: MatrixView
        let output: MatrixView
        let logSums: MatrixView
        let outputGradient: MatrixView
        let packedGradient: MatrixView
    }

    private func backwardHeads(
        of keyValueHead: Int,
        _ part: SegmentGradients,
        _ scratch: AttentionScratch
    ) {
        let length = part.packed.rows
        let padded = paddedToLanes(length)
        let stride = part.packed.rowStride
        let key = part.packed.base + keyColumn(keyValueHead)
        let value = part.packed.base + valueColumn(keyValueHead)
        copyColumns(
            of: key,
            stride: stride,
            rows: length,
            into: scratch.keyColumns,
            targetStride: padded
        )
        copyColumns(
            of: value,
            stride: stride,
            rows: length,
            into: scratch.valueColumns,
            targetStride: padded
        )
        copyRows(of: key, stride: stride, rows: length, factor: 1, into: scratch.keys)
        scratch.keyGradients.update(repeating: 0, count: length * paddedHeadWidth)
        scratch.valueGradients.update(repeating: 0, count: length * paddedHeadWidth)
        for head in (keyValueHead * groupSize)..<((keyValueHead + 1) * groupSize) {
            var first = 0
            while first < length {
                let rows = min(Self.stripRows, length - first)
                let strip = Strip(self, head, first..<(first + rows), keyStride: padded)
                backwardStrip(strip, part, scratch)
                first += rows
            }
        }
        writeOut(scratch.keyGradients, part.packedGradient, column: keyColumn(keyValueHead))
        writeOut(scratch.valueGradients, part.packedGradient, column: valueColumn(keyValueHead))
    }

    private func writeOut(
        _ gradients: UnsafePointer<Float>,
        _ packedGradient: MatrixView,
        column: Int
    ) {
        for row in 0..<packedGradient.rows {
            (packedGradient.base + row * packedGradient.rowStride + column).update(
                from: gradients + row * paddedHeadWidth,
                count: headWidth
            )
        }
    }
}
