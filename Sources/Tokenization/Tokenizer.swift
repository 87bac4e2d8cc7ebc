import CSentencePiece
import Foundation

/// A SentencePiece model: text to identifiers of pieces and back.
///
/// Safe to use from many threads at once. With byte fallback and identity normalisation, which
/// `TokenizerTrainer` always sets, `decode(encode(text))` gives back every scalar of `text`; the
/// one exception is `▁` (U+2581), SentencePiece's own sign for a space, which reads as a space.
public final class Tokenizer: Sendable {
    /// The `.model` file, byte for byte.
    package let modelBytes: Data
    /// Number of pieces; identifiers are `0 ..< vocabularySize`.
    public let vocabularySize: Int
    /// Identifier of the piece for text that has no other; never encoded when bytes are pieces.
    public let unknown: Int32
    /// Identifier of `<s>`, which begins a document; nil when the model has none, or when documents
    /// are not to begin with it.
    public let beginningOfSequence: Int32?
    /// Identifier of `</s>`, which ends a document; nil when the model has none.
    public let endOfSequence: Int32?
    /// Identifier of `<pad>`, when the model has one.
    public let padding: Int32?

    /// The spellings of the pieces that stand for something else than their text: user-defined
    /// symbols such as `<|user|>`, and control pieces such as `</s>`.
    package let symbolTexts: [String]

    let fields: ModelFields
    let pieces: [Piece]

    // The library's const functions are safe from many threads, and nothing else is called after
    // `init`; `deinit` runs when no other reference is left.
    private nonisolated(unsafe) let model: OpaquePointer

    /// Reads a `.model` file.
    ///
    /// - Parameter url: The file.
    /// - Throws: `TokenizerError` when it cannot be read or is no SentencePiece model.
    public convenience init(at url: URL) throws {
        try self.init(model: Self.contents(of: url), origin: url.path)
    }

    /// Reads the `tokenizer.model` of a model folder and, where there is one, what
    /// `tokenizer_config.json` says of the beginnings of documents.
    ///
    /// With `add_bos_token` false no document begins with `<s>`. `add_eos_token` changes nothing: a
    /// prompt that ended with `</s>` would have no continuation, and documents end with it anyway.
    ///
    /// - Parameter folder: A checkpoint folder.
    /// - Throws: `TokenizerError` when a file cannot be read or is not what its name says.
    public convenience init(inModelFolder folder: URL) throws {
        let url = folder.appendingPathComponent("tokenizer.model")
        let bytes = try Self.contents(of: url)
        try self.init(
            model: bytes,
            origin: url.path,
            addsBeginning: TokenizerConfiguration(in: folder).addsBeginning
        )
    }

    static func contents(of url: URL) throws -> Data {
        do { return try Data(contentsOf: url) } catch {
            throw TokenizerError.unreadable(path: url.path, reason: Self.refusal(of: url.path))
        }
    }

    /// Why the system does not let a file be read, in its own words.
    private static func refusal(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        guard read(descriptor, &byte, 1) < 0 else { return "it changed while it was read" }
        return String(cString: strerror(errno)) + "; expected a file"
    }

    /// Loads the bytes of a `.model` file.
    package convenience init(model: Data) throws {
        try self.init(model: model, origin: "the tokenizer given as bytes")
    }

    private init(model bytes: Data, origin: String, addsBeginning: Bool = true) throws {
        let fields = try ModelFields(model: bytes, origin: origin)
        var loaded: OpaquePointer?
        var message: UnsafeMutablePointer<CChar>?
        let succeeded = fields.withoutSymbolsInText(bytes).withUnsafeBytes { buffer in
            // The buffer outlives the call, which copies what it keeps.
            sentencepiece_model_load(buffer.baseAddress, buffer.count, &loaded, &message)
        }
        guard succeeded, let loaded else {
            throw TokenizerError.malformedModel(origin: origin, reason: takeText(message))
        }
        var special: (unknown: Int32, beginning: Int32, end: Int32, padding: Int32) = (0, 0, 0, 0)
        sentencepiece_model_special(
            loaded,
            &special.unknown,
            &special.beginning,
            &special.end,
            &special.padding
        )
        self.modelBytes = bytes
        self.model = loaded
        self.fields = fields
        self.unknown = special.unknown
        self.beginningOfSequence =
            addsBeginning && special.beginning >= 0 ? special.beginning : nil
        self.endOfSequence = special.end >= 0 ? special.end : nil
        self.padding = special.padding >= 0 ? special.padding : nil
        let size = sentencepiece_model_size(loaded)
        self.vocabularySize = Int(size)
        self.pieces = (0..<size).map {
            Piece(of: loaded, identifier: $0, isSymbol: fields.symbols[$0] != nil)
        }
        let controls = pieces.filter { $0.kind == .control }.map(\.spelling)
        self.symbolTexts = fields.symbols.values.sorted() + controls
    }

    deinit {
        sentencepiece_model_free(model)
    }

    /// The identifiers of the pieces of `text`, without beginning or end of sequence.
    ///
    /// Text is text: the spelling of a symbol such as `<|user|>` or `</s>` is ordinary characters
    /// here, whatever stands around it, and decodes to itself. A prompt gets its symbols from
    /// `identifier(ofPiece:)` alone, so that no text can open or close one. The newline and other
    /// white space that the model knows as user-defined, and single characters such as digits,
    /// keep their one piece.
    ///
    /// - Parameter text: Any text.
    /// - Returns: One identifier for each piece.
    public func encode(_ text: String) -> [Int32] {
        var text = text
        return text.withUTF8 { utf8 in
            var identifiers: UnsafeMutablePointer<Int32>?
            var count = 0
            var message: UnsafeMutablePointer<CChar>?
            let succeeded = utf8.withMemoryRebound(to: CChar.self) { characters in
                // The buffer outlives the call, which keeps nothing of it.
                sentencepiece_model_encode(
                    model,
                    characters.baseAddress,
                    characters.count,
                    &identifiers,
                    &count,
                    &message
                )
            }
            // Every text can be encoded by a model that has loaded: only memory can run out.
            precondition(succeeded, "SentencePiece cannot encode: \(takeText(message))")
            defer { sentencepiece_border_free(identifiers) }
            return Array(UnsafeBufferPointer(start: identifiers, count: count))
        }
    }

    /// The text of `tokens`, as the library itself decodes it.
    ///
    /// Control pieces are silent. Byte pieces that form no character read as U+FFFD, one for each
    /// byte. An identifier outside the vocabulary reads as the unknown piece.
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
        // Bytes, since a mark behind a symbol would make another character of its last one.
        let bytes = Array(text.utf8)
        return bytes.indices.contains { place in
            symbolTexts.contains { symbol in
                symbol.utf8.first == bytes[place] && bytes[place...].starts(with: symbol.utf8)
            }
        }
    }

    /// The identifier of a piece, symbols such as `<|user|>` among them.
    ///
    /// - Parameter piece: The piece, spelled as in the model (`▁` for a space).
    /// - Returns: Nil when the model has no such piece.
    public func identifier(ofPiece piece: String) -> Int32? {
        var text = piece
        let found = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                sentencepiece_model_identifier(model, characters.baseAddress, characters.count)
            }
        }
        guard found == unknown else { return found }
        return pieces[Int(unknown)].spelling.utf8.elementsEqual(piece.utf8) ? unknown : nil
    }
}

/// The text of an error, freed after it was copied.
func takeText(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "no reason was given" }
    defer { sentencepiece_border_free(message) }
    return String(cString: message)
}
