import Foundation

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
        typealias Bytes = ArraySlice<UInt8>
        var trainer: Bytes?
        var normalizer: Bytes?
        var denormalizer: Bytes?
        var identifier: Int32 = 0
        try Self.forEachField(of: [UInt8](model)[...], origin: origin) { number, _, content, _ in
            switch number {
            case 1:
                if let content { try addPiece(content, identifier, origin: origin) }
                identifier += 1
            case 2: trainer = content
            case 3: normalizer = content
            case 5: denormalizer = content
            default: break
            }
        }
        guard let trainer, let normalizer else {
            let missing = trainer == nil ? "trainer settings" : "normaliser"
            throw TokenizerError.malformedModel(origin: origin, reason: "the \(missing) is missing")
        }
        try Self.forEachField(of: trainer, origin: origin) { number, _, content, _ in
            if number == 44, let content { unknownText = String(decoding: content, as: UTF8.self) }
        }
        try Self.forEachField(of: normalizer, origin: origin) { number, value, _, _ in
            switch number {
            case 3: addsLeadingSpace = value != 0
            case 4: removesExtraSpaces = value != 0
            default: break
            }
        }
        guard let denormalizer else { return }
        try Self.forEachField(of: denormalizer, origin: origin) { number, _, content, _ in
            if number == 2, let content, !content.isEmpty {
                throw TokenizerError.unsupportedModel(
                    origin: origin,
                    reason: "it rewrites decoded text with denormalisation rules"
                )
            }
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
        try Self.forEachField(of: piece, origin: origin) { number, value, content, end in
            switch number {
            case 1: spelling = content.map { String(decoding: $0, as: UTF8.self) } ?? ""
            case 3: (kind, place) = (value, end - 1)
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

    /// Calls `body` with number, value and content of each field of a Protocol Buffers message, and
    /// with the index behind it.
    ///
    /// A length-delimited field has content and the value 0; a number has a value and no content.
    private static func forEachField(
        of message: ArraySlice<UInt8>,
        origin: String,
        _ body: (
            _ number: UInt64, _ value: UInt64, _ content: ArraySlice<UInt8>?, _ end: Int
        ) throws -> Void
    ) throws {
        var rest = message
        func malformed() -> TokenizerError {
            .malformedModel(
                origin: origin,
                reason: "broken field at byte \(message.count - rest.count) of \(message.count)"
            )
        }
        func number() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw malformed() }
                value |= UInt64(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return value }
            }
            throw malformed()
        }
        func content(_ length: UInt64) throws -> ArraySlice<UInt8> {
            guard length <= UInt64(rest.count) else { throw malformed() }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }
        while !rest.isEmpty {
            let key = try number()
            switch key & 7 {
            case 0:
                let value = try number()
                try body(key >> 3, value, nil, rest.startIndex)
            case 1: _ = try content(8)
            case 2:
                let part = try content(try number())
                try body(key >> 3, 0, part, rest.startIndex)
            case 5: _ = try content(4)
            default: throw malformed()
            }
        }
    }
}
