extension Attention {
    /// A few queries of one head, and the keys that they see.
    struct Strip {
        let head: Int
        /// The column of the head, in queries and in outputs.
        let column: Int
        /// The first query, as a row of the segment.
        let first: Int
        /// How many queries there are.
        let rows: Int
        /// The first key that any of them sees, moved down to a whole number of lanes: what no
        /// query of the strip sees is left out.
        let start: Int
        /// How many keys there are, from `start` to the last query.
        let seen: Int
        /// `seen` in whole lanes: the distance from one row of scores to the next.
        let padded: Int
        /// The distance from one row of the keys or values that lie as columns to the next.
        let keyStride: Int

        @inline(__always)
        init(_ attention: Attention, _ head: Int, _ queries: Range<Int>, keyStride: Int) {
            self.head = head
            self.keyStride = keyStride
            column = attention.queryColumn(head)
            first = queries.lowerBound
            rows = queries.count
            start = attention.firstLane(of: queries.lowerBound)
            seen = queries.upperBound - start
            padded = paddedToLanes(seen)
        }
    }

    /// Writes the gradient of the queries of a strip, and adds to that of the keys and values.
    func backwardStrip(
        _ strip: Strip,
        _ part: SegmentGradients,
        _ scratch: AttentionScratch
    ) {
        // `queries` gets c q, and `outputs` do.
        copyStrip(of: part.packed, strip, factor: scale, into: scratch.queries)
        copyStrip(of: part.outputGradient, strip, factor: 1, into: scratch.outputs)
        // s = c q kᵀ and dp = do vᵀ.
        multiplyScores(strip, scratch.queries, scratch.keyColumns, into: scratch.scores)
        multiplyScores(strip, scratch.outputs, scratch.valueColumns, into: scratch.scoreGradients)
        // s becomes p, and dp becomes ds.
        softmaxBackward(strip, part, scratch)
        // dv += pᵀ do and dk += dsᵀ (c q).
        multiplyDown(strip, scratch.scores, scratch.outputs, addingTo: scratch.valueGradients)
        multiplyDown(strip, scratch.scoreGradients, scratch.queries, addingTo: scratch.keyGradients)
        // dq = c ds k.
        writeQueryGradient(strip, part, scratch)
    }

    /// Copies what the queries of a strip have in a matrix with heads side by side.
    @inline(__always)
    private func copyStrip(
        of matrix: MatrixView,
        _ strip: Strip,
        factor: Float,
        into target: UnsafeMutablePointer<Float>
    ) {
        copyRows(
            of: matrix.base + strip.first * matrix.rowStride + strip.column,
            stride: matrix.rowStride,
            rows: strip.rows,
            factor: factor,
            into: target
        )
    }

    /// Products of a strip with what lies as columns: s = c q kᵀ, or dp = do vᵀ.
    @inline(__always)
    private func multiplyScores(
        _ strip: Strip,
        _ left: UnsafePointer<Float>,
        _ columns: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>
    ) {
        TileProduct.multiply(
            left: .init(base: left, rowStride: paddedHeadWidth, depthStride: 1),
            right: columns + strip.start,
            rightStride: strip.keyStride,
            target: .overwriting(target, rowStride: strip.padded),
            rows: strip.rows,
            columnLanes: strip.padded / laneCount,
            depth: headWidth
        )
    }

    /// p = exp(s − log sum) and ds = p (dp − do · o), in the places of s and dp.
    @inline(__always)
    private func softmaxBackward(
        _ strip: Strip,
        _ part: SegmentGradients,
        _ scratch: AttentionScratch
    ) {
        for row in 0..<strip.rows {
            let token = strip.first + row
            softmaxGradient(
                scores: scratch.scores + row * strip.padded,
                gradients: scratch.scoreGradients + row * strip.padded,
                hidden: firstKey(of: token) - strip.start,
                count: token + 1 - strip.start,
                padded: strip.padded,
                logSum: part.logSums.base[token * part.logSums.rowStride + strip.head],
                dot: dotProduct(
                    part.output.base + token * part.output.rowStride + strip.column,
                    scratch.outputs + row * paddedHeadWidth
                )
            )
        }
    }

    /// dv += pᵀ do, or dk += dsᵀ (c q): the left operand is read down its columns.
    @inline(__always)
    private func multiplyDown(
        _ strip: Strip,
        _ left: UnsafePointer<Float>,
        _ right: UnsafePointer<Float>,
        addingTo target: UnsafeMutablePointer<Float>
    ) {
        TileProduct.multiply(
            left: .init(base: left, rowStride: 1, depthStride: strip.padded),
            right: right,
            rightStride: paddedHeadWidth,
            target: .adding(
                to: target + strip.start * paddedHeadWidth,
                rowStride: paddedHeadWidth
            ),
            rows: strip.seen,
            columnLanes: paddedHeadWidth / laneCount,
            depth: strip.rows
        )
    }

    /// dq = c ds k, from the scratch memory into the matrix of gradients.
    @inline(__always)
    private func writeQueryGradient(
        _ strip: Strip,
        _ part: SegmentGradients,
        _ scratch: AttentionScratch
    ) {
        let width = paddedHeadWidth
        // The queries are not read again: ds k takes their place.
        TileProduct.multiply(
            left: .init(base: scratch.scoreGradients, rowStride: strip.padded, depthStride: 1),
            right: scratch.keys + strip.start * width,
            rightStride: width,
            target: .overwriting(scratch.queries, rowStride: width),
            rows: strip.rows,
            columnLanes: width / laneCount,
            depth: strip.seen
        )
        let stride = part.packedGradient.rowStride
        let target = part.packedGradient.base + strip.first * stride + strip.column
        for row in 0..<strip.rows {
            let from = scratch.queries + row * width
            let to = target + row * stride
            for i in 0..<headWidth { to[i] = from[i] * scale }
        }
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
}
