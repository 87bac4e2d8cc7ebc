import Kernels

/// A linear layer in the form that the work at hand wants.
enum LinearOperator: Sendable {
    /// Through BLAS: fastest for many rows; used in training.
    case dense(MatrixView)
    /// Through packed panels: rows do not depend on each other; used in scoring and generation.
    case packed(PackedMatrix)

    /// y = x Wᵀ; `output` is overwritten.
    func apply(_ input: MatrixView, into output: MatrixView) {
        switch self {
        case .dense(let weight):
            LinearProduct.forward(input: input, weight: weight, output: output)
        case .packed(let weight):
            weight.multiply(input, into: output)
        }
    }
}

/// The linear layers and gains of one block, ready to be applied.
struct BlockOperators: Sendable {
    let attentionNorm: FloatView
    let queryKeyValue: LinearOperator
    let attentionOutput: LinearOperator
    let feedForwardNorm: FloatView
    let gateUp: LinearOperator
    let down: LinearOperator

    init(_ views: BlockViews, wrap: (MatrixView) -> LinearOperator) {
        attentionNorm = views.attentionNorm
        queryKeyValue = wrap(views.queryKeyValue)
        attentionOutput = wrap(views.attentionOutput)
        feedForwardNorm = views.feedForwardNorm
        gateUp = wrap(views.gateUp)
        down = wrap(views.down)
    }
}
