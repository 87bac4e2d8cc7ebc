import Foundation
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

    @Test("threads start when there is work for them, and each piece stays with its worker")
    func growing() {
        let pool = WorkerPool(threadCount: 1000)
        for count in [1, 3, 2, 5, 5, 1] {
            let threads = WorkerSlots<UInt>(repeating: 0, count: count)
            pool.perform(count: count) { threads[$0] = Self.thread }
            let found = threads.reduce(into: Set<UInt>()) { $0.insert($1) }
            #expect(found.count == count)
            #expect(threads[0] == Self.thread)
        }
    }

    private static var thread: UInt { UInt(bitPattern: Thread.current.hash) }

    @Test("the error of the lowest piece is thrown, whatever the threads", arguments: [1, 2, 4])
    func failures(threads: Int) {
        struct Failure: Error, Equatable { let piece: Int }
        let pool = WorkerPool(threadCount: threads)
        for _ in 0..<100 {
            #expect(throws: Failure(piece: 3)) {
                try pool.performThrowing(count: 40) { piece in
                    if piece >= 3 { throw Failure(piece: piece) }
                }
            }
        }
        // What cannot fail needs no `try`.
        pool.performThrowing(count: 4) { _ in }
    }

    private static let words = "worker pool was asked for work while it works"

    @Test("work inside a piece ends the program with words, from the caller's own piece")
    func nestedInCaller() async throws {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let pool = WorkerPool(threadCount: 1)
            pool.perform(count: 1) { _ in pool.perform(count: 1) { _ in } }
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains(Self.words))
    }

    @Test("work inside a piece ends the program with words, from a worker")
    func nestedInWorker() async throws {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let pool = WorkerPool(threadCount: 2)
            pool.perform(count: 2) { piece in
                if piece == 1 { pool.perform(count: 2) { _ in } }
            }
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains(Self.words))
    }

    @Test("a pool works again after a round that has ended, and each caller has its own")
    func after() {
        let pool = WorkerPool(threadCount: 2)
        let counts = FloatBuffer(count: 64)
        let view = counts.view
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try pool.performThrowing(count: 2) { _ in throw Failure() }
        }
        pool.perform(count: 2) { piece in
            // Another pool inside of a piece is no nested use.
            WorkerPool(threadCount: 2).perform(count: 2) { view[piece * 32 + $0 * 16] += 1 }
        }
        pool.perform(count: 0) { _ in view[0] += 1 }
        #expect([0, 16, 32, 48].allSatisfy { view[$0] == 1 })
    }

    @Test("nested work that throws ends the program with words too")
    func nestedThrowing() async throws {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let pool = WorkerPool(threadCount: 2)
            pool.performThrowing(count: 2) { _ in
                pool.performThrowing(count: 1) { _ in }
            }
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains(Self.words))
    }

    @Test("callers on two threads that never overlap may share a pool")
    func inTurn() {
        let pool = WorkerPool(threadCount: 2)
        let counts = FloatBuffer(count: 32)
        let view = counts.view
        for _ in 0..<20 {
            let other = Thread { pool.perform(count: 2) { view[$0 * 16] += 1 } }
            other.start()
            while !other.isFinished { usleep(100) }
            pool.perform(count: 2) { view[$0 * 16] += 1 }
        }
        #expect(view[0] == 40 && view[16] == 40)
    }

    @Test("a second caller ends the program with words")
    func secondCaller() async throws {
        let result = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let pool = WorkerPool(threadCount: 2)
            pool.perform(count: 1) { _ in
                // The round lasts until the other thread has called.
                let other = Thread { pool.perform(count: 2) { _ in } }
                other.start()
                while !other.isFinished {}
            }
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains(Self.words))
    }
}
