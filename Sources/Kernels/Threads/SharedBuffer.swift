/// A `FloatBuffer` that several owners hold together: an object, where the buffer is a value.
package final class SharedBuffer: @unchecked Sendable {
    private let buffer: FloatBuffer

    /// Allocates `count` zeros.
    package init(count: Int) { buffer = FloatBuffer(count: count) }

    /// All elements; some owner must outlive the view.
    package var view: FloatView { buffer.view }
}
