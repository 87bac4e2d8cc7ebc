/// A tensor that a model must have, by what `config.json` says.
package struct ArchitectureTensor: Hashable, Sendable {
    /// Name in the checkpoint, such as `model.layers.0.self_attn.q_proj.weight`.
    package let name: String
    /// Sizes, outermost first; a linear weight is `[out, in]`.
    package let shape: [Int]
    /// Where it stands in the model.
    package let place: TensorPlace

    /// The layer that it belongs to, or nil outside of the layers.
    package var layer: Int? { place.layer }
}

/// Where a tensor stands between the input and the output of a model.
package enum TensorPlace: Hashable, Sendable {
    /// The token embeddings, and with them a tied head.
    case embeddings
    /// A half of a layer, counted from 0 at the input.
    case layer(Int, LayerHalf)
    /// The norm after the last layer.
    case finalNorm
    /// The output head, where it is a matrix of its own.
    case head

    /// The layer, or nil outside of the layers.
    package var layer: Int? { if case .layer(let layer, _) = self { layer } else { nil } }
}

/// The two halves of a layer.
package enum LayerHalf: String, Hashable, Sendable {
    /// Query, key, value and output with their biases, and the norms before, inside and behind.
    case attention
    /// Gate, up and down with their biases, and the norms before and behind.
    case mlp
}
