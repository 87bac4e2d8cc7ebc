/// Keys and values of one sequence in one layer, arranged for queries that come one at a time.
///
/// Keys lie as columns, so that the scores of sixteen positions are made at once. Memory grows with
/// the positions that are filled: most replies end long before the most tokens that they may have.
package final class AttentionCache {
    /// The most positions.
    package let capacity: Int
    /// How many positions are filled.
    package private(set) var length = 0

    private let attention: Attention
    private var buffer = FloatBuffer(count: 0)
    private var headSize = 0
    /// The positions that there is memory for, a whole number of lanes.
    private var keyStride = 0

    /// Memory for fewer positions is not worth growing.
    private static let fewestPositions = 64

    /// A cache for up to `capacity` positions, which takes no memory yet.
    package init(attention: Attention, capacity: Int) {
        precondition(capacity >= 0, "a cache cannot have \(capacity) positions")
        self.attention = attention
        self.capacity = capacity
    }

    /// Bytes of a full cache.
    package static func byteCount(attention: Attention, capacity: Int) -> Int {
        2 * 4 * paddedToLanes(max(capacity, 1)) * attention.paddedHeadWidth
            * attention.keyValueHeadCount
    }

    /// Forgets all positions.
    package func reset() { length = 0 }

    /// Appends the keys and values of consecutive positions.
    ///
    /// - Parameter packed: Queries, keys and values, already turned, `[positions, packedWidth]`.
    package func append(_ packed: MatrixView) {
        precondition(
            packed.columns == attention.packedWidth,
            "queries, keys and values \(packed.shapeText) of \(attention.packedWidth) columns"
        )
        precondition(
            packed.rows <= capacity - length,
            "the cache of \(capacity) positions is full"
        )
        makeRoom(for: length + packed.rows)
        let width = attention.paddedHeadWidth
        for head in 0..<attention.keyValueHeadCount {
            for row in 0..<packed.rows {
                let source = packed.base + row * packed.rowStride
                let key = source + attention.keyColumn(head)
                let value = source + attention.valueColumn(head)
                let position = length + row
                for i in 0..<attention.headWidth {
                    keys(head)[i * keyStride + position] = key[i]
                    values(head)[position * width + i] = value[i]
                }
            }
        }
        length += packed.rows
    }

    /// Attends with the query of the last appended position to all positions that it sees.
    ///
    /// - Parameters:
    ///   - query: One row of queries, keys and values.
    ///   - output: One row of heads, `[outputWidth]`; overwritten.
    ///   - scratch: Working memory for at least `length` positions.
    package func attend(query: FloatView, output: FloatView, scratch: AttentionScratch) {
        precondition(length > 0, "there is nothing to attend to")
        scratch.check(attention)
        scratch.check(length: length)
        precondition(
            query.count == attention.packedWidth && output.count == attention.outputWidth,
            "a query of \(query.count) and heads of \(output.count) elements; expected "
                + "\(attention.packedWidth) and \(attention.outputWidth)"
        )
        let group = attention.groupSize
        let headWidth = attention.headWidth
        for head in 0..<attention.keyValueHeadCount {
            let first = head * group
            attention.copyRows(
                of: query.base + attention.queryColumn(first),
                stride: headWidth,
                rows: group,
                factor: attention.scale,
                into: scratch.queries
            )
            attention.attend(
                rows: group,
                keyColumns: keys(head),
                keyStride: keyStride,
                values: values(head),
                seen: length,
                firstQuery: nil,
                scratch: scratch
            ) { row, _, sum in
                let from = scratch.outputs + row * attention.paddedHeadWidth
                let to = output.base + (first + row) * headWidth
                let inverse = 1 / sum
                for i in 0..<headWidth { to[i] = from[i] * inverse }
            }
        }
    }

    /// Grows to hold some positions, at least to twice the present size, and moves what is filled.
    private func makeRoom(for positions: Int) {
        guard positions > keyStride else { return }
        let wanted = max(positions, 2 * keyStride, Self.fewestPositions)
        let stride = paddedToLanes(max(positions, min(wanted, capacity)))
        let size = stride * attention.paddedHeadWidth
        let larger = FloatBuffer(count: 2 * size * attention.keyValueHeadCount)
        for head in 0..<attention.keyValueHeadCount where length > 0 {
            // Rows of `length` floats from one stride to the larger one; then rows without gaps.
            let to = larger.view.base + 2 * head * size
            for i in 0..<attention.headWidth {
                (to + i * stride).update(from: keys(head) + i * keyStride, count: length)
            }
            (to + size).update(from: values(head), count: length * attention.paddedHeadWidth)
        }
        buffer = larger
        headSize = size
        keyStride = stride
    }

    private func keys(_ head: Int) -> UnsafeMutablePointer<Float> {
        buffer.view.base + 2 * head * headSize
    }

    private func values(_ head: Int) -> UnsafeMutablePointer<Float> {
        buffer.view.base + (2 * head + 1) * headSize
    }
}
