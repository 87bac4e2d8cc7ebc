import Kernels
import Synchronization

extension ParameterLayout {
    /// The runs of the buffer whose gradients a backward pass completes one after the other: what
    /// stands behind the blocks, each block from the last to the first, and the embedding.
    ///
    /// A tied head writes to the embedding, which is complete last in any case.
    package var sections: [Range<Int>] {
        let blocks = Dictionary(grouping: entries.filter { $0.layer != nil }) { $0.layer ?? 0 }
        let inner = blocks.sorted { $0.key > $1.key }.map { Self.span(of: $0.value) }
        let outer = entries.filter { $0.layer == nil && $0.role != .embedding }
        let first = entries.filter { $0.role == .embedding }
        return [Self.span(of: outer)] + inner + [Self.span(of: first)]
    }

    private static func span(of entries: [Entry]) -> Range<Int> {
        let start = entries.map(\.range.lowerBound).min() ?? 0
        return start..<(entries.map(\.range.upperBound).max() ?? start)
    }
}

/// Hears which gradients of a batch are complete while the rest of the backward pass runs.
package protocol GradientListener: AnyObject, Sendable {
    /// The gradients of a section of the layout are complete and added up over the threads of this
    /// process (`ParameterLayout.sections`).
    ///
    /// Called once a batch for each section, by whichever thread was the last, and for two sections
    /// perhaps at the same time.
    func completed(section: Int)
}

/// Counts the threads that are past each section of a backward pass.
final class SectionProgress: Sendable {
    private let counts: WorkerSlots<Int>
    private let lock = Mutex(())
    private let next: WorkerSlots<Int>
    private let threadCount: Int
    let sectionCount: Int

    init(sectionCount: Int, threadCount: Int) {
        self.sectionCount = sectionCount
        self.threadCount = threadCount
        counts = WorkerSlots(repeating: 0, count: sectionCount)
        next = WorkerSlots(repeating: 0, count: threadCount)
    }

    /// Begins a batch.
    func begin() {
        for section in 0..<sectionCount { counts[section] = 0 }
        for thread in 0..<threadCount { next[thread] = 0 }
    }

    /// Notes that a thread adds nothing more to the sections up to one.
    ///
    /// `last` gets each section that no thread adds to any more.
    func pass(_ section: Int, thread: Int, last: (Int) -> Void) {
        while next[thread] <= section {
            let current = next[thread]
            let isLast = lock.withLock { _ in
                counts[current] += 1
                return counts[current] == threadCount
            }
            if isLast { last(current) }
            next[thread] = current + 1
        }
    }
}
