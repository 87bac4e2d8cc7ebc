import Foundation
import Foundations

/// What decoding needs to know of a model file and the library's C++ interface does not tell.
///
/// A `.model` file is a Protocol Buffers message: 1 pieces (repeated), 2 trainer settings,
/// 3 normaliser, 5 denormaliser. A file cut between two pieces would still parse, so the trainer
/// settings and the normaliser, which come last, are required here.
struct ModelFields: Equatable {
    /// The user-defined symbols that words are no part of, by their identifiers: such as
    /// `<|user|>`, but not the newline or a digit.
    var symbols: [Int32: String] = [:]
    /// Where the model says of each of them that it is user-defined: one byte each.
    private var symbolKinds: [Int] = []
    /// Whether encoding puts a space before the text, which decoding takes away again.
    var addsLeadingSpace = true
    /// Whether encoding drops spaces at both ends and repeated ones.
    var removesExtraSpaces = true
    /// What an unknown piece reads as.
    var unknownText = " \u{2047} "

    /// Reads the fields of a serialized model.
    init(model: Data, origin: String) throws {
        var trainer: ArraySlice<UInt8>?
        var normalizer: ArraySlice<UInt8>?
        var denormalizer: ArraySlice<UInt8>?
        var identifier: Int32 = 0
        for field in try Self.fields(of: [UInt8](model)[...], origin: origin) {
            switch field.number {
            case 1:
                if let content = field.bytes { try addPiece(content, identifier, origin: origin) }
                identifier += 1
            case 2: trainer = field.bytes
            case 3: normalizer = field.bytes
            case 5: denormalizer = field.bytes
            default: break
            }
        }
        guard let trainer, let normalizer else {
            let missing = trainer == nil ? "trainer settings" : "normaliser"
            throw TokenizerError.malformedModel(origin: origin, reason: "the \(missing) is missing")
        }
        for field in try Self.fields(of: trainer, origin: origin) where field.number == 44 {
            if let text = field.bytes { unknownText = String(decoding: text, as: UTF8.self) }
        }
        for field in try Self.fields(of: normalizer, origin: origin) {
            switch field.number {
            case 3: addsLeadingSpace = field.value != 0
            case 4: removesExtraSpaces = field.value != 0
            default: break
            }
        }
        guard let denormalizer else { return }
        for field in try Self.fields(of: denormalizer, origin: origin) where field.number == 2 {
            guard field.bytes?.isEmpty == false else { continue }
            throw TokenizerError.unsupportedModel(
                origin: origin,
                reason: "it rewrites decoded text with denormalisation rules"
            )
        }
    }

    /// Notes a piece: 1 spelling, 3 kind, a number of one byte.
    private mutating func addPiece(
        _ piece: ArraySlice<UInt8>,
        _ identifier: Int32,
        origin: String
    ) throws {
        var spelling = ""
        var kind: UInt64 = Self.ordinary
        var place = piece.startIndex
        for field in try Self.fields(of: piece, origin: origin) {
            switch field.number {
            case 1: spelling = field.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
            case 3: (kind, place) = (field.value, field.end - 1)
            default: break
            }
        }
        guard kind == Self.userDefined, spelling.unicodeScalars.count > 1,
            !spelling.unicodeScalars.allSatisfy({
                $0 == Piece.space || $0.properties.isWhitespace
            })
        else { return }
        symbols[identifier] = spelling
        symbolKinds.append(place)
    }

    /// The kinds of pieces as the library numbers them.
    private static let ordinary: UInt64 = 1
    private static let control: UInt8 = 3
    private static let userDefined: UInt64 = 4

    /// The model with the symbols made control pieces, which no text becomes.
    ///
    /// Every text that does not spell a symbol is encoded as before: the library leaves symbols and
    /// control pieces out of all scores.
    func withoutSymbolsInText(_ model: Data) -> Data {
        var model = model
        for place in symbolKinds { model[model.startIndex + place] = Self.control }
        return model
    }

    /// The fields of a message; those of fixed length say nothing here.
    private static func fields(
        of message: ArraySlice<UInt8>,
        origin: String
    ) throws(TokenizerError) -> [WireField] {
        do {
            return try WireField.all(of: message).filter {
                if case .fixed = $0.content { false } else { true }
            }
        } catch {
            throw .malformedModel(
                origin: origin,
                reason: "broken field at byte \(error.offset) of \(error.count)"
            )
        }
    }
}
