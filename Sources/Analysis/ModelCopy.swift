import Transformer

extension TransformerModel {
    /// A model of its own with the same parameters, to be changed without touching this one.
    package func copied() -> TransformerModel {
        let copy = TransformerModel(zeros: configuration)
        copy.copyParameters(from: self)
        return copy
    }
}
