import Kernels
import Testing

@Suite("Worker pool")
struct WorkerPoolTests {
    // A worker that kept its round's closure after reporting back was trapped as "closure argument
    // was escaped" once in some ten thousand rounds; more threads than cores make that likely.
    @Test("Many short rounds do every piece once and never outlive their call")
    func shortRounds() {
        let rounds = 30_000
        let pool = WorkerPool(threadCount: 4)
        let counts = FloatBuffer(count: 64)
        let view = counts.view
        for _ in 0..<rounds { pool.perform(count: 4) { view[$0 * 16] += 1 } }
        #expect((0..<4).map { view[$0 * 16] } == Array(repeating: Float(rounds), count: 4))
    }
}
