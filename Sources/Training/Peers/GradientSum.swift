import Foundation
import Foundations
import Kernels
import Transformer

/// Adds up the gradients of all ranks, bucket by bucket, while the backward pass still runs.
///
/// Each rank receives from all the gradients of the pieces that it updates, and adds them in the
/// order of ranks. So one number of ranks gives the same bytes every time, and ranks of one thread
/// give the bytes of as many threads in one process.
final class GradientSum: GradientListener, @unchecked Sendable {
    private let shards: Shards
    private let peers: any ModelPeers
    private let received: SharedBuffer
    private let condition = NSCondition()

    // All of these are guarded by the condition.
    private var gradients: FloatView?
    private var part = 0
    private var isComplete: [Bool]
    private var doneCount = 0
    private var failure: (any Error)?
    /// The number of the thread that may work; it changes with each start and each end.
    private var turn = 0

    /// - Parameters:
    ///   - shards: What each rank receives.
    ///   - sectionCount: How many sections a backward pass completes.
    ///   - peers: The ranks.
    init(_ shards: Shards, sectionCount: Int, peers: any ModelPeers) {
        self.shards = shards
        self.peers = peers
        received = SharedBuffer(count: shards.mostReceived)
        isComplete = Array(repeating: false, count: sectionCount)
    }

    /// Starts the thread that talks to the other ranks; `end` ends it, and another may start then.
    func start() {
        let own = condition.withLock {
            turn += 1
            failure = nil
            return turn
        }
        Thread.detachNewThread { [self] in work(own) }
    }

    /// Ends the thread.
    func end() {
        condition.withLock {
            turn += 1
            condition.broadcast()
        }
    }

    /// Begins the sum of a step, before its last backward pass.
    ///
    /// - Parameters:
    ///   - gradients: What this rank has; its own pieces become those of all ranks.
    ///   - part: What the step updates.
    func begin(_ gradients: FloatView, part: Int) {
        condition.withLock {
            self.gradients = gradients
            self.part = part
            for section in isComplete.indices { isComplete[section] = false }
            doneCount = 0
        }
    }

    func completed(section: Int) {
        condition.withLock {
            isComplete[section] = true
            condition.broadcast()
        }
    }

    /// Waits for the sum, whatever was not said to be complete.
    ///
    /// - Returns: Seconds of waiting.
    /// - Throws: What keeps ranks from hearing each other.
    func finish() throws -> Double {
        let start = ContinuousClock.now
        try condition.withLock {
            for section in isComplete.indices { isComplete[section] = true }
            condition.broadcast()
            while failure == nil, doneCount < shards.buckets[part].count { condition.wait() }
            gradients = nil
            if let failure { throw failure }
        }
        return start.duration(to: .now).inSeconds
    }

    /// The next bucket whose gradients are complete, which is waited for; nil at the end.
    private func next(_ own: Int) -> (bucket: Shards.Bucket, gradients: FloatView)? {
        condition.withLock {
            while true {
                if turn != own || failure != nil { return nil }
                let buckets = shards.buckets[part]
                if let gradients, doneCount < buckets.count,
                    isComplete[buckets[doneCount].section]
                {
                    return (buckets[doneCount], gradients)
                }
                condition.wait()
            }
        }
    }

    private func work(_ own: Int) {
        while let (bucket, gradients) = next(own) {
            let outcome = Result { try sum(bucket, gradients) }
            condition.withLock {
                guard turn == own else { return }
                doneCount += 1
                if case .failure(let error) = outcome { failure = error }
                condition.broadcast()
            }
        }
    }

    private func sum(_ bucket: Shards.Bucket, _ gradients: FloatView) throws {
        try peers.distribute(gradients, spans: bucket.spans, into: received.view)
        let own = bucket.spans[peers.rank]
        for rank in 0..<peers.count {
            let part = received.view[(rank * own.count)..<((rank + 1) * own.count)]
            if rank == 0 {
                gradients[own].copy(from: part)
            } else {
                Elementwise.add(part, to: gradients[own])
            }
        }
    }
}
