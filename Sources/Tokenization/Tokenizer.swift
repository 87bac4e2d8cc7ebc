import CSentencePiece
import Foundation

/// A SentencePiece model: text to identifiers of pieces and back.
///
/// Safe to use from many threads at once. With byte fallback and identity normalisation, which
/// `TokenizerTrainer` always sets, `decode(encode(text))` gives back every scalar of `text`; the
/// one exception is `▁` (U+2581), SentencePiece's own sign for a space, which reads as a space.
package final class Tokenizer: Sendable {
    /// The `.model` file, byte for byte.
    package let modelBytes: Data
    /// Number of pieces; identifiers are `0 ..< vocabularySize`.
    package let vocabularySize: Int
    /// Identifier of the piece for text that has no other; never encoded when bytes are pieces.
    package let unknown: Int32
    /// Identifier of `<s>`, which begins a document.
    package let beginningOfSequence: Int32
    /// Identifier of `</s>`, which ends a document.
    package let endOfSequence: Int32
    /// Identifier of `<pad>`, when the model has one.
    package let padding: Int32?

    let fields: ModelFields
    let pieces: [Piece]

    // The library's const functions are safe from many threads, and nothing else is called after
    // `init`; `deinit` runs when no other reference is left.
    private nonisolated(unsafe) let model: OpaquePointer

    /// Reads a `.model` file.
    package convenience init(at url: URL) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: url)
        } catch {
            throw TokenizerError.unreadable(path: url.path, reason: error.localizedDescription)
        }
        try self.init(model: bytes, origin: url.path)
    }

    /// Loads the bytes of a `.model` file.
    package convenience init(model: Data) throws {
        try self.init(model: model, origin: "the tokenizer given as bytes")
    }

    private init(model bytes: Data, origin: String) throws {
        let fields = try ModelFields(model: bytes, origin: origin)
        var loaded: OpaquePointer?
        var message: UnsafeMutablePointer<CChar>?
        let succeeded = bytes.withUnsafeBytes { buffer in
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
        guard special.beginning >= 0, special.end >= 0 else {
            sentencepiece_model_free(loaded)
            throw TokenizerError.unsupportedModel(
                origin: origin,
                reason: "it has no piece for the beginning or the end of a document "
                    + "(`bos_id` and `eos_id` must not be -1)"
            )
        }
        self.modelBytes = bytes
        self.model = loaded
        self.fields = fields
        self.unknown = special.unknown
        self.beginningOfSequence = special.beginning
        self.endOfSequence = special.end
        self.padding = special.padding >= 0 ? special.padding : nil
        let size = sentencepiece_model_size(loaded)
        self.vocabularySize = Int(size)
        self.pieces = (0..<size).map { Piece(of: loaded, identifier: $0) }
    }

    deinit {
        sentencepiece_model_free(model)
    }

    /// The identifiers of the pieces of `text`, without beginning or end of sequence.
    ///
    /// The text of a user-defined symbol always becomes that symbol's one identifier. Texts of
    /// control pieces, such as `</s>`, are ordinary characters here.
    package func encode(_ text: String) -> [Int32] {
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
    package func decode(_ tokens: [Int32]) -> String {
        var decoder = StreamingDecoder(tokenizer: self)
        var text = ""
        for token in tokens { text += decoder.append(token) }
        return text + decoder.finish()
    }

    /// The identifier of a piece, spelled as in the model (`▁` for a space), or nil.
    package func identifier(ofPiece piece: String) -> Int32? {
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
