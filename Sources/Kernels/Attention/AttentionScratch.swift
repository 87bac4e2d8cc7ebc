/// Working memory of attention for one thread, large enough for one segment and one head.
package final class AttentionScratch {
    /// The longest segment that it serves.
    package let maximumSegmentLength: Int

    private let headWidth: Int
    private let rowCount: Int
    private let buffer: FloatBuffer
    let keyColumns: UnsafeMutablePointer<Float>
    let valueColumns: UnsafeMutablePointer<Float>
    let keys: UnsafeMutablePointer<Float>
    let values: UnsafeMutablePointer<Float>
    let keyGradients: UnsafeMutablePointer<Float>
    let valueGradients: UnsafeMutablePointer<Float>
    let scores: UnsafeMutablePointer<Float>
    let scoreGradients: UnsafeMutablePointer<Float>
    let queries: UnsafeMutablePointer<Float>
    let outputs: UnsafeMutablePointer<Float>

    /// Allocates the memory.
    ///
    /// - Parameters:
    ///   - attention: The heads to serve.
    ///   - maximumSegmentLength: The longest segment.
    package init(attention: Attention, maximumSegmentLength: Int) {
        precondition(
            maximumSegmentLength >= 0,
            "segments cannot have \(maximumSegmentLength) rows"
        )
        self.maximumSegmentLength = maximumSegmentLength
        headWidth = attention.headWidth
        let length = paddedToLanes(max(maximumSegmentLength, 1))
        let width = attention.paddedHeadWidth
        // A group may hold more heads than a strip has rows; decoding takes the group as a strip.
        let rows = max(Attention.stripRows, attention.groupSize)
        rowCount = rows
        let head = length * width
        let sizes = [
            head, head, head, head, head, head, rows * length, rows * length, rows * width,
            rows * width,
        ]
        buffer = FloatBuffer(count: sizes.reduce(0, +))
        var next = buffer.view.base
        let parts = sizes.map { size in
            defer { next += size }
            return next
        }
        keyColumns = parts[0]
        valueColumns = parts[1]
        keys = parts[2]
        values = parts[3]
        keyGradients = parts[4]
        valueGradients = parts[5]
        scores = parts[6]
        scoreGradients = parts[7]
        queries = parts[8]
        outputs = parts[9]
    }

    /// Stops unless the memory is wide enough for these heads.
    func check(_ attention: Attention) {
        precondition(
            paddedToLanes(headWidth) >= attention.paddedHeadWidth
                && rowCount >= max(Attention.stripRows, attention.groupSize),
            "working memory for \(rowCount) heads of width \(headWidth), not for "
                + "\(attention.groupSize) of width \(attention.headWidth)"
        )
    }

    /// Stops unless the memory is long enough for a segment.
    func check(length: Int) {
        precondition(
            length <= maximumSegmentLength,
            "a segment of \(length) rows in working memory for \(maximumSegmentLength)"
        )
    }
}
