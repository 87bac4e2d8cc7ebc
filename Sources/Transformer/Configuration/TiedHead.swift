import Checkpointing

/// Whether the output head is the embedding matrix, and what a checkpoint may hold then.
///
/// One rule for running and merging. A tied model may hold a head where it equals the embedding
/// matrix, number for number; any other head is a contradiction, and so is none in a model that is
/// not tied.
package struct TiedHead: Hashable, Sendable {
    /// The name of the head where it is a matrix of its own.
    package static let headName = ParameterRole.head.hubName()
    /// The name of the embedding matrix.
    package static let embeddingsName = ParameterRole.embedding.hubName()
    /// The key of `config.json`.
    private static let key = "tie_word_embeddings"

    /// Whether the head is the embedding matrix.
    package let isTied: Bool
    /// Whether `config.json` says so, and not the default of the family.
    let isSaid: Bool
    /// The family.
    let family: String
    /// `config.json`.
    let path: String

    /// Checks the head of a checkpoint.
    ///
    /// - Throws: `ConfigurationError` about `tie_word_embeddings`; errors of reading.
    package func check(_ tensors: TensorCollection) throws {
        let isThere = tensors.description(of: Self.headName) != nil
        guard isTied else {
            if isThere { return }
            throw error(
                "true if the head is the embedding matrix (write it into the file); "
                    + "for false there is no '\(Self.headName)' in the weights"
            )
        }
        guard isThere else { return }
        if try tensors.hasSameValues(Self.headName, Self.embeddingsName) { return }
        throw error(
            "false, because the '\(Self.headName)' of the weights is not the embedding matrix; "
                + "or take that tensor out if it is left over"
        )
    }

    private func error(_ expected: String) -> ConfigurationError {
        ConfigurationError(
            path: path,
            key: Self.key,
            found: isSaid ? "\(isTied)" : "missing, which is \(isTied) for \(family)",
            expected: expected
        )
    }
}
