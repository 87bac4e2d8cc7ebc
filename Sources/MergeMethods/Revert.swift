import Transformer

/// One model with some of its parts as they were before training (Bandarkar and Peng,
/// arXiv 2505.18356): reverting after training against freezing from the start.
package struct Revert: Hashable, Codable, Sendable {
    /// The model.
    package var model: String
    /// The parts that come from the base.
    package var reverted: ParameterSelection

    /// Reverts parts of a model.
    package init(_ model: String, reverted: ParameterSelection) {
        self.model = model
        self.reverted = reverted
    }

    /// Checks that the parts are there.
    ///
    /// - Throws: `RevertError`.
    func check(_ architecture: CheckpointArchitecture) throws(RevertError) {
        guard model != ModelPart.base.name else { throw .base }
        guard !reverted.parts.isEmpty else { throw .nothing }
        if let highest = reverted.highestLayer, highest >= architecture.layerCount {
            throw .layer(highest, layerCount: architecture.layerCount)
        }
        if architecture.tiedHead, reverted.parts.contains(.head) { throw .tiedHead }
    }

    /// Where a tensor comes from.
    func source(of tensor: ArchitectureTensor) -> MergeSource {
        .copy(of: reverted.contains(tensor.place) ? ModelPart.base.name : model)
    }
}

/// Why parts cannot be reverted.
package enum RevertError: Error, Hashable, CustomStringConvertible {
    /// The base itself would be reverted.
    case base
    /// No part is named.
    case nothing
    /// A layer is named that the model does not have.
    case layer(Int, layerCount: Int)
    /// The head is named, which is the embedding matrix.
    case tiedHead

    /// What is wrong and what was expected.
    package var description: String {
        switch self {
        case .base: "the base is what parts are reverted to; name the model that was trained"
        case .nothing: "no part is to be reverted; name some, as in [layers 2-5, final_norm]"
        case .layer(let layer, let count):
            "layer \(layer) is to be reverted; the model has layers 0 to \(count - 1)"
        case .tiedHead:
            "the head of this model is its embedding matrix; revert embeddings in its place"
        }
    }
}

extension ParameterSelection {
    /// Whether tensors at a place are selected.
    func contains(_ place: TensorPlace) -> Bool {
        switch place {
        case .embeddings: parts.contains(.embeddings)
        case .finalNorm: parts.contains(.finalNorm)
        case .head: parts.contains(.head)
        case .layer(let layer, _):
            parts.contains { if case .layers(let run) = $0 { run.contains(layer) } else { false } }
        }
    }
}
