import CProcessor
import Foundation
import Synchronization

/// Where the threads of one round of work wait for each other.
///
/// Waits are short and many, so that a thread looks for the others for a while before it lets other
/// threads of the machine run.
package final class ThreadBarrier: Sendable {
    /// How many threads meet.
    package let threadCount: Int

    private let arrived = Atomic<Int>(0)
    private let phase = Atomic<Int>(0)

    /// Looks before the processor is offered to others.
    private static let looks = 4_000

    /// Describes a meeting of `threadCount` threads.
    package init(threadCount: Int) {
        precondition(threadCount >= 1, "a barrier needs at least one thread, not \(threadCount)")
        self.threadCount = threadCount
    }

    /// Returns when all threads have come here; what each wrote before is visible to all after.
    package func wait() {
        guard threadCount > 1 else { return }
        let own = phase.load(ordering: .relaxed)
        if arrived.add(1, ordering: .acquiringAndReleasing).newValue == threadCount {
            arrived.store(0, ordering: .relaxed)
            phase.store(own &+ 1, ordering: .releasing)
            return
        }
        var look = 0
        while phase.load(ordering: .acquiring) == own {
            look += 1
            if look < Self.looks { processor_pause() } else { sched_yield() }
        }
    }
}
