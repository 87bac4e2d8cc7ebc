import Tokenization

/// The one form of every question and reply, in every language.
package struct ChatFormat: Codable, Hashable, Sendable {
    /// Stands before what is asked.
    package var userSymbol: String
    /// Stands before the reply.
    package var assistantSymbol: String

    /// Describes a form by its two symbols.
    package init(
        userSymbol: String = ChatSymbols.user,
        assistantSymbol: String = ChatSymbols.assistant
    ) {
        self.userSymbol = userSymbol
        self.assistantSymbol = assistantSymbol
    }

    /// The form with the symbols `<|user|>` and `<|assistant|>`.
    package static let standard = ChatFormat()

    /// The symbols a tokenizer must know, each as one piece.
    package var symbols: [String] { [userSymbol, assistantSymbol] }

    /// The tokens that ask a question: begin, user symbol, question, assistant symbol.
    ///
    /// - Throws: `DatasetError.missingSymbol` when the tokenizer lacks a symbol.
    package func prompt(_ question: String, tokenizer: some TokenEncoding) throws -> [Int32] {
        let user = try identifier(of: userSymbol, tokenizer: tokenizer)
        let assistant = try identifier(of: assistantSymbol, tokenizer: tokenizer)
        return tokenizer.beginning + [user] + tokenizer.encode(question) + [assistant]
    }

    /// The tokens of a reply: its text and the end.
    ///
    /// - Throws: `DatasetError.missingEnd` when the tokenizer has no end.
    package func reply(_ response: String, tokenizer: some TokenEncoding) throws -> [Int32] {
        try tokenizer.encode(response) + tokenizer.ending()
    }

    private func identifier(of symbol: String, tokenizer: some TokenEncoding) throws -> Int32 {
        guard let identifier = tokenizer.identifier(ofPiece: symbol) else {
            throw DatasetError.missingSymbol(symbol)
        }
        return identifier
    }
}
