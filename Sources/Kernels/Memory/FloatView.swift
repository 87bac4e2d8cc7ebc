/// A window on consecutive floats that it does not own.
///
/// Copying a view copies the window, not the numbers. The owner must outlive every view of it.
/// Views cross threads: the code that hands them out makes sure that two threads never write one
/// range.
package struct FloatView: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Float>

    /// The number of elements.
    package let count: Int

    init(base: UnsafeMutablePointer<Float>, count: Int) {
        self.base = base
        self.count = count
    }

    /// One element; the index is checked.
    package subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) is outside 0..<\(count)")
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "index \(index) is outside 0..<\(count)")
            base[index] = newValue
        }
    }

    /// The window on a part of this one; the range is checked.
    package subscript(range: Range<Int>) -> FloatView {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count,
            "range \(range) is outside 0..<\(count)"
        )
        return FloatView(base: base + range.lowerBound, count: range.count)
    }

    /// Sets every element to `value`.
    package func fill(_ value: Float) {
        base.update(repeating: value, count: count)
    }

    /// Copies all elements of a view of the same length.
    package func copy(from source: FloatView) {
        precondition(source.count == count, "copy of \(source.count) elements into \(count)")
        base.update(from: source.base, count: count)
    }

    /// Copies all elements of an array of the same length.
    package func copy(from source: [Float]) {
        precondition(source.count == count, "copy of \(source.count) elements into \(count)")
        source.withUnsafeBufferPointer { elements in
            guard let first = elements.baseAddress else { return }
            base.update(from: first, count: count)
        }
    }

    /// The elements as an array.
    package func array() -> [Float] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }

    /// The bytes of the elements in the machine's order (little-endian on every supported one).
    package func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count * 4))
    }

    /// The bytes of the elements, to be written.
    package func withUnsafeMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeMutableRawBufferPointer(start: base, count: count * 4))
    }
}
