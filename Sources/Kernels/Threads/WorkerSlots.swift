/// One value for each piece of a round of work, written by the thread that does the piece.
///
/// The memory is taken once and serves every round. The code that posts the work makes sure that no
/// two pieces share a slot.
package final class WorkerSlots<Element: BitwiseCopyable>: @unchecked Sendable {
    private let elements: UnsafeMutableBufferPointer<Element>

    /// Makes `count` slots that hold `value`.
    package init(repeating value: Element, count: Int) {
        precondition(count >= 0, "there cannot be \(count) slots")
        elements = .allocate(capacity: count)
        elements.initialize(repeating: value)
    }

    deinit { elements.deallocate() }

    /// How many slots there are.
    package var count: Int { elements.count }

    /// One element; the index is checked.
    package subscript(index: Int) -> Element {
        get {
            precondition(elements.indices.contains(index), "slot \(index) of \(elements.count)")
            return elements[index]
        }
        set {
            precondition(elements.indices.contains(index), "slot \(index) of \(elements.count)")
            elements[index] = newValue
        }
    }

    /// All elements, the first one first.
    package func reduce<Result>(
        into result: Result,
        _ add: (inout Result, Element) -> Void
    ) -> Result {
        elements.reduce(into: result, add)
    }
}
