import Foundation

/// The arithmetic rate of plain matrix products: what a machine can give at best.
package enum ProductRate {
    /// Floating-point operations a second of n × n × n products, one product on each thread.
    ///
    /// - Parameters:
    ///   - size: n.
    ///   - method: Who multiplies.
    ///   - threads: How many threads multiply at the same time, each its own matrices.
    ///   - seconds: About how long to measure.
    /// - Returns: 2 n³ · products / seconds, over all threads together.
    package static func measure(
        size: Int = 1024,
        method: ProductMethod,
        threads: Int,
        seconds: Double = 1
    ) -> Double {
        let pool = WorkerPool(threadCount: threads)
        let operands = (0..<threads).map { _ in Operands(size: size, method: method) }
        func round() -> Double {
            let start = ContinuousClock.now
            pool.perform(count: threads) { operands[$0].multiply() }
            let duration = start.duration(to: .now).components
            return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
        }
        // The first round loads the library and touches the memory.
        _ = round()
        let rounds = max(3, Int(seconds / max(round(), 1e-6)))
        let times = (0..<rounds).map { _ in round() }.sorted()
        let operations = 2 * Double(size) * Double(size) * Double(size) * Double(threads)
        return operations / times[rounds / 2]
    }

    private final class Operands: @unchecked Sendable {
        private let size: Int
        private let products: LinearProduct
        private let left: FloatBuffer
        private let right: FloatBuffer
        private let product: FloatBuffer

        init(size: Int, method: ProductMethod) {
            self.size = size
            products = LinearProduct(method: method)
            left = FloatBuffer(count: size * size)
            right = FloatBuffer(count: size * size)
            product = FloatBuffer(count: size * size)
            left.view.fill(0.5)
            right.view.fill(0.25)
        }

        func multiply() {
            products.forward(
                input: MatrixView(left.view, rows: size, columns: size),
                weight: MatrixView(right.view, rows: size, columns: size),
                output: MatrixView(product.view, rows: size, columns: size)
            )
        }
    }
}
