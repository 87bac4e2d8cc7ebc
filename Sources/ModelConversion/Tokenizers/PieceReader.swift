import Checkpointing
import Foundation
import Foundations

/// Reads a `tokenizer.model` of SentencePiece.
struct PieceReader {
    /// What GGUF calls a unigram model.
    static let unigramName = "t5"

    private let path: String
    private let bytes: [UInt8]

    /// Reads the file.
    ///
    /// - Throws: Errors of reading.
    init(at url: URL) throws {
        path = url.path(percentEncoded: false)
        bytes = Array(try InputFile.data(at: url))
    }

    /// Tokens, and the keys of a GGUF file that are the tokenizer's own.
    ///
    /// - Throws: `DamagedFile`, or `GGUFError` for a model of words or characters.
    func read() throws -> (TokenTable, [(key: String, value: GGUFValue)]) {
        var pieces: [TokenTable.Token] = []
        var trainer: [WireField] = []
        var normalizer: [WireField] = []
        for field in try fields(bytes[...]) {
            guard let content = field.bytes else { continue }
            switch field.number {
            case 1: pieces.append(try piece(content, pieces.count))
            case 2: trainer = try fields(content)
            case 3: normalizer = try fields(content)
            default: break
            }
        }
        guard !pieces.isEmpty else { throw damaged("it has no pieces") }
        var table = TokenTable(pieces)
        func number(_ fields: [WireField], _ field: UInt64, _ standard: Int) -> Int {
            fields.last { $0.number == field }.map { Int(truncatingIfNeeded: $0.value) } ?? standard
        }
        func token(_ field: UInt64, _ standard: Int) -> Int? {
            let token = Int(Int32(truncatingIfNeeded: number(trainer, field, standard)))
            return pieces.indices.contains(token) ? token : nil
        }
        table.special.unknown = pieces.firstIndex { $0.kind == .unknown }
        table.special.beginning = token(41, 1)
        table.special.end = token(42, 2)
        table.special.padding = token(43, -1)
        table.special.addsBeginning = true
        let kind = number(trainer, 3, 1)
        guard kind == 1 || kind == 2 else {
            throw GGUFError(
                path: path,
                found: "a SentencePiece model of kind \(kind)",
                expected: "a unigram model (1) or byte pair encoding (2)"
            )
        }
        var own: [(key: String, value: GGUFValue)] = [
            ("tokenizer.ggml.model", .text(kind == 2 ? "llama" : Self.unigramName)),
            ("tokenizer.ggml.pre", .text("default")),
            ("tokenizer.ggml.add_space_prefix", .flag(number(normalizer, 3, 1) != 0)),
            ("tokenizer.ggml.remove_extra_whitespaces", .flag(number(normalizer, 4, 1) != 0)),
        ]
        let map = normalizer.last { $0.number == 2 }.flatMap(\.bytes).map { Array($0) } ?? []
        // llama.cpp reads rules of composition for unigram models alone.
        if kind == 1, !map.isEmpty {
            own.append(("tokenizer.ggml.precompiled_charsmap", .list(GGUFList(bytes: map))))
        }
        return (table, own)
    }

    /// A piece: 1 text, 2 score, 3 kind.
    private func piece(_ content: ArraySlice<UInt8>, _ number: Int) throws -> TokenTable.Token {
        var token = TokenTable.Token(text: "", kind: .normal)
        for field in try fields(content) {
            switch field.number {
            case 1:
                guard let bytes = field.bytes, let text = String(validating: bytes, as: UTF8.self)
                else { throw damaged("piece \(number) is no text in UTF-8") }
                token.text = text
            case 2: token.score = Float(bitPattern: UInt32(truncatingIfNeeded: field.value))
            case 3:
                guard let kind = TokenTable.Kind(rawValue: Int32(truncatingIfNeeded: field.value))
                else { throw damaged("piece \(number) has kind \(field.value)") }
                token.kind = kind
            default: break
            }
        }
        guard !token.text.isEmpty, token.score.isFinite else {
            throw damaged("piece \(number) has no text or no score")
        }
        return token
    }

    private func fields(_ message: ArraySlice<UInt8>) throws -> [WireField] {
        do { return try WireField.all(of: message) } catch {
            throw damaged("broken field at byte \(error.offset) of \(error.count)")
        }
    }

    private func damaged(_ reason: String) -> DamagedFile {
        DamagedFile(path: path, reason: reason, expected: "a model as SentencePiece writes it")
    }
}
