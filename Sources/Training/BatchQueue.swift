import Datasets
import Kernels

/// Batches by number, made some ahead of time on all threads.
///
/// Which batch has which number does not depend on how far ahead they are made.
final class BatchQueue {
    private let source: any BatchProviding
    private let pool: WorkerPool
    private var ready: [Int: PackedBatch] = [:]
    private let lookahead: Int
    private let end: Int

    /// - Parameters:
    ///   - source: Makes the batch of a number.
    ///   - pool: The threads.
    ///   - end: The number after the last batch of the run.
    init(source: any BatchProviding, pool: WorkerPool, end: Int) {
        self.source = source
        self.pool = pool
        self.end = end
        lookahead = 4 * pool.threadCount
    }

    /// The batch of a number.
    ///
    /// - Throws: What the source throws.
    func batch(_ number: Int) throws -> PackedBatch {
        if let batch = ready.removeValue(forKey: number) { return batch }
        let count = max(1, min(lookahead, end - number))
        var made = [Result<PackedBatch, any Error>?](repeating: nil, count: count)
        made.withUnsafeMutableBufferPointer { made in
            let slots = SharedSlots(made)
            pool.perform(count: count) { index in
                slots[index] = Result { try source.batch(step: number + index) }
            }
        }
        ready.removeAll()
        for (index, result) in made.enumerated().dropFirst() {
            // An error of a later batch is reported when its turn comes.
            if case .success(let batch) = result { ready[number + index] = batch }
        }
        guard let first = made[0] else { return try source.batch(step: number) }
        return try first.get()
    }
}
