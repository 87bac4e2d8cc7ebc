import Foundation

/// The arithmetic rate of plain matrix products: what a machine can give at best.
package enum ProductRate {
    /// Floating-point operations a second of n × n × n products, by the fastest way there is.
    ///
    /// In single precision both the tiles and OpenBLAS are measured, so that the yardstick is the
    /// machine's and not this project's own.
    ///
    /// - Parameters:
    ///   - precision: The numbers that are multiplied.
    ///   - threads: How many threads multiply at the same time.
    /// - Returns: 2 n³ · products / seconds, over all threads together.
    /// - Throws: `OneDNN.Unavailable`, `OpenBLAS.LoadingError`.
    package static func best(precision: LinearPrecision, threads: Int) throws -> Double {
        switch precision {
        case .bfloat16:
            return try measure(threads: threads) { weights in
                let copy = BFloat16Copy(of: weights)
                copy.refresh(on: WorkerPool(threadCount: 1))
                return try LinearProduct(bfloat16: copy, capacity: weights.count)
            }
        case .float32:
            try OpenBLAS.load()
            let methods: Set = [ProductMethod.openBLAS, .preferred]
            return methods.map { measure(method: $0, threads: threads) }.max() ?? 0
        }
    }

    /// Floating-point operations a second of products in single precision by one method.
    package static func measure(
        size: Int = 1024,
        method: ProductMethod,
        threads: Int
    ) -> Double {
        measure(size: size, threads: threads) { _ in LinearProduct(method: method) }
    }

    private static func measure(
        size: Int = 1024,
        threads: Int,
        products: (_ weights: FloatView) throws -> LinearProduct
    ) rethrows -> Double {
        let pool = WorkerPool(threadCount: threads)
        let operands = try (0..<threads).map { _ in try Operands(size: size, products: products) }
        let timing = TimingSummary.of(rounds: 40, warmup: 3) {
            pool.perform(count: threads) { operands[$0].multiply() }
        }
        let operations = 2 * Double(size) * Double(size) * Double(size) * Double(threads)
        // The shortest, because a limit is asked for, and what disturbs the machine is not its.
        return operations / (timing.shortest / 1e3)
    }

    private final class Operands: @unchecked Sendable {
        private let size: Int
        private let products: LinearProduct
        private let left: SharedBuffer
        private let right: SharedBuffer
        private let product: SharedBuffer

        init(size: Int, products: (_ weights: FloatView) throws -> LinearProduct) rethrows {
            self.size = size
            left = SharedBuffer(count: size * size)
            right = SharedBuffer(count: size * size)
            product = SharedBuffer(count: size * size)
            left.view.fill(0.5)
            right.view.fill(0.25)
            self.products = try products(right.view)
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
