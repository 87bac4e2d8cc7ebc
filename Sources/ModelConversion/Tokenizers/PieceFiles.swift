import Checkpointing
import Foundation

/// The `tokenizer.model` of a SentencePiece vocabulary that a GGUF file holds.
///
/// A Protocol Buffers message (sentencepiece_model.proto): 1 pieces, 2 trainer settings, 3
/// normaliser.
enum PieceFiles {
    /// Makes the file.
    ///
    /// - Parameters:
    ///   - file: The GGUF file, whose `tokenizer.ggml.model` is `llama` (merges by score) or `t5`
    ///     (a unigram model).
    ///   - table: Its tokens; the unknown one and whether encoding begins with one are set here.
    /// - Returns: The bytes of `tokenizer.model`.
    /// - Throws: `GGUFError` when no token or several stand for the unknown, a score is missing or
    ///   no number, or some of the 256 bytes are missing.
    static func model(of file: GGUFFile, _ table: inout TokenTable) throws -> Data {
        let isUnigram = try file.text("tokenizer.ggml.model") == PieceReader.unigramName
        guard file["tokenizer.ggml.scores"] != nil, table.tokens.allSatisfy(\.score.isFinite) else {
            throw file.error("tokenizer.ggml.scores", expected: "a number for each token")
        }
        table.special.addsBeginning = try file.flag("tokenizer.ggml.add_bos_token") ?? !isUnigram
        if isUnigram {
            table.special.addsEnd = try file.flag("tokenizer.ggml.add_eos_token") ?? true
        }
        try findUnknown(file, &table)
        try checkBytes(file, table)
        if let empty = table.tokens.firstIndex(where: { $0.text.isEmpty }) {
            throw file.error(
                "tokenizer.ggml.tokens",
                found: "empty at \(empty)",
                expected: "a text for each token"
            )
        }
        var message = WireMessage()
        for token in table.tokens {
            var piece = WireMessage()
            piece.add(1, text: token.text)
            piece.add(2, single: token.score)
            piece.add(3, number: Int(token.kind.rawValue))
            message.add(1, message: piece)
        }
        message.add(2, message: trainer(table, isUnigram: isUnigram))
        message.add(3, message: try normalizer(file))
        return Data(message.bytes)
    }

    /// The library asks for exactly one unknown piece.
    private static func findUnknown(_ file: GGUFFile, _ table: inout TokenTable) throws {
        let found = table.tokens.indices.filter { table.tokens[$0].kind == .unknown }
        let key = "tokenizer.ggml.token_type"
        guard found.count < 2 else {
            throw file.error(key, found: "2 for \(found.count) tokens", expected: "2 for one token")
        }
        let unknown =
            found.first ?? table.special.unknown
            ?? table.tokens.firstIndex { $0.text.utf8.elementsEqual("<unk>".utf8) }
        guard let unknown else {
            throw file.error(key, found: "2 for no token", expected: "2 for the unknown one")
        }
        table.tokens[unknown].kind = .unknown
        table.special.unknown = unknown
    }

    private static func checkBytes(_ file: GGUFFile, _ table: TokenTable) throws {
        let bytes = table.tokens.filter { $0.kind == .byte }.map(\.text)
        guard !bytes.isEmpty else { return }
        let expected = Set((0..<256).map(byteText))
        guard bytes.count == expected.count, Set(bytes) == expected else {
            throw file.error(
                "tokenizer.ggml.token_type",
                found: "6 (a byte) for \(bytes.count) tokens",
                expected: "6 for <0x00> to <0xFF>, or for none"
            )
        }
    }

    /// The text of the piece of a byte: `<0x0A>`.
    static func byteText(_ byte: Int) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
    }

    /// Whether a text is that of the piece of a byte.
    static func isByte(_ text: String) -> Bool {
        guard text.utf8.count == 6, text.hasPrefix("<0x"), text.hasSuffix(">") else { return false }
        return UInt8(text.dropFirst(3).dropLast(), radix: 16).map { byteText(Int($0)) } == text
    }

    private static func trainer(_ table: TokenTable, isUnigram: Bool) -> WireMessage {
        let special = table.special
        var settings = WireMessage()
        settings.add(3, number: isUnigram ? 1 : 2)
        settings.add(4, number: table.tokens.count)
        settings.add(35, number: table.tokens.contains { $0.kind == .byte } ? 1 : 0)
        let named = [
            (40, special.unknown), (41, special.beginning), (42, special.end),
            (43, special.padding),
        ]
        // A missing token has the number -1.
        for (field, token) in named { settings.add(field, number: token ?? -1) }
        settings.add(44, text: " \u{2047} ")
        for (field, token) in named {
            guard let token else { continue }
            settings.add(field + 5, text: table.tokens[token].text)
        }
        return settings
    }

    private static func normalizer(_ file: GGUFFile) throws -> WireMessage {
        var settings = WireMessage()
        settings.add(1, text: "identity")
        let mapKey = "tokenizer.ggml.precompiled_charsmap"
        if let map = file[mapKey] {
            guard case .numbers(let bytes) = map.list?.content else {
                throw file.error(mapKey, expected: "a list of bytes")
            }
            settings.add(2, bytes: bytes)
        }
        let flags = [
            (3, "add_space_prefix", true), (4, "remove_extra_whitespaces", false),
            (5, "escape_whitespaces", true),
        ]
        for (field, name, standard) in flags {
            let flag = try file.flag("tokenizer.ggml.\(name)") ?? standard
            settings.add(field, number: flag ? 1 : 0)
        }
        return settings
    }
}

/// A Protocol Buffers message that is being written (protobuf.dev/programming-guides/encoding).
struct WireMessage {
    /// What is written so far.
    private(set) var bytes: [UInt8] = []

    /// Adds a number of variable length; negative ones take ten bytes.
    mutating func add(_ field: Int, number: Int) {
        vary(UInt64(field) << 3)
        vary(UInt64(bitPattern: Int64(number)))
    }

    /// Adds a single.
    mutating func add(_ field: Int, single: Float) {
        vary(UInt64(field) << 3 | 5)
        withUnsafeBytes(of: single.bitPattern.littleEndian) { bytes += $0 }
    }

    /// Adds bytes.
    mutating func add(_ field: Int, bytes content: [UInt8]) {
        vary(UInt64(field) << 3 | 2)
        vary(UInt64(content.count))
        bytes += content
    }

    /// Adds a text.
    mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

    /// Adds a message.
    mutating func add(_ field: Int, message: WireMessage) { add(field, bytes: message.bytes) }

    private mutating func vary(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
