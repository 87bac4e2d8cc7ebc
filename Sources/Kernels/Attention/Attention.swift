/// Causal grouped-query attention over packed segments.
///
/// For query head h with key-value head ⌊h / group⌋, inside one segment: s_ij = c q_i · k_j for j ≤
/// i, p_i = softmax(s_i), o_i = Σ_j p_ij v_j, with c = 1/√w unless given otherwise. A window of n
/// lets a query see itself and the n − 1 keys before it. Vaswani et al., 2017; groups as in Ainslie
/// et al., 2023, "GQA".
///
/// Queries, keys and values stand side by side in one matrix, because one product makes them:
/// `[tokens, (heads + 2 · keyValueHeads) · headWidth]`. Scores exist for sixteen query rows at a
/// time and are recomputed in the backward pass from the log of their sum (Dao et al., 2022).
package struct Attention: Sendable {
    /// Number of query heads.
    package let headCount: Int
    /// Number of key and value heads, a divisor of `headCount`.
    package let keyValueHeadCount: Int
    /// w, the width of one head.
    package let headWidth: Int
    /// c, what the products of queries and keys are multiplied by.
    package let scale: Float
    /// How many keys a query sees, itself included; nil for all before it.
    package let window: Int?

    /// How many query rows are worked on at a time.
    static let stripRows = 16

    /// Describes the heads.
    ///
    /// - Parameters:
    ///   - headCount: Number of query heads.
    ///   - keyValueHeadCount: Number of key and value heads, a divisor of `headCount`.
    ///   - headWidth: w.
    ///   - scale: c; 1/√w when nil.
    ///   - window: How many keys a query sees, itself included; nil for all before it.
    package init(
        headCount: Int,
        keyValueHeadCount: Int,
        headWidth: Int,
        scale: Float? = nil,
        window: Int? = nil
    ) {
        precondition(
            headCount > 0 && keyValueHeadCount > 0 && headCount % keyValueHeadCount == 0
                && headWidth > 0,
            "\(headCount) heads of width \(headWidth) over \(keyValueHeadCount) of keys and values"
        )
        precondition(window ?? 1 > 0, "a window of \(window ?? 0) keys")
        self.headCount = headCount
        self.keyValueHeadCount = keyValueHeadCount
        self.headWidth = headWidth
        self.scale = scale ?? 1 / Float(headWidth).squareRoot()
        self.window = window
    }

    /// Columns of the matrix of queries, keys and values.
    package var packedWidth: Int { (headCount + 2 * keyValueHeadCount) * headWidth }

    /// The heads that positions turn, and that norms are for: those of queries, then those of keys.
    package var queryKeyHeadCount: Int { headCount + keyValueHeadCount }

    /// Columns of the output, heads side by side.
    package var outputWidth: Int { headCount * headWidth }

    var groupSize: Int { headCount / keyValueHeadCount }
    var paddedHeadWidth: Int { paddedToLanes(headWidth) }

    func queryColumn(_ head: Int) -> Int { head * headWidth }
    func keyColumn(_ keyValueHead: Int) -> Int { (headCount + keyValueHead) * headWidth }
    func valueColumn(_ keyValueHead: Int) -> Int {
        (headCount + keyValueHeadCount + keyValueHead) * headWidth
    }

    /// The first key that the query of a position sees.
    @inline(__always)
    func firstKey(of position: Int) -> Int { window.map { max(0, position - $0 + 1) } ?? 0 }

    /// The first key that any query from a position on sees, moved down to a whole number of lanes.
    @inline(__always)
    func firstLane(of position: Int) -> Int { firstKey(of: position) / laneCount * laneCount }

    /// Stops unless matrices have the shapes of these heads, and segments fit matrices and scratch.
    func check(
        packed: MatrixView,
        output: MatrixView,
        logSums: MatrixView,
        segments: PackedSegments,
        scratch: AttentionScratch
    ) {
        let rows = packed.rows
        precondition(
            packed.columns == packedWidth && output.rows == rows && output.columns == outputWidth,
            "queries, keys and values \(packed.shapeText) with heads \(output.shapeText); expected "
                + "\(packedWidth) and \(outputWidth) columns of the same rows"
        )
        precondition(
            logSums.rows == rows && logSums.columns == headCount,
            "log sums \(logSums.shapeText) in place of [\(rows), \(headCount)]"
        )
        precondition(
            segments.rowCount <= rows,
            "segments of \(segments.rowCount) rows in \(rows) rows"
        )
        scratch.check(self)
        for segment in 0..<segments.count { scratch.check(length: segments[segment].count) }
    }

    /// Turns the scores of one query into exp(s − maximum) and returns what they need afterwards.
    ///
    /// - Parameters:
    ///   - row: The scores; places below `hidden` and from `count` up to `padded` become zero.
    ///   - hidden: How many keys at the front the query does not see.
    ///   - count: Where the keys that the query sees end, above `hidden`.
    ///   - padded: A whole number of lanes, at least `count`.
    /// - Returns: The largest score, and the sum of the exponentials.
    @inline(__always)
    static func exponentials(
        _ row: UnsafeMutablePointer<Float>,
        hidden: Int,
        count: Int,
        padded: Int
    ) -> (maximum: Float, sum: Float) {
        // Scores that lose against every other: their exponentials are next to nothing.
        for place in 0..<hidden { row[place] = -.infinity }
        let wholeLanes = count / laneCount * laneCount
        let seen = laneIndices .< SIMD16<Int32>(repeating: Int32(count - wholeLanes))
        var largest = Lanes(repeating: -.infinity)
        var i = 0
        while i < wholeLanes {
            let value = load(row + i)
            largest = largest.replacing(with: value, where: value .> largest)
            i += laneCount
        }
        if wholeLanes < count {
            let value = Lanes(repeating: -.infinity).replacing(with: load(row + i), where: seen)
            largest = largest.replacing(with: value, where: value .> largest)
        }
        let maximum = laneMaximum(largest)
        let shift = Lanes(repeating: maximum)
        var sums = Lanes.zero
        i = 0
        while i < wholeLanes {
            let value = exponential(load(row + i) - shift)
            sums += value
            store(value, row + i)
            i += laneCount
        }
        if wholeLanes < count {
            let value = Lanes.zero.replacing(with: exponential(load(row + i) - shift), where: seen)
            sums += value
            store(value, row + i)
            i += laneCount
        }
        while i < padded {
            store(.zero, row + i)
            i += laneCount
        }
        for place in 0..<hidden { row[place] = 0 }
        return (maximum, laneSum(sums))
    }

    /// Copies one head of consecutive rows, times a factor, with zeros up to whole lanes.
    @inline(__always)
    func copyRows(
        of source: UnsafePointer<Float>,
        stride: Int,
        rows: Int,
        factor: Float,
        into target: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            let from = source + row * stride
            let to = target + row * paddedHeadWidth
            var i = 0
            while i + laneCount <= headWidth {
                store(load(from + i) * Lanes(repeating: factor), to + i)
                i += laneCount
            }
            while i < headWidth {
                to[i] = from[i] * factor
                i += 1
            }
            while i < paddedHeadWidth {
                to[i] = 0
                i += 1
            }
        }
    }

    /// Copies one head of consecutive rows as columns: element i of row r goes to (i, r).
    @inline(__always)
    func copyColumns(
        of source: UnsafePointer<Float>,
        stride: Int,
        rows: Int,
        into target: UnsafeMutablePointer<Float>,
        targetStride: Int
    ) {
        var row = 0
        while row < rows {
            let count = min(laneCount, rows - row)
            var i = 0
            while i < headWidth {
                let width = min(laneCount, headWidth - i)
                let from = source + row * stride + i
                let to = target + i * targetStride + row
                if count == laneCount, width == laneCount {
                    Transposition.block(
                        of: from,
                        stride: stride,
                        into: to,
                        targetStride: targetStride
                    )
                } else {
                    for column in 0..<width { store(.zero, to + column * targetStride) }
                    Transposition.part(
                        of: from,
                        stride: stride,
                        rows: count,
                        columns: width,
                        into: to,
                        targetStride: targetStride
                    )
                }
                i += width
            }
            row += count
        }
    }
}
