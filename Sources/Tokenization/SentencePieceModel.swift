import CSentencePiece
import Foundation

/// A model of the SentencePiece library.
final class SentencePieceModel: TokenizerModel {
    let pieces: [Piece]
    let decoding: PieceDecoding
    let special: SpecialPieces
    let symbols: AddedTokenFinder
    /// The spellings of user-defined symbols and of control pieces.
    let symbolTexts: [String]

    // The library's const functions are safe from many threads, and nothing else is called after
    // `init`; `deinit` runs when no other reference is left.
    private nonisolated(unsafe) let model: OpaquePointer

    /// Loads the bytes of a `.model` file.
    ///
    /// - Throws: `TokenizerError`.
    init(_ bytes: Data, origin: String, addsBeginning: Bool) throws {
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
        var found: (unknown: Int32, beginning: Int32, end: Int32, padding: Int32) = (0, 0, 0, 0)
        sentencepiece_model_special(
            loaded,
            &found.unknown,
            &found.beginning,
            &found.end,
            &found.padding
        )
        model = loaded
        special = SpecialPieces(
            unknown: found.unknown,
            beginning: addsBeginning && found.beginning >= 0 ? found.beginning : nil,
            end: found.end >= 0 ? found.end : nil,
            padding: found.padding >= 0 ? found.padding : nil
        )
        let pieces = (0..<sentencepiece_model_size(loaded)).map {
            Piece(of: loaded, identifier: $0, isSymbol: fields.symbols[$0] != nil)
        }
        self.pieces = pieces
        let expectsSpace = fields.addsLeadingSpace || fields.removesExtraSpaces
        decoding = PieceDecoding(
            beginning: expectsSpace
                ? .sentencePiece(removesExtraSpaces: fields.removesExtraSpaces) : .asItIs,
            unknownText: fields.unknownText
        )
        let controls = pieces.indices.filter { pieces[$0].kind == .control }
        symbolTexts = fields.symbols.values.sorted() + controls.map { pieces[$0].spelling }
        let identifiers = fields.symbols.keys.map { Int($0) } + controls
        symbols = AddedTokenFinder(
            identifiers.map {
                let text = pieces[$0].spelling
                return (Array(text.utf8), AddedToken(symbol: text, token: Int32($0)))
            }
        )
    }

    deinit {
        sentencepiece_model_free(model)
    }

    func encode(_ text: String) -> [Int32] {
        var text = text
        return text.withUTF8 { encode($0) }
    }

    func encode(_ text: MarkedText) -> [Int32] {
        var plain = text.text
        return plain.withUTF8 { bytes in
            symbols.sections(of: bytes) { _, range in text.allowsSymbol(at: range) }
                .flatMap { section in
                    section.token.map { [$0] }
                        ?? encode(UnsafeBufferPointer(rebasing: bytes[section.range]))
                }
        }
    }

    private func encode(_ utf8: UnsafeBufferPointer<UInt8>) -> [Int32] {
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

    func identifier(ofPiece piece: String) -> Int32? {
        var text = piece
        let found = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                sentencepiece_model_identifier(model, characters.baseAddress, characters.count)
            }
        }
        guard let unknown = special.unknown, found == unknown else { return found }
        return pieces[Int(unknown)].spelling.utf8.elementsEqual(piece.utf8) ? unknown : nil
    }
}

/// The text of an error, freed after it was copied.
func takeText(_ message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "no reason was given" }
    defer { sentencepiece_border_free(message) }
    return String(cString: message)
}
