import Foundation

/// What decoding needs to know of a model file and the library's C++ interface does not tell.
///
/// A `.model` file is a Protocol Buffers message: 1 pieces (repeated), 2 trainer settings,
/// 3 normaliser, 5 denormaliser. A file cut between two pieces would still parse, so the trainer
/// settings and the normaliser, which come last, are required here.
struct ModelFields: Equatable {
    /// Whether encoding puts a space before the text, which decoding takes away again.
    var addsLeadingSpace = true
    /// Whether encoding drops spaces at both ends and repeated ones.
    var removesExtraSpaces = true
    /// What an unknown piece reads as.
    var unknownText = " \u{2047} "

    /// Reads the fields of a serialized model.
    init(model: Data, origin: String) throws {
        var trainer: Data?
        var normalizer: Data?
        var denormalizer: Data?
        try Self.forEachField(of: model, origin: origin) { number, _, content in
            switch number {
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
        try Self.forEachField(of: trainer, origin: origin) { number, _, content in
            if number == 44, let content { unknownText = String(decoding: content, as: UTF8.self) }
        }
        try Self.forEachField(of: normalizer, origin: origin) { number, value, _ in
            switch number {
            case 3: addsLeadingSpace = value != 0
            case 4: removesExtraSpaces = value != 0
            default: break
            }
        }
        guard let denormalizer else { return }
        try Self.forEachField(of: denormalizer, origin: origin) { number, _, content in
            if number == 2, let content, !content.isEmpty {
                throw TokenizerError.unsupportedModel(
                    origin: origin,
                    reason: "it rewrites decoded text with denormalisation rules"
                )
            }
        }
    }

    /// Calls `body` with number, value and content of each field of a Protocol Buffers message.
    ///
    /// A length-delimited field has content and the value 0; a number has a value and no content.
    private static func forEachField(
        of message: Data,
        origin: String,
        _ body: (_ number: UInt64, _ value: UInt64, _ content: Data?) throws -> Void
    ) throws {
        var rest = message[...]
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
        func content(_ length: UInt64) throws -> Data {
            guard length <= UInt64(rest.count) else { throw malformed() }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }
        while !rest.isEmpty {
            let key = try number()
            switch key & 7 {
            case 0: try body(key >> 3, try number(), nil)
            case 1: _ = try content(8)
            case 2: try body(key >> 3, 0, try content(try number()))
            case 5: _ = try content(4)
            default: throw malformed()
            }
        }
    }
}
