import Transformer

/// What keeps a run from updating every parameter at every step (Bandarkar and Peng,
/// arXiv 2505.18356, compare these with layer swapping).
package struct TrainingRestriction: Codable, Hashable, Sendable {
    /// Parameters that keep their bytes; excludes `partitions`.
    package var frozen: ParameterSelection?
    /// Partitions whose turns alternate; parameters that are in none keep their bytes.
    package var partitions: [TrainingPartition]?
    /// Adapters that are trained in place of the weights.
    package var lora: LoRASettings?
    /// Where the first values of adapters come from.
    package var seed: UInt64 = 0

    /// No restriction.
    package init() {}
}

/// Parameters that are updated by steps of their own, on data of their own.
package struct TrainingPartition: Codable, Hashable, Sendable {
    /// What the partition is called in logs.
    package var name: String
    /// What its steps update.
    package var trained: ParameterSelection

    /// Describes a partition.
    package init(name: String, trained: ParameterSelection) {
        self.name = name
        self.trained = trained
    }
}
