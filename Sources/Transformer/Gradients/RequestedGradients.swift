import Kernels

/// Where a pass adds gradients, and which of them.
struct RequestedGradients: Sendable {
    let views: ModelViews<MatrixView>
    let demand: GradientDemand
    /// The threads add up together; nil where each has gradients of its own.
    let exchange: GradientExchange?
    let thread: Int
    /// Hears which sections this thread adds nothing more to; nil before its last pass of a step.
    var completed: GradientEngine?

    /// dW += dyᵀ x.
    func addWeight(
        _ products: LinearProduct,
        outputGradient: MatrixView,
        input: MatrixView,
        weightGradient: MatrixView
    ) {
        guard let exchange else {
            products.backwardWeight(
                outputGradient: outputGradient,
                input: input,
                weightGradient: weightGradient
            )
            return
        }
        exchange.addWeight(
            products,
            outputGradient: outputGradient,
            input: input,
            weightGradient: weightGradient,
            thread: thread
        )
    }

    /// dE[token_t] += dy_t.
    func addEmbedding(_ tokens: UnsafeBufferPointer<Int32>, outputGradient: MatrixView) {
        guard let exchange else {
            Embedding.backward(
                tokens: tokens,
                outputGradient: outputGradient,
                tableGradient: views.embedding
            )
            return
        }
        exchange.addEmbedding(
            tokens,
            outputGradient: outputGradient,
            tableGradient: views.embedding,
            thread: thread
        )
    }

    /// How many chunks of logits all threads work through, some of them with nothing in the last.
    func chunks(_ own: Int) -> Int { exchange?.maximum(own, thread: thread) ?? own }

    /// Notes that the gradients of the sections up to one are complete at this thread.
    func passed(section: Int) { completed?.pass(section, thread: thread) }
}
