import Checkpointing
import Foundation
import Foundations

extension TokenizerSource {
    /// Reads a model of SentencePiece (`sentencepiece_model.proto`): pieces, and what encoding asks
    /// for.
    ///
    /// How it was trained, on which files and with which self-test, says nothing about what it
    /// does.
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
        for field in try Self.fields(of: [UInt8](data)[...]) {
            switch field.number {
            case 1:
                var (text, score, type) = ("", Float(0), "1")
                for part in try Self.fields(of: field.bytes ?? []) {
                    switch part.number {
                    case 1: text = String(decoding: part.bytes ?? [], as: UTF8.self)
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
        for field in try Self.fields(of: message.bytes ?? [])
        where fields[field.number] != nil {
            guard let bytes = field.bytes, !bytes.isEmpty else {
                fields[field.number] = field.bytes == nil ? "\(field.value)" : ""
                continue
            }
            fields[field.number] =
                String(bytes: bytes, encoding: .utf8)
                ?? bytes.map { "\($0)" }.joined(separator: " ")
        }
    }

    /// The fields of a message.
    ///
    /// - Throws: `UnknownTokenizerForm` when the bytes are no message.
    private static func fields(
        of message: ArraySlice<UInt8>
    ) throws(UnknownTokenizerForm) -> [WireField] {
        do { return try WireField.all(of: message) } catch { throw UnknownTokenizerForm() }
    }
}
