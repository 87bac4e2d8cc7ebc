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
    private struct SegmentGradients {
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
                backwardStrip(head, first..<(first + rows), padded, part, scratch)
                first += rows
            }
        }
        writeOut(scratch.keyGradients, part.packedGradient, column: keyColumn(keyValueHead))
        writeOut(scratch.valueGradients, part.packedGradient, column: valueColumn(keyValueHead))
    }

    private func backwardStrip(
        _ head: Int,
        _ queries: Range<Int>,
        _ keyStride: Int,
        _ part: SegmentGradients,
        _ scratch: AttentionScratch
    ) {
        let rows = queries.count
        let first = queries.lowerBound
        // What no query of the strip sees is left out, by whole lanes.
        let start = firstLane(of: first)
        let seen = queries.upperBound - start
        let padded = paddedToLanes(seen)
        let column = queryColumn(head)
        let width = paddedHeadWidth
        let packedRow = part.packed.base + first * part.packed.rowStride + column
        let gradientStride = part.outputGradient.rowStride
        let gradientRow = part.outputGradient.base + first * gradientStride + column
        copyRows(
            of: packedRow,
            stride: part.packed.rowStride,
            rows: rows,
            factor: scale,
            into: scratch.queries
        )
        copyRows(
            of: gradientRow,
            stride: gradientStride,
            rows: rows,
            factor: 1,
            into: scratch.outputs
        )
        multiplyScores(
            scratch.queries,
            scratch.keyColumns + start,
            keyStride,
            rows,
            padded,
            scratch.scores
        )
        multiplyScores(
            scratch.outputs,
            scratch.valueColumns + start,
            keyStride,
            rows,
            padded,
            scratch.scoreGradients
        )
        for row in 0..<rows {
            let token = first + row
            softmaxGradient(
                scores: scratch.scores + row * padded,
                gradients: scratch.scoreGradients + row * padded,
                hidden: firstKey(of: token) - start,
                count: token + 1 - start,
                padded: padded,
                logSum: part.logSums.base[token * part.logSums.rowStride + head],
                dot: dotProduct(
                    part.output.base + token * part.output.rowStride + column,
                    scratch.outputs + row * width
                )
            )
        }
        multiplyDown(
            scratch.scores,
            padded,
            scratch.outputs,
            rows,
            seen,
            scratch.valueGradients + start * width
        )
        multiplyDown(
            scratch.scoreGradients,
            padded,
            scratch.queries,
            rows,
            seen,
            scratch.keyGradients + start * width
        )
        // The queries are not read again: dq takes their place.
        TileProduct.multiply(
            left: .init(base: scratch.scoreGradients, rowStride: padded, depthStride: 1),
            right: scratch.keys + start * width,
            rightStride: width,
            target: .overwriting(scratch.queries, rowStride: width),
            rows: rows,
            columnLanes: width / laneCount,
            depth: seen
        )
        let target = part.packedGradient.base + first * part.packedGradient.rowStride + column
        for row in 0..<rows {
            let from = scratch.queries + row * width
            let to = target + row * part.packedGradient.rowStride
            for i in 0..<headWidth { to[i] = from[i] * scale }
        }
    }

    /// Scores of a strip against keys that lie as columns: s = q kᵀ, or dp = do vᵀ.
    @inline(__always)
    private func multiplyScores(
        _ left: UnsafePointer<Float>,
        _ columns: UnsafePointer<Float>,
        _ keyStride: Int,
        _ rows: Int,
        _ padded: Int,
        _ target: UnsafeMutablePointer<Float>
    ) {
        TileProduct.multiply(
            left: .init(base: left, rowStride: paddedHeadWidth, depthStride: 1),
            right: columns,
            rightStride: keyStride,
            target: .overwriting(target, rowStride: padded),
            rows: rows,
            columnLanes: padded / laneCount,
            depth: headWidth
        )
    }

    /// dv += pᵀ do, or dk += dsᵀ q: the left operand is read down its columns.
    @inline(__always)
    private func multiplyDown(
        _ left: UnsafePointer<Float>,
        _ padded: Int,
        _ right: UnsafePointer<Float>,
        _ rows: Int,
        _ seen: Int,
        _ target: UnsafeMutablePointer<Float>
    ) {
        TileProduct.multiply(
            left: .init(base: left, rowStride: 1, depthStride: padded),
            right: right,
            rightStride: paddedHeadWidth,
            target: .adding(to: target, rowStride: paddedHeadWidth),
            rows: seen,
            columnLanes: paddedHeadWidth / laneCount,
            depth: rows
        )
    }

    /// Σ o do over one head, in sixteen fixed lanes.
    @inline(__always)
    private func dotProduct(_ o: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>) -> Float {
        var lanes = Lanes.zero
        var i = 0
        while i + laneCount <= headWidth {
            lanes.addProduct(load(o + i), load(gradient + i))
            i += laneCount
        }
        var rest: Float = 0
        while i < headWidth {
            rest += o[i] * gradient[i]
            i += 1
        }
        return laneSum(lanes) + rest
    }

    /// Scores become p and their gradients become p (dp − dot); both zero where nothing is seen.
    @inline(__always)
    private func softmaxGradient(
        scores: UnsafeMutablePointer<Float>,
        gradients: UnsafeMutablePointer<Float>,
        hidden: Int,
        count: Int,
        padded: Int,
        logSum: Float,
        dot: Float
    ) {
        let shift = Lanes(repeating: logSum)
        let dots = Lanes(repeating: dot)
        var i = 0
        while i < padded {
            var p = Lanes.zero
            if i + laneCount <= count {
                p = exponential(load(scores + i) - shift)
            } else if i < count {
                let seen = laneIndices .< SIMD16<Int32>(repeating: Int32(count - i))
                p = p.replacing(with: exponential(load(scores + i) - shift), where: seen)
            }
            store(p, scores + i)
            store(p * (load(gradients + i) - dots), gradients + i)
            i += laneCount
        }
        for place in 0..<hidden {
            scores[place] = 0
            gradients[place] = 0
        }
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
