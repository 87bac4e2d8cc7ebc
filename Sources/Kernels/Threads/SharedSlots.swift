/// Elements of one array that several threads write at the same time, each its own.
///
/// The code that hands out the slots makes sure that no two threads share one, and that the array
/// outlives the work.
package struct SharedSlots<Element>: @unchecked Sendable {
    private let elements: UnsafeMutableBufferPointer<Element>

    /// Opens the elements of an array to threads.
    package init(_ elements: UnsafeMutableBufferPointer<Element>) {
        self.elements = elements
    }

    /// One element; the index is checked.
    package subscript(index: Int) -> Element {
        get {
            precondition(elements.indices.contains(index), "slot \(index) of \(elements.count)")
            return elements[index]
        }
        nonmutating set {
            precondition(elements.indices.contains(index), "slot \(index) of \(elements.count)")
            elements[index] = newValue
        }
    }
}
