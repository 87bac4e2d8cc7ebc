/// Keys and values of one sequence in one layer, arranged for queries that come one at a time.
///
/// Keys lie as columns, so that the scores of sixteen positions are made at once.
package final class AttentionCache: @unchecked Sendable {
    /// How many positions there is room for.
    package let capacity: Int
    /// How many positions are filled.
    package private(set) var length = 0

    private let attention: Attention
    private let buffer: FloatBuffer
    private let headSize: Int
    private let keyStride: Int

    /// Allocates room for `capacity` positions.
    package init(attention: Attention, capacity: Int) {
        self.attention = attention
        self.capacity = capacity
        keyStride = paddedToLanes(max(capacity, 1))
        headSize = keyStride * attention.paddedHeadWidth
        buffer = FloatBuffer(count: 2 * headSize * attention.keyValueHeadCount)
    }

    /// Forgets all positions.
    package func reset() { length = 0 }

    /// Appends the keys and values of consecutive positions.
    ///
    /// - Parameter packed: Queries, keys and values, already turned, `[positions, packedWidth]`.
    package func append(_ packed: MatrixView) {
        precondition(packed.columns == attention.packedWidth)
        precondition(length + packed.rows <= capacity, "the cache of \(capacity) positions is full")
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

    /// Attends with the query of the last appended position to all positions.
    ///
    /// - Parameters:
    ///   - query: One row of queries, keys and values.
    ///   - output: One row of heads, `[outputWidth]`; overwritten.
    ///   - scratch: Working memory for at least `length` positions.
    package func attend(query: FloatView, output: FloatView, scratch: AttentionScratch) {
        precondition(length > 0 && length <= scratch.maximumSegmentLength)
        precondition(query.count == attention.packedWidth && output.count == attention.outputWidth)
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

    private func keys(_ head: Int) -> UnsafeMutablePointer<Float> {
        buffer.view.base + 2 * head * headSize
    }

    private func values(_ head: Int) -> UnsafeMutablePointer<Float> {
        buffer.view.base + (2 * head + 1) * headSize
    }
}
