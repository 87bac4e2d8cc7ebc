/// A document as tokens, ready to be placed in a batch.
package struct TokenSequence: Hashable, Sendable {
    /// Every token from the begin to the end of the document.
    package var tokens: [Int32]
    /// The place in `tokens` of the first token that takes part in the loss.
    package var firstPredicted: Int

    /// Describes a sequence of at least two tokens.
    package init(tokens: [Int32], firstPredicted: Int = 1) {
        self.tokens = tokens
        self.firstPredicted = firstPredicted
    }

    /// How many positions the sequence takes in a batch: one fewer than its tokens, because the
    /// last one is predicted and never read.
    package var positionCount: Int { tokens.count - 1 }

    /// The sequences of a document, none longer than `maximumLength` positions.
    ///
    /// A text that is longer is cut into pieces that each begin with the begin token; every token
    /// of the text is predicted once. A chat document that is longer gives none, because a cut
    /// question or a cut reply would teach something wrong.
    package static func sequences(
        of document: Document,
        tokenizer: some TokenEncoding,
        format: PromptForm,
        masksPrompt: Bool,
        maximumLength: Int
    ) throws -> [TokenSequence] {
        switch document {
        case .chat(let question, let response):
            let (prompt, reply) = try format.sequence(
                question,
                reply: response,
                tokenizer: tokenizer
            )
            let sequence = TokenSequence(
                tokens: prompt + reply,
                firstPredicted: masksPrompt ? prompt.count : 1
            )
            return sequence.positionCount <= maximumLength ? [sequence] : []
        case .text(let text):
            let tokens = try tokenizer.encode(text) + tokenizer.ending()
            return tokens.pieces(behind: tokenizer.beginning, maximumLength: maximumLength)
                .map { TokenSequence(tokens: $0) }
        }
    }
}

extension [Int32] {
    /// A text cut into pieces of at most `maximumLength` predicted tokens, each behind `beginning`.
    ///
    /// Every token is predicted once. Without a beginning a piece begins with the last token of the
    /// one before it, and the first token of the text alone is not predicted.
    package func pieces(behind beginning: [Int32], maximumLength: Int) -> [[Int32]] {
        let first = beginning.isEmpty ? 1 : 0
        // One token alone is read, and nothing is predicted from it.
        guard count > first else { return isEmpty ? [] : [self] }
        return stride(from: first, to: count, by: maximumLength).map { start in
            // A length without bound would overflow.
            let end = count - start <= maximumLength ? count : start + maximumLength
            return beginning + self[(start - first)..<end]
        }
    }
}
