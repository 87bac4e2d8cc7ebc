extension MergeInput {
    /// Refuses checkpoints that do not fit the first: weights that are not those of their
    /// configuration, another shape, or a tokenizer whose numbers mean something else.
    ///
    /// - Parameter inputs: The checkpoints.
    /// - Returns: What their tokenizers differ in without contradicting each other.
    /// - Throws: `MergeError`, which names both values; errors of reading a checkpoint.
    package static func requireFitting(_ inputs: [MergeInput]) throws -> [String] {
        let architectures = MergeArchitectures()
        let models = try inputs.map { try MergeModel($0, among: inputs, architectures) }
        for other in models.dropFirst() { try models[0].check(against: other) }
        return try TokenizerComparison.warnings(of: models)
    }
}
