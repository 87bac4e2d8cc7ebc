import Kernels

/// Adds up XᵀX over the rows X that come into a linear layer.
final class InputSum: InputSink, @unchecked Sendable {  // One thread's alone.
    private let buffer: SharedBuffer
    private let columns: Int
    private var rows = 0
    private let products = LinearProduct()

    init(columns: Int) {
        self.columns = columns
        buffer = SharedBuffer(count: columns * columns)
    }

    func begin(offsets: [Int]) {}

    func add(_ input: MatrixView) {
        // The product that a weight's gradient is made with: Xᵀ X is dyᵀ x with both the input.
        products.backwardWeight(
            outputGradient: input,
            input: input,
            weightGradient: MatrixView(buffer.view, rows: columns, columns: columns)
        )
        rows += input.rows
    }

    /// Divides the sum by the number of rows; to be called once, at the end.
    func mean() -> SharedBuffer {
        Elementwise.scale(buffer.view, by: 1 / Float(max(1, rows)), into: buffer.view)
        return buffer
    }
}
