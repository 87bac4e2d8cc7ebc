import Datasets

/// Anything that makes the batch of a step from the step alone.
package protocol BatchProviding: Sendable {
    /// The batch of a step, counted from 0.
    func batch(step: Int) throws -> PackedBatch
}

extension BatchSource: BatchProviding {}
