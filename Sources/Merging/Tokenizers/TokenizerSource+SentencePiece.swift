import Checkpointing
import Foundation

extension TokenizerSource {
    /// Reads a model of SentencePiece (`sentencepiece_model.proto`): pieces, and what encoding asks for.
    ///
    /// How it was trained, on which files and with which self-test, says nothing about what it does.
    ///
    /// - Throws: `UnknownTokenizerForm` when the bytes are no such model.
    init(file: String, sentencePiece data: Data) throws {
        self.init(file: file)
        var scores: [String] = []
        var types: [String] = []
        // What is left out has the defaults of the form.
        var trainer: [UInt64: String] = [
            3: "1", 24: "0", 35: "0", 40: "0", 41: "1", 42: "2", 43: "\(UInt64.max)",
            44: " \u{2047} ", 45: "<unk>", 46: "<s>", 47: "</s>", 48: "<pad>",
        ]
        var normalizer: [UInt64: String] = [2: "", 3: "1", 4: "1", 5: "1"]
        var denormalizer: [UInt64: String] = [2: ""]
        for field in try WireField.all(of: data) {
            switch field.number {
            case 1:
                var (text, score, type) = ("", Float(0), "1")
                for part in try WireField.all(of: field.content) {
                    switch part.number {
                    case 1: text = String(decoding: part.content, as: UTF8.self)
                    case 2: score = Float(bitPattern: UInt32(truncatingIfNeeded: part.value))
                    case 3: type = "\(part.value)"
                    default: break
                    }
                }
                vocabulary[scores.count] = ExactText(text)
                scores.append("\(score)")
                types.append(type)
            case 2: try Self.take(field, into: &trainer)
            case 3: try Self.take(field, into: &normalizer)
            case 5: try Self.take(field, into: &denormalizer)
            default: break
            }
        }
        guard !vocabulary.isEmpty else { throw UnknownTokenizerForm() }
        func text(_ fields: [UInt64: String]) -> String {
            fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: "\n")
        }
        rules = [
            "scores of the pieces": scores.joined(separator: " "),
            "types of the pieces": types.joined(separator: " "),
            "settings": text(trainer), "normalizer": text(normalizer),
            "denormalizer": text(denormalizer),
        ].mapValues(ContentHash.of(text:))
    }

    /// Takes over those fields of a message that are asked for.
    private static func take(_ message: WireField, into fields: inout [UInt64: String]) throws {
        for field in try WireField.all(of: message.content) where fields[field.number] != nil {
            fields[field.number] =
                field.content.isEmpty
                ? "\(field.value)" : field.content.map { "\($0)" }.joined(separator: " ")
            if field.isText, let text = String(data: field.content, encoding: .utf8) {
                fields[field.number] = text
            }
        }
    }
}

/// A field of a Protocol Buffers message.
struct WireField {
    /// Its number.
    let number: UInt64
    /// The number that it holds; 0 for text and messages.
    let value: UInt64
    /// The bytes that it holds; empty for numbers.
    let content: Data
    /// Whether it holds bytes.
    let isText: Bool

    /// The fields of a message in their order.
    ///
    /// - Throws: `UnknownTokenizerForm` when it is cut off or no message.
    static func all(of message: Data) throws -> [WireField] {
        var rest = message[...]
        var fields: [WireField] = []
        func number() throws -> UInt64 {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { throw UnknownTokenizerForm() }
                value |= UInt64(byte & 0x7f) << shift
                if byte & 0x80 == 0 { return value }
            }
            throw UnknownTokenizerForm()
        }
        func content(_ length: UInt64) throws -> Data {
            guard length <= UInt64(rest.count) else { throw UnknownTokenizerForm() }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }
        func fixed(_ length: UInt64) throws -> UInt64 {
            try content(length).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        while !rest.isEmpty {
            let key = try number()
            guard key >> 3 > 0 else { throw UnknownTokenizerForm() }
            let isText = key & 7 == 2
            let value: UInt64
            switch key & 7 {
            case 0: value = try number()
            case 1: value = try fixed(8)
            case 2: value = 0
            case 5: value = try fixed(4)
            default: throw UnknownTokenizerForm()
            }
            fields.append(
                WireField(
                    number: key >> 3,
                    value: value,
                    content: isText ? try content(try number()) : Data(),
                    isText: isText
                )
            )
        }
        return fields
    }
}
