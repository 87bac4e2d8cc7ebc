import Datasets

/// The batches of partitions that take turns, in one row.
///
/// Step s belongs to partition s mod n and is that partition's step s div n: each partition reads
/// what it would read alone, and the batch of a number remains a function of the number.
struct AlternatingBatches: BatchProviding {
    /// One for each partition.
    let sources: [any BatchProviding]
    /// Batches of one step.
    let accumulation: Int

    func batch(step number: Int) throws -> PackedBatch {
        let (step, part) = number.quotientAndRemainder(dividingBy: accumulation)
        let (turn, partition) = step.quotientAndRemainder(dividingBy: sources.count)
        return try sources[partition].batch(step: turn * accumulation + part)
    }
}
