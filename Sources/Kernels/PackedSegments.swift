/// Sequences that lie one after the other in the rows of a matrix, without padding.
///
/// Segment s covers rows `offsets[s] ..< offsets[s + 1]`, counted from the first segment on. A part
/// of the segments of a batch shares the memory of the whole, so that taking one costs nothing.
package struct PackedSegments: Sendable {
    private let offsets: ArraySlice<Int>

    /// All segments between consecutive offsets, which rise from anywhere.
    package init(_ offsets: [Int]) { self.offsets = offsets[...] }

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
        let place = offsets.startIndex + segment
        let origin = offsets[offsets.startIndex]
        return (offsets[place] - origin)..<(offsets[place + 1] - origin)
    }

    /// Some consecutive segments, their rows counted from the first of them.
    package func part(_ segments: Range<Int>) -> PackedSegments {
        let first = offsets.startIndex + segments.lowerBound
        return PackedSegments(offsets: offsets[first...(first + segments.count)])
    }
}
