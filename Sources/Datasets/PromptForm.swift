/// How questions are put to a model.
package enum PromptForm: Hashable, Sendable {
    /// Between the two symbols that the model was trained with.
    case chat(ChatFormat)
    /// In words, for a model whose tokenizer has no such symbols: `Question: …`, then `Answer:`, the
    /// form in which the Language Model Evaluation Harness asks GSM8K.
    case plain

    /// The chat form where a tokenizer has both symbols, the plain one elsewhere.
    package static func fitting(
        _ tokenizer: some TokenEncoding,
        _ format: ChatFormat = .standard
    ) -> PromptForm {
        format.symbols.allSatisfy { tokenizer.identifier(ofPiece: $0) != nil }
            ? .chat(format) : .plain
    }

    /// The name in records.
    package var name: String {
        switch self {
        case .chat: "chat"
        case .plain: "plain"
        }
    }

    /// What users should know, or nil for the form that models of this project are trained with.
    package var note: String? {
        switch self {
        case .chat: nil
        case .plain:
            "the tokenizer has no chat symbols: questions are put as \"Question: …\", then "
                + "\"Answer:\", and replies end before an empty line or another question"
        }
    }

    /// The tokens that ask a question.
    ///
    /// - Throws: `DatasetError.missingSymbol` when the tokenizer lacks a symbol of the chat form.
    package func prompt(_ question: String, tokenizer: some TokenEncoding) throws -> [Int32] {
        switch self {
        case .chat(let format): try format.prompt(question, tokenizer: tokenizer)
        case .plain:
            tokenizer.beginning + tokenizer.encode("Question: \(question)\nAnswer:")
        }
    }
}
