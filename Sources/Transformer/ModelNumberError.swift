/// Numbers of a model that are infinite or not numbers.
package enum ModelNumberError: Error, Hashable, CustomStringConvertible {
    /// A tensor of a checkpoint holds one.
    case tensor(path: String, name: String, element: Int, value: String)
    /// A tensor of a checkpoint in double precision holds a number beyond single precision.
    case beyondSingle(path: String, name: String, element: Int, value: Double)
    /// What a model works out is not finite; with the first tensor that holds such a number.
    case result(what: String, origin: String?, tensor: String?)

    package var description: String {
        switch self {
        case .tensor(let path, let name, let element, let value):
            "\(path): '\(name)' holds \(value) at element \(element), expected finite numbers; the "
                + "file is damaged or the training diverged: use an earlier checkpoint"
        case .beyondSingle(let path, let name, let element, let value):
            "\(path): '\(name)' holds \(value) at element \(element), and weights are computed in "
                + "single precision here, which ends at \(Float.greatestFiniteMagnitude): use a "
                + "checkpoint with smaller numbers"
        case .result(let what, let origin, let tensor):
            "\(origin.map { "\($0): " } ?? "")\(what) not finite numbers: "
                + (tensor.map { "'\($0)' holds NaN or an infinity" }
                    ?? "its weights are finite and too large, so that sums overflow")
                + "; the training diverged or the model is damaged: use an earlier checkpoint"
        }
    }
}

/// A sequence that is longer than the positions of a model, where longer ones have other positions.
package struct SequenceLengthError: Error, Hashable, CustomStringConvertible {
    /// Tokens of the sequence.
    package let tokens: Int
    /// Positions of the model.
    package let positions: Int

    package var description: String {
        "a sequence has \(tokens) tokens and the model \(positions) positions (max_position_embeddings); "
            + "beyond them its 'dynamic' positions are not computed here: use shorter sequences"
    }
}

extension TransformerModel {
    /// The name of the first tensor that holds an infinity or NaN, or nil when all are finite.
    package var firstNotFiniteTensor: String? {
        layout.entries.first { !withFloats(of: $0) { $0.isFinite } }?.name
    }

    /// The error for results that are not finite, with the tensor to blame.
    ///
    /// - Parameter what: The results and their verb, such as "the logits after token 3 are".
    /// - Returns: The error; making it looks through all parameters.
    package func notFinite(_ what: String) -> ModelNumberError {
        .result(what: what, origin: origin, tensor: firstNotFiniteTensor)
    }
}
