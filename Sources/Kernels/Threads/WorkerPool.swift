import CProcessor
import Foundation
import Synchronization

/// A fixed set of threads that share out numbered pieces of work.
///
/// The caller's own thread is one of them. Piece i is always done by worker i modulo the number of
/// threads, so that what a thread accumulates depends on the number of threads alone.
///
/// A pool does one round of work at a time. Asking for another one from inside a piece, or from a
/// second thread, would wait forever or mix two rounds up: it is an error of the caller that ends
/// the program, whatever the number of threads.
package final class WorkerPool: Sendable {
    /// How many threads work, the caller included.
    package let threadCount: Int

    private let board = WorkBoard()
    /// Whether a round is under way.
    private let isWorking = Atomic<Bool>(false)

    /// Describes a pool of `threadCount - 1` threads, which start when a round has work for them.
    package init(threadCount: Int) {
        precondition(threadCount >= 1, "a pool needs at least one thread, not \(threadCount)")
        self.threadCount = threadCount
    }

    deinit { board.stop() }

    /// Does pieces 0 ..< `count` and returns when all are done.
    ///
    /// - Parameters:
    ///   - count: The number of pieces.
    ///   - body: Does one piece; pieces of different workers run at the same time.
    package func perform(count: Int, _ body: (Int) -> Void) {
        // The closure does not outlive this call: every worker reports back before it returns.
        withoutActuallyEscaping(body) { performPrepared(count: count, $0) }
    }

    /// Does pieces 0 ..< `count` and returns when all are done, without taking memory.
    ///
    /// - Parameters:
    ///   - count: The number of pieces.
    ///   - body: Does one piece. A closure that captures nothing but one object is made without
    ///     taking memory too, which keeps the heap out of training steps.
    package func performPrepared(count: Int, _ body: @escaping (Int) -> Void) {
        let (isFree, _) = isWorking.compareExchange(
            expected: false,
            desired: true,
            ordering: .acquiring
        )
        guard isFree else {
            // Not a precondition, whose words are lost in release builds.
            fatalError(
                "a worker pool was asked for work while it works: from inside a piece of that work, "
                    + "or by a second thread; each caller needs a pool of its own"
            )
        }
        defer { isWorking.store(false, ordering: .releasing) }
        guard threadCount > 1, count > 1 else {
            for piece in 0..<max(count, 0) { body(piece) }
            return
        }
        startWorkers(upTo: min(threadCount, count))
        let own = board.post(body, pieceCount: count)
        own.run(worker: 0, of: threadCount)
        board.waitUntilFinished()
    }

    /// Starts the threads that no round has needed so far; only the round under way calls this.
    private func startWorkers(upTo count: Int) {
        while board.workers + 1 < count {
            board.workers += 1
            // A thread holds the board and not the pool, so that the pool can end and stop it.
            let thread = Thread { [board, threadCount, index = board.workers] in
                var seen = 0
                while let generation = board.runNext(after: seen, worker: index, of: threadCount) {
                    seen = generation
                    board.finished()
                }
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}

/// One round of work.
private struct Assignment: @unchecked Sendable {
    let generation: Int
    let pieceCount: Int
    let work: (Int) -> Void

    func run(worker: Int, of workerCount: Int) {
        var piece = worker
        while piece < pieceCount {
            work(piece)
            piece += workerCount
        }
    }
}

/// Where rounds of work are posted; all of its private state is guarded by `condition`.
private final class WorkBoard: @unchecked Sendable {
    /// How many threads were started; read and written by the caller of a round alone.
    var workers = 0

    private let condition = NSCondition()
    private var generation = 0
    private var current: Assignment?
    private var stopped = false
    /// Threads that have not finished the round.
    private let running = Atomic<Int>(0)
    /// The newest round, for threads that look for it before they sleep.
    private let announced = Atomic<Int>(0)

    /// Looks for the next round, or for the end of one, before a thread sleeps: rounds of decoding
    /// are shorter than it takes to wake up, and a few microseconds apart.
    private static let looks = 2_000

    func post(_ work: @escaping (Int) -> Void, pieceCount: Int) -> Assignment {
        condition.lock()
        defer { condition.unlock() }
        generation += 1
        let assignment = Assignment(generation: generation, pieceCount: pieceCount, work: work)
        current = assignment
        running.store(workers, ordering: .relaxed)
        announced.store(generation, ordering: .releasing)
        condition.broadcast()
        return assignment
    }

    /// Does a worker's share of the next round and returns its number, or nil at the end.
    ///
    /// The work is let go here, before the worker reports back: a reference that lived on could
    /// outlast the call that posted the work, which the runtime traps as an escaped closure.
    @inline(never)
    func runNext(after seen: Int, worker: Int, of workerCount: Int) -> Int? {
        guard let assignment = wait(after: seen) else { return nil }
        assignment.run(worker: worker, of: workerCount)
        return assignment.generation
    }

    private func wait(after seen: Int) -> Assignment? {
        for _ in 0..<Self.looks {
            if announced.load(ordering: .acquiring) != seen { break }
            processor_pause()
        }
        condition.lock()
        defer { condition.unlock() }
        while true {
            if stopped { return nil }
            if let current, current.generation != seen { return current }
            condition.wait()
        }
    }

    func finished() {
        guard running.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    func waitUntilFinished() {
        for _ in 0..<Self.looks {
            if running.load(ordering: .acquiring) == 0 { break }
            processor_pause()
        }
        condition.lock()
        while running.load(ordering: .acquiring) > 0 { condition.wait() }
        current = nil
        condition.unlock()
    }

    func stop() {
        condition.lock()
        stopped = true
        condition.broadcast()
        condition.unlock()
    }
}
