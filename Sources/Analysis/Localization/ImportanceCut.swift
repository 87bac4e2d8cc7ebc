import Kernels

/// Cuts sets out of the importance scores of one weight matrix; one thread's.
final class ImportanceCut {
    /// The number of weights.
    let count: Int
    private let weight: MatrixView
    private let scores: SharedBuffer
    private let norms: SharedBuffer

    /// - Parameter weight: `[out, in]`; its owner keeps it alive.
    init(_ weight: MatrixView) {
        self.weight = weight
        count = weight.rows * weight.columns
        scores = SharedBuffer(count: count)
        norms = SharedBuffer(count: weight.columns)
    }

    /// How many weights a share of the matrix is: the nearest whole number.
    static func size(of share: Double, count: Int) -> Int {
        min(count, max(0, Int((share * Double(count)).rounded())))
    }

    /// The most important weights, for each of some shares.
    ///
    /// - Parameters:
    ///   - columns: Σ ‖X_j‖₂ by column.
    ///   - shares: The shares of the matrix.
    /// - Returns: A set for each share.
    func top(_ columns: [Double], shares: [Double]) -> [BitSet] {
        // One scale for a whole matrix changes no order and keeps large sums inside `Float`.
        let largest = columns.max() ?? 0
        let scale = largest > 0 && largest.isFinite ? 1 / largest : 1
        norms.view.copy(from: columns.map { Float($0 * scale) })
        ActivationKernels.importance(of: weight, inputNorms: norms.view, into: scores.view)
        return BitSet.largest(
            shares.map { Self.size(of: $0, count: count) },
            of: scores.view
        )
    }
}
