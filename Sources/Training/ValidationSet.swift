import Datasets

/// A set of batches whose loss is watched during training.
package struct ValidationSet: Sendable {
    /// What the set is called in logs.
    package var name: String
    /// The same batches every time.
    package var batches: [PackedBatch]

    /// Describes a set.
    package init(name: String, batches: [PackedBatch]) {
        self.name = name
        self.batches = batches
    }
}
