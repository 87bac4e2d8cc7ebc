/// The texts between which a recipe puts questions and replies.
///
/// The spellings of the tokenizer's symbols in them stand for the symbols, unlike in questions.
package struct PromptTexts: Hashable, Sendable {
    /// Stands once, before everything; empty for none.
    package var system: String
    /// Stands before a question.
    package var prefix: String
    /// Stands between a question and its reply.
    package var suffix: String
    /// Ends a reply; empty where the tokenizer's end of sequence does.
    package var replyEnd: String

    /// Describes a form by its texts.
    package init(system: String = "", prefix: String, suffix: String, replyEnd: String = "") {
        self.system = system
        self.prefix = prefix
        self.suffix = suffix
        self.replyEnd = replyEnd
    }

    /// A text whose parts are the form's own, or a question's or reply's.
    struct Part {
        var text: String
        /// Whether spellings of symbols stand for symbols.
        var isForm: Bool
    }

    /// The parts of a prompt, in order.
    func prompt(_ question: String, examples: [PromptForm.Example]) -> [Part] {
        // Without an end of their own, examples are kept apart by an empty line.
        let end = replyEnd.isEmpty ? "\n\n" : replyEnd
        let shown = examples.flatMap { example in
            [
                Part(text: prefix, isForm: true), Part(text: example.question, isForm: false),
                Part(text: suffix, isForm: true), Part(text: example.reply, isForm: false),
                Part(text: end, isForm: true),
            ]
        }
        return [Part(text: system, isForm: true)] + shown + [
            Part(text: prefix, isForm: true), Part(text: question, isForm: false),
            Part(text: suffix, isForm: true),
        ]
    }
}

extension TokenEncoding {
    /// The token of a symbol by its spelling; nil for any other text.
    func symbol(spelled text: String) -> Int32? {
        symbolTexts.contains(text) ? identifier(ofPiece: text) : nil
    }

    /// The tokens of texts that stand behind one another, with the symbols that the form spells.
    ///
    /// Between two symbols all text is encoded at once, as a tokenizer cuts a whole prompt.
    func encode(withSymbols parts: [PromptTexts.Part]) -> [Int32] {
        var tokens: [Int32] = []
        var text = ""
        func flush() {
            if !text.isEmpty { tokens += encode(text) }
            text = ""
        }
        for part in parts {
            guard part.isForm else {
                text += part.text
                continue
            }
            var rest = part.text[...]
            while let (range, token) = firstSymbol(in: rest) {
                text += rest[..<range.lowerBound]
                flush()
                tokens.append(token)
                rest = rest[range.upperBound...]
            }
            text += rest
        }
        flush()
        return tokens
    }

    /// The first symbol that a text spells, the longest of those that begin there.
    private func firstSymbol(in text: Substring) -> (Range<Substring.Index>, Int32)? {
        let found = symbolTexts.compactMap { symbol -> (Range<Substring.Index>, Int32)? in
            guard symbol.count > 1, let range = text.firstRange(of: symbol),
                let token = identifier(ofPiece: symbol)
            else { return nil }
            return (range, token)
        }
        return found.min { first, second in
            first.0.lowerBound == second.0.lowerBound
                ? first.0.upperBound > second.0.upperBound
                : first.0.lowerBound < second.0.lowerBound
        }
    }
}
