import Kernels

/// Lets threads that each have their own tokens add up the gradients of one set of weights.
///
/// At each weight all threads lay out what they have, wait for each other, and then each adds the
/// tokens of all threads, in the order of threads, to the rows that are its own. One buffer serves
/// all threads, where otherwise each would have one of the size of the model.
final class GradientExchange: Sendable {
    private struct Product: BitwiseCopyable {
        var outputGradient: MatrixView
        var input: MatrixView
    }

    private struct Tokens: BitwiseCopyable {
        var tokens: UnsafeBufferPointer<Int32>
        var outputGradient: MatrixView
    }

    private let barrier: ThreadBarrier
    private let products: WorkerSlots<Product?>
    private let tokens: WorkerSlots<Tokens?>
    private let numbers: WorkerSlots<Int>

    /// Rows of a weight that stay with one thread begin at multiples of this.
    private static let rowUnit = 32

    init(threadCount: Int) {
        barrier = ThreadBarrier(threadCount: threadCount)
        products = WorkerSlots(repeating: nil, count: threadCount)
        tokens = WorkerSlots(repeating: nil, count: threadCount)
        numbers = WorkerSlots(repeating: 0, count: threadCount)
    }

    private var threadCount: Int { barrier.threadCount }

    /// The rows of a matrix that are a thread's own.
    private func rows(of thread: Int, count: Int) -> Range<Int> {
        let units = (count + Self.rowUnit - 1) / Self.rowUnit
        let start = units * thread / threadCount * Self.rowUnit
        let end = units * (thread + 1) / threadCount * Self.rowUnit
        return min(start, count)..<min(end, count)
    }

    /// The largest of the numbers that all threads come with.
    func maximum(_ number: Int, thread: Int) -> Int {
        numbers[thread] = number
        barrier.wait()
        let largest = numbers.reduce(into: 0) { $0 = max($0, $1) }
        barrier.wait()
        return largest
    }

    /// dW += dyᵀ x over the tokens of all threads.
    func addWeight(
        _ own: LinearProduct,
        outputGradient: MatrixView,
        input: MatrixView,
        weightGradient: MatrixView,
        thread: Int
    ) {
        products[thread] = Product(outputGradient: outputGradient, input: input)
        barrier.wait()
        let rows = rows(of: thread, count: weightGradient.rows)
        for other in 0..<threadCount where !rows.isEmpty {
            guard let product = products[other], product.input.rows > 0 else { continue }
            own.backwardWeight(
                outputGradient: product.outputGradient.columns(rows),
                input: product.input,
                weightGradient: weightGradient.rows(rows)
            )
        }
        // What a thread has laid out stays as it is until all have read it.
        barrier.wait()
    }

    /// dE[token_t] += dy_t over the tokens of all threads.
    func addEmbedding(
        _ own: UnsafeBufferPointer<Int32>,
        outputGradient: MatrixView,
        tableGradient: MatrixView,
        thread: Int
    ) {
        tokens[thread] = Tokens(tokens: own, outputGradient: outputGradient)
        barrier.wait()
        let rows = rows(of: thread, count: tableGradient.rows)
        for other in 0..<threadCount {
            guard let part = tokens[other] else { continue }
            Embedding.backward(
                tokens: part.tokens,
                outputGradient: part.outputGradient,
                tableGradient: tableGradient,
                rows: rows
            )
        }
        barrier.wait()
    }
}
