import Kernels

/// A linear layer in the form that the work at hand wants.
enum LinearOperator: Sendable {
    /// Unchanged, for weights that change from step to step; used in training.
    case dense(WeightMatrix, LinearProduct)
    /// As dense, with a branch of low rank for each adapter.
    case adapted(WeightMatrix, LinearProduct, LowRankBranches)
    /// Through packed panels: rows do not depend on each other; used in scoring and generation.
    case packed(PackedMatrix)
    /// As packed, each thread with a part of the outputs; only the caller's thread may apply it.
    case shared(PackedMatrix, WorkerPool)
    /// As packed, and an observer sees every input.
    case observed(PackedMatrix, any InputSink)

    /// y = x Wᵀ, or y = s + x Wᵀ; `output` is overwritten and may be s.
    func apply(_ input: MatrixView, into output: MatrixView, adding start: MatrixView? = nil) {
        switch self {
        case .dense(let weight, let products):
            products.forward(input: input, weight: weight, output: output, adding: start)
        case .adapted(let weight, let products, let branches):
            products.forward(input: input, weight: weight, output: output, adding: start)
            branches.forward(input, into: output)
        case .packed(let weight):
            weight.multiply(input, into: output, adding: start)
        case .shared(let weight, let pool):
            weight.multiply(input, into: output, adding: start, on: pool)
        case .observed(let weight, let sink):
            sink.add(input)
            weight.multiply(input, into: output, adding: start)
        }
    }
}

/// Sees what comes into one linear layer; used by one thread.
protocol InputSink: AnyObject, Sendable {
    /// Learns where sequences begin before their inputs arrive, and at the end how many rows come.
    func begin(offsets: [Int])
    /// Gets the input of the layer, `[tokens, columns]`, valid during the call.
    func add(_ input: MatrixView)
}

/// The linear layers and gains of one block, ready to be applied.
struct BlockOperators: Sendable {
    let attentionNorm: FloatView
    let queryKeyValue: LinearOperator
    let attentionOutput: LinearOperator
    let feedForwardNorm: FloatView
    let gateUp: LinearOperator
    let down: LinearOperator
    let additions: BlockAdditions

    init(
        attentionNorm: FloatView,
        queryKeyValue: LinearOperator,
        attentionOutput: LinearOperator,
        feedForwardNorm: FloatView,
        gateUp: LinearOperator,
        down: LinearOperator,
        additions: BlockAdditions
    ) {
        self.attentionNorm = attentionNorm
        self.queryKeyValue = queryKeyValue
        self.attentionOutput = attentionOutput
        self.feedForwardNorm = feedForwardNorm
        self.gateUp = gateUp
        self.down = down
        self.additions = additions
    }

    init(_ views: BlockViews<WeightMatrix>, wrap: (WeightMatrix) -> LinearOperator) {
        attentionNorm = views.attentionNorm
        queryKeyValue = wrap(views.queryKeyValue)
        attentionOutput = wrap(views.attentionOutput)
        feedForwardNorm = views.feedForwardNorm
        gateUp = wrap(views.gateUp)
        down = wrap(views.down)
        additions = views.additions
    }

    /// The same layers in another form, made in the order in which a block applies them.
    init(_ other: BlockOperators, wrap: (LinearOperator) -> LinearOperator) {
        attentionNorm = other.attentionNorm
        queryKeyValue = wrap(other.queryKeyValue)
        attentionOutput = wrap(other.attentionOutput)
        feedForwardNorm = other.feedForwardNorm
        gateUp = wrap(other.gateUp)
        down = wrap(other.down)
        additions = other.additions
    }
}
