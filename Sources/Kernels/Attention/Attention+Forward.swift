import Foundation

extension Attention {
    /// Attends within each segment.
    ///
    /// - Parameters:
    ///   - packed: Queries, keys and values, already turned, `[tokens, packedWidth]`.
    ///   - segments: The sequences.
    ///   - output: o, `[tokens, outputWidth]`; overwritten.
    ///   - logSums: max + log Σ exp(s − max), `[tokens, headCount]`; overwritten, read again by the
    ///     backward pass.
    ///   - scratch: Working memory, for segments at least as long as those given.
    package func forward(
        packed: MatrixView,
        segments: PackedSegments,
        output: MatrixView,
        logSums: MatrixView,
        scratch: AttentionScratch
    ) {
        check(
            packed: packed,
            output: output,
            logSums: logSums,
            segments: segments,
            scratch: scratch
        )
        for segment in 0..<segments.count {
            let range = segments[segment]
            for keyValueHead in 0..<keyValueHeadCount {
                forwardHeads(
                    of: keyValueHead,
                    packed: packed.rows(range),
                    output: output.rows(range),
                    logSums: logSums.rows(range),
                    scratch: scratch
                )
            }
        }
    }

    private func forwardHeads(
        of keyValueHead: Int,
        packed: MatrixView,
        output: MatrixView,
        logSums: MatrixView,
        scratch: AttentionScratch
    ) {
        let length = packed.rows
        let padded = paddedToLanes(length)
        copyColumns(
            of: packed.base + keyColumn(keyValueHead),
            stride: packed.rowStride,
            rows: length,
            into: scratch.keyColumns,
            targetStride: padded
        )
        copyRows(
            of: packed.base + valueColumn(keyValueHead),
            stride: packed.rowStride,
            rows: length,
            factor: 1,
            into: scratch.values
        )
        for head in (keyValueHead * groupSize)..<((keyValueHead + 1) * groupSize) {
            var first = 0
            while first < length {
                let rows = min(Self.stripRows, length - first)
                copyRows(
                    of: packed.base + first * packed.rowStride + queryColumn(head),
                    stride: packed.rowStride,
                    rows: rows,
                    factor: scale,
                    into: scratch.queries
                )
                let seen = first + rows
                attend(
                    rows: rows,
                    keyColumns: scratch.keyColumns,
                    keyStride: padded,
                    values: scratch.values,
                    seen: seen,
                    firstQuery: first,
                    scratch: scratch
                ) { row, maximum, sum in
                    let from = scratch.outputs + row * paddedHeadWidth
                    let to = output.base + (first + row) * output.rowStride + head * headWidth
                    let inverse = 1 / sum
                    for i in 0..<headWidth { to[i] = from[i] * inverse }
                    logSums.base[(first + row) * logSums.rowStride + head] = maximum + log(sum)
                }
                first += rows
            }
        }
    }

    /// Attends with the queries in the scratch memory; query row r sees keys up to firstQuery + r,
    /// or, when that is nil, as the last of the keys does, and none before its window.
    ///
    /// The sums over keys run in rising order, and places that a query does not see add nothing, so
    /// a query's result does not depend on how many others stand beside it: those behind it are
    /// exact zeros, and those before its window add e^−87.3 each to a sum of exponentials that is 1
    /// or more, which is less than the last bit of it.
    @inline(__always)
    func attend(
        rows: Int,
        keyColumns: UnsafePointer<Float>,
        keyStride: Int,
        values: UnsafePointer<Float>,
        seen: Int,
        firstQuery: Int?,
        scratch: AttentionScratch,
        finish: (_ row: Int, _ maximum: Float, _ sum: Float) -> Void
    ) {
        // What no query of these sees is left out, by whole lanes.
        let start = firstLane(of: firstQuery ?? seen - 1)
        let padded = paddedToLanes(seen - start)
        TileProduct.multiply(
            left: .init(base: scratch.queries, rowStride: paddedHeadWidth, depthStride: 1),
            right: keyColumns + start,
            rightStride: keyStride,
            target: .overwriting(scratch.scores, rowStride: padded),
            rows: rows,
            columnLanes: padded / laneCount,
            depth: headWidth
        )
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * rows) { shapes in
            for row in 0..<rows {
                let position = firstQuery.map { $0 + row } ?? seen - 1
                let shape = Self.exponentials(
                    scratch.scores + row * padded,
                    hidden: firstKey(of: position) - start,
                    count: position + 1 - start,
                    padded: padded
                )
                shapes[2 * row] = shape.maximum
                shapes[2 * row + 1] = shape.sum
            }
            TileProduct.multiply(
                left: .init(base: scratch.scores, rowStride: padded, depthStride: 1),
                right: values + start * paddedHeadWidth,
                rightStride: paddedHeadWidth,
                target: .overwriting(scratch.outputs, rowStride: paddedHeadWidth),
                rows: rows,
                columnLanes: paddedHeadWidth / laneCount,
                depth: seen - start
            )
            for row in 0..<rows { finish(row, shapes[2 * row], shapes[2 * row + 1]) }
        }
    }
}
