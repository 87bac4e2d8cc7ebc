import Foundation

/// Text to identifiers of pieces and back: a SentencePiece model, or the `tokenizer.json` of a real
/// model.
///
/// Safe to use from many threads at once. With byte fallback and identity normalisation, which
/// `TokenizerTrainer` always sets, `decode(encode(text))` gives back every scalar of `text`; the
/// one exception is `▁` (U+2581), SentencePiece's own sign for a space, which reads as a space.
/// A byte-level vocabulary, as that of GPT-2, Llama 3 and Qwen, gives back every text.
public final class Tokenizer: Sendable {
    /// Number of pieces; identifiers are `0 ..< vocabularySize`.
    public var vocabularySize: Int { model.pieces.count }
    /// Identifier of the piece for text that has no other; never encoded when bytes are pieces, and
    /// -1 where there is no such piece.
    public var unknown: Int32 { model.special.unknown ?? -1 }
    /// Identifier of the piece that begins a document, such as `<s>`; nil when the model has none,
    /// or when documents are not to begin with it.
    public var beginningOfSequence: Int32? { model.special.beginning }
    /// Identifier of the piece that ends a document, such as `</s>`; nil when the model has none.
    public var endOfSequence: Int32? { model.special.end }
    /// Identifier of the piece that fills up batches, when the model has one.
    public var padding: Int32? { model.special.padding }

    /// The spellings of the pieces that stand for something else than their text: user-defined
    /// symbols such as `<|user|>`, and control pieces such as `</s>`.
    package let symbolTexts: [String]
    /// The file that the pieces come from, byte for byte: `tokenizer.model` or `tokenizer.json`.
    package var modelBytes: Data { files[0].contents }
    /// The files that hold this tokenizer, the one with its pieces first.
    package let files: [(name: String, contents: Data)]

    let model: any TokenizerModel

    init(model: any TokenizerModel, symbolTexts: [String], files: [(String, Data)]) {
        self.model = model
        self.symbolTexts = symbolTexts
        self.files = files.map { (name: $0.0, contents: $0.1) }
    }

    /// The identifiers of the pieces of `text`, without beginning or end of sequence.
    ///
    /// Text is text: the spelling of a symbol such as `<|user|>` or `</s>` is ordinary characters
    /// here, whatever stands around it, and decodes to itself. A prompt gets its symbols from
    /// `identifier(ofPiece:)` and `ChatTemplate` alone, so that no text can open or close one. The
    /// newline and other white space that the model knows as user-defined, single characters such
    /// as digits, and the added tokens that a `tokenizer.json` does not call special, keep their
    /// one piece.
    ///
    /// - Parameter text: Any text.
    /// - Returns: One identifier for each piece.
    public func encode(_ text: String) -> [Int32] { model.encode(text) }

    /// The identifiers of a text as `tokenizers` and `transformers` give them.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - allowingSpecial: Whether the spelling of a symbol in the text is that symbol.
    ///   - addingSpecial: Whether the tokens that the model puts before and behind a text are added
    ///     (`add_special_tokens`).
    /// - Returns: One identifier for each piece.
    public func encode(
        _ text: String,
        allowingSpecial: Bool,
        addingSpecial: Bool = false
    ) -> [Int32] {
        let tokens =
            allowingSpecial
            ? model.encode(MarkedText(text, allowsSymbols: true)) : model.encode(text)
        guard addingSpecial else { return tokens }
        return (beginningOfSequence.map { [$0] } ?? []) + tokens + model.special.appended
    }

    /// The identifiers of a text in which symbols are found where its parts allow it.
    package func encode(_ text: MarkedText) -> [Int32] { model.encode(text) }

    /// The text of `tokens`, as the library itself decodes it.
    ///
    /// Control pieces are silent. Byte pieces that form no character read as U+FFFD, one for each
    /// byte (in a byte-level vocabulary one for each character that breaks off). An identifier
    /// outside the vocabulary reads as the unknown piece.
    ///
    /// - Parameter tokens: Identifiers of pieces.
    /// - Returns: The text.
    public func decode(_ tokens: [Int32]) -> String {
        var decoder = StreamingDecoder(tokenizer: self)
        var text = ""
        for token in tokens { text += decoder.append(token) }
        return text + decoder.finish()
    }

    /// Whether a text spells a symbol or a control piece, which stay ordinary characters in it.
    package func spellsSymbol(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            // Bytes, since a mark behind a symbol would make another character of its last one.
            model.symbols.sections(of: bytes) { _, _ in true }.contains { $0.token != nil }
        }
    }

    /// The identifier of a piece, symbols such as `<|user|>` among them.
    ///
    /// - Parameter piece: The piece, spelled as in the model (`▁` for a space, `Ġ` in a byte-level
    ///   one).
    /// - Returns: Nil when the model has no such piece.
    public func identifier(ofPiece piece: String) -> Int32? { model.identifier(ofPiece: piece) }
}
