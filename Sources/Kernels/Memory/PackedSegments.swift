/// Sequences that lie one after the other in the rows of a matrix, without padding.
///
/// Segment s covers rows `offsets[s] ..< offsets[s + 1]`, counted from the first segment on. A part
/// of the segments of a batch shares the memory of the whole, so that taking one costs nothing.
package struct PackedSegments: Sendable {
    private let offsets: ArraySlice<Int>

    /// All segments between consecutive offsets, which rise from anywhere; that is checked.
    package init(_ offsets: [Int]) {
        for (start, end) in zip(offsets, offsets.dropFirst()) {
            precondition(start <= end, "a segment cannot begin at \(start) and end at \(end)")
        }
        self.offsets = offsets[...]
    }

    private init(offsets: ArraySlice<Int>) { self.offsets = offsets }

    /// How many segments there are.
    package var count: Int { max(offsets.count - 1, 0) }

    /// How many rows they cover.
    package var rowCount: Int {
        guard let first = offsets.first, let last = offsets.last else { return 0 }
        return last - first
    }

    /// The rows of one segment.
    package subscript(segment: Int) -> Range<Int> {
        precondition(segment >= 0 && segment < count, "segment \(segment) of \(count)")
        let place = offsets.startIndex + segment
        let origin = offsets[offsets.startIndex]
        return (offsets[place] - origin)..<(offsets[place + 1] - origin)
    }

    /// Some consecutive segments, their rows counted from the first of them.
    package func part(_ segments: Range<Int>) -> PackedSegments {
        precondition(
            segments.lowerBound >= 0 && segments.upperBound <= count,
            "segments \(segments) are outside 0..<\(count)"
        )
        let first = offsets.startIndex + segments.lowerBound
        return PackedSegments(offsets: offsets[first...(first + segments.count)])
    }
}
