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

    /// Goes through the changes of models from their base block by block.
    ///
    /// - Parameters:
    ///   - sources: A part of the base, then the same part of each model.
    ///   - body: Takes the elements, counted from the first of the part, the change of each model
    ///     there, and room for as many sums.
    static func forEachChange(
        _ sources: [FloatView],
        _ body: (
            Range<Int>, [UnsafeMutableBufferPointer<Double>], UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) {
        let models = sources.count - 1
        withUnsafeTemporaryAllocation(of: Double.self, capacity: models * length) { room in
            room.initialize(repeating: 0)
            forEach(of: sources[0].count) { range, sums in
                let changes = (0..<models).map { model in
                    let start = model * length
                    let slot = UnsafeMutableBufferPointer(
                        rebasing: room[start..<start + range.count]
                    )
                    TaskVector.with(sources[model + 1][range], from: sources[0][range]) { vector in
                        for i in 0..<vector.count { slot[i] = vector[i] }
                    }
                    return slot
                }
                body(range, changes, sums)
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
