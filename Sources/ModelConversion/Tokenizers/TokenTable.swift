import Checkpointing

/// The vocabulary of a tokenizer as a GGUF file has it: one entry for each row of the embeddings.
struct TokenTable {
    /// What a token is, with the numbers that GGUF and SentencePiece share.
    enum Kind: Int32 {
        /// A piece of text.
        case normal = 1
        /// What stands for everything that has no piece.
        case unknown = 2
        /// A sign that no text becomes, such as the end of a text.
        case control = 3
        /// A word of its own, found before anything else is split.
        case userDefined = 4
        /// A row that no token has.
        case unused = 5
        /// One byte of a text that has no piece.
        case byte = 6
    }

    /// A token.
    struct Token {
        /// Its text.
        var text: String
        /// What it is.
        var kind: Kind
        /// Its score, in vocabularies of SentencePiece.
        var score: Float = 0

        /// A row that no token has, under the name that llama.cpp's own script gives it.
        static func unused(_ number: Int) -> Token {
            Token(text: "[PAD\(number)]", kind: .unused, score: -1_000)
        }
    }

    /// Tokens with a meaning, by number.
    struct Special: Equatable {
        /// Begins a text.
        var beginning: Int?
        /// Ends a text.
        var end: Int?
        /// Ends a turn of a conversation, where that is another token.
        var endOfTurn: Int?
        /// Stands for the unknown.
        var unknown: Int?
        /// Fills up batches.
        var padding: Int?
        /// Whether encoding puts the beginning first.
        var addsBeginning = false
        /// Whether encoding puts the end last.
        var addsEnd = false
        /// How conversations are written, in Jinja.
        var chatTemplate: String?
    }

    /// The tokens in their order.
    var tokens: [Token]
    /// Tokens with a meaning.
    var special = Special()
    /// Whether the tokenizer itself says what encoding puts at the ends.
    var hasTemplate = false

    /// Reads tokens and kinds of a GGUF file.
    ///
    /// - Throws: `GGUFError` when lists differ in length, or a token is there twice.
    init(of file: GGUFFile, rows: Int) throws {
        let key = "tokenizer.ggml.tokens"
        let texts = try file.texts(key)
        guard !texts.isEmpty, texts.count <= rows else {
            throw file.error(
                key,
                found: "\(texts.count) tokens",
                expected: "1 to \(rows), the rows of '\(TensorNames.embedding)'"
            )
        }
        let kinds = try Self.list(file, "token_type", texts.count) { $0.integers }
        let scores = try Self.list(file, "scores", texts.count) { $0.floats }
        var seen: Set<ExactText> = []
        tokens = []
        for (number, text) in texts.enumerated() {
            guard seen.insert(ExactText(text)).inserted else {
                throw file.error(
                    key,
                    found: "a list with \"\(text.prefix(40))\" twice",
                    expected: "each token once"
                )
            }
            let kind = kinds.map { Int32(exactly: $0[number]) ?? -1 } ?? 1
            // Old writers have 0 for what they do not know.
            guard let kind = Kind(rawValue: kind == 0 ? 1 : kind) else {
                throw file.error(
                    "tokenizer.ggml.token_type",
                    found: "\(kind) for token \(number)",
                    expected: "1 to 6"
                )
            }
            tokens.append(Token(text: text, kind: kind, score: scores?[number] ?? 0))
        }
        special = try Special(of: file, count: texts.count)
    }

    /// Takes tokens in their order.
    init(_ tokens: [Token]) { self.tokens = tokens }

    private static func list<Element>(
        _ file: GGUFFile,
        _ name: String,
        _ count: Int,
        _ read: (GGUFList) -> [Element]?
    ) throws -> [Element]? {
        let key = "tokenizer.ggml.\(name)"
        guard let value = file[key] else { return nil }
        guard let list = value.list.flatMap(read), list.count == count else {
            throw file.error(key, expected: "\(count) numbers, one for each token")
        }
        return list
    }

    /// Fills up rows that no token has.
    mutating func fill(to rows: Int) {
        for number in tokens.count..<max(tokens.count, rows) { tokens.append(.unused(number)) }
    }

    /// The keys of a GGUF file that every tokenizer has.
    var fileFields: [(key: String, value: GGUFValue)] {
        var fields: [(key: String, value: GGUFValue)] = [
            ("tokenizer.ggml.tokens", .list(GGUFList(tokens.map(\.text)))),
            ("tokenizer.ggml.token_type", .list(GGUFList(tokens.map(\.kind.rawValue)))),
        ]
        for (name, token) in [
            ("bos", special.beginning), ("eos", special.end), ("eot", special.endOfTurn),
            ("unknown", special.unknown), ("padding", special.padding),
        ] {
            guard let token else { continue }
            fields.append(("tokenizer.ggml.\(name)_token_id", .uint32(UInt32(token))))
        }
        fields.append(("tokenizer.ggml.add_bos_token", .flag(special.addsBeginning)))
        fields.append(("tokenizer.ggml.add_eos_token", .flag(special.addsEnd)))
        if let template = special.chatTemplate {
            fields.append(("tokenizer.chat_template", .text(template)))
        }
        return fields
    }
}

extension TokenTable.Special {
    /// Reads them of a GGUF file.
    ///
    /// - Throws: `GGUFError` when a number is outside the vocabulary.
    init(of file: GGUFFile, count: Int) throws {
        func token(_ name: String) throws -> Int? {
            try file.token("tokenizer.ggml.\(name)_token_id", of: count)
        }
        beginning = try token("bos")
        end = try token("eos")
        endOfTurn = try token("eot")
        unknown = try token("unknown")
        padding = try token("padding")
        chatTemplate = try file.text("tokenizer.chat_template")
        addsEnd = try file.flag("tokenizer.ggml.add_eos_token") ?? false
    }
}
