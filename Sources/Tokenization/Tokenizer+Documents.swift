extension Tokenizer {
    /// The tokens of a text that a model is to continue: the token that begins a document, then the
    /// text.
    ///
    /// - Parameter text: The text.
    /// - Returns: Its tokens, without a beginning where the model has none.
    public func prompt(_ text: String) -> [Int32] {
        (beginningOfSequence.map { [$0] } ?? []) + encode(text)
    }

    /// The tokens of a whole document, with those that begin and end it where the model has them.
    ///
    /// - Parameter text: The text.
    /// - Returns: Tokens to train on.
    public func document(_ text: String) -> [Int32] {
        prompt(text) + (endOfSequence.map { [$0] } ?? [])
    }
}
