import Kernels
import TestSupport
import Testing

@Suite("Weights in bfloat16")
struct BFloat16WeightTests {
    /// A weight in bfloat16, and the same numbers as floats.
    private final class HalfWeight {
        let buffer: BFloat16Buffer
        let floats: OwnedMatrix
        private let rows: Int
        private let columns: Int

        init(rows: Int, columns: Int, seed: UInt64) {
            (self.rows, self.columns) = (rows, columns)
            buffer = BFloat16Buffer(count: rows * columns)
            let values = OwnedMatrix(rows: rows, columns: columns, seed: seed)
            buffer.round(values.vector, at: 0)
            floats = OwnedMatrix(rows: rows, columns: columns)
            buffer.expand(0..<(rows * columns), into: floats.vector)
            withExtendedLifetime(values) {}
        }

        var half: WeightMatrix {
            .half(buffer.matrix(0..<(rows * columns), rows: rows, columns: columns))
        }
    }

    private static let shapes = [(1, 1, 1), (5, 33, 17), (16, 64, 400), (59, 47, 130)]

    @Test("products are those of the same numbers as floats, bit by bit", arguments: shapes)
    func products(rows: Int, outputs: Int, width: Int) {
        let weight = HalfWeight(rows: outputs, columns: width, seed: 1)
        let x = OwnedMatrix(rows: rows, columns: width, seed: 2)
        let dy = OwnedMatrix(rows: rows, columns: outputs, seed: 3)
        let start = OwnedMatrix(rows: rows, columns: outputs, seed: 4)
        defer { withExtendedLifetime((weight, x, dy, start)) {} }
        func results(_ weight: WeightMatrix, _ products: LinearProduct) -> [[Float]] {
            let y = OwnedMatrix(rows: rows, columns: outputs)
            let dx = OwnedMatrix(rows: rows, columns: width)
            products.forward(input: x.view, weight: weight, output: y.view, adding: start.view)
            products.backwardInput(outputGradient: dy.view, weight: weight, inputGradient: dx.view)
            return [y.values, dx.values]
        }
        let tiles = LinearProduct(method: .tiles)
        let expected = results(.single(weight.floats.view), tiles)
        #expect(results(weight.half, tiles) == expected)
        // OpenBLAS cannot read them; tiles take its place.
        #expect(results(weight.half, LinearProduct(method: .openBLAS)) == expected)
    }

    @Test(
        "packed panels in bfloat16 give the bits of panels in floats",
        arguments: [1, 2, 7, 9, 40]
    )
    func packed(rows: Int) {
        // One number more than bfloat16 holds keeps the panels of the second matrix in floats.
        let weight = HalfWeight(rows: 70, columns: 1_100, seed: 5)
        let x = OwnedMatrix(rows: rows, columns: 1_100, seed: 6)
        let long = OwnedMatrix(
            weight.floats.values + [1.0009] + [Float](repeating: 0, count: 1_099),
            rows: 71,
            columns: 1_100
        )
        let start = OwnedMatrix(rows: rows, columns: 71, seed: 7)
        let expected = OwnedMatrix(rows: rows, columns: 71)
        let found = OwnedMatrix(rows: rows, columns: 70)
        defer { withExtendedLifetime((weight, x, long, start, expected, found)) {} }
        let floats = PackedMatrix(long.view)
        let halves = PackedMatrix(weight.half)
        #expect(floats.byteCount == 4 * 96 * 1_100)
        #expect(halves.byteCount == 2 * 96 * 1_100)
        #expect(PackedMatrix(weight.floats.view).byteCount == halves.byteCount)
        #expect(PackedMatrix(.single(long.view), halves: .always).byteCount == halves.byteCount)
        floats.multiply(x.view, into: expected.view, adding: start.view)
        let own = start.view.columns(0..<70)
        halves.multiply(x.view, into: found.view, adding: own)
        for row in 0..<rows {
            #expect(found.view.row(row).array() == Array(expected.view.row(row).array()[..<70]))
        }
        for threads in [2, 3] {
            let together = OwnedMatrix(rows: rows, columns: 70)
            halves.multiply(
                x.view,
                into: together.view,
                adding: own,
                on: WorkerPool(threadCount: threads)
            )
            #expect(together.values == found.values)
        }
    }

    @Test("embeddings in bfloat16 are read exactly")
    func embedding() {
        let weight = HalfWeight(rows: 9, columns: 21, seed: 8)
        let found = OwnedMatrix(rows: 3, columns: 21)
        defer { withExtendedLifetime((weight, found)) {} }
        let tokens: [Int32] = [8, 0, 8]
        tokens.withUnsafeBufferPointer {
            Embedding.forward(tokens: $0, table: weight.half, output: found.view)
        }
        for (row, token) in tokens.enumerated() {
            #expect(
                found.view.row(row).array() == weight.floats.view.row(Int(token)).array()
            )
        }
    }

    @Test(
        "infinities and NaN are found by their place",
        arguments: [Float.infinity, -.infinity, .nan]
    )
    func finite(_ value: Float) {
        let buffer = BFloat16Buffer(count: 50)
        let values = OwnedMatrix(rows: 1, columns: 50, seed: 9)
        defer { withExtendedLifetime(values) {} }
        buffer.round(values.vector, at: 0)
        #expect(buffer.firstNotFinite(in: 0..<50) == nil)
        values.vector[37] = value
        buffer.round(values.vector, at: 0)
        #expect(buffer.firstNotFinite(in: 0..<50) == 37)
        #expect(buffer.firstNotFinite(in: 30..<50) == 7)
        #expect(buffer.firstNotFinite(in: 0..<37) == nil)
    }

    @Test("threads meet as often as they are asked to")
    func barrier() {
        let threads = 3
        let barrier = ThreadBarrier(threadCount: threads)
        let places = WorkerSlots(repeating: 0, count: threads)
        let wrong = WorkerSlots(repeating: 0, count: threads)
        WorkerPool(threadCount: threads).perform(count: threads) { thread in
            for round in 1...500 {
                places[thread] = round
                barrier.wait()
                for other in 0..<threads where places[other] != round { wrong[thread] += 1 }
                barrier.wait()
            }
        }
        #expect(wrong.reduce(into: 0) { $0 += $1 } == 0)
    }
}
