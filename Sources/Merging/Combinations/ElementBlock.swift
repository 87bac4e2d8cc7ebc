import Kernels

/// Tensors are computed in blocks of elements whose sums in `Double` stay in the nearest cache.
enum ElementBlock {
    /// Elements of a block.
    static let length = 4096

    /// Goes through `count` elements block by block.
    ///
    /// - Parameters:
    ///   - count: The number of elements.
    ///   - position: The place of the first of them in its tensor; blocks begin at multiples of
    ///     their length there, so that the first one may be shorter.
    ///   - body: Takes the elements, counted from the first of all, and room for as many sums,
    ///     which hold what earlier blocks left there.
    static func forEach(
        of count: Int,
        from position: Int = 0,
        _ body: (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { sums in
            sums.initialize(repeating: 0)
            var start = 0
            while start < count {
                let end = min(count, start + length - (position + start) % length)
                body(start..<end, UnsafeMutableBufferPointer(rebasing: sums[..<(end - start)]))
                start = end
            }
        }
    }
}

extension FloatView {
    /// The elements, to be read.
    func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) -> Result {
        withUnsafeBytes { bytes in
            // A view's memory is bound to Float by the buffer that owns it.
            body(bytes.assumingMemoryBound(to: Float.self))
        }
    }

    /// The elements, to be written.
    func withMutableFloats<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) -> Result
    ) -> Result {
        withUnsafeMutableBytes { bytes in
            // As above.
            body(bytes.assumingMemoryBound(to: Float.self))
        }
    }
}
