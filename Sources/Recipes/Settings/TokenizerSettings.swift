/// The algorithm of a SentencePiece model.
package enum TokenizerKind: String, Encodable, CaseIterable, Sendable {
    /// Pieces by likelihood under a unigram language model.
    case unigram
    /// Byte-pair encoding.
    case bpe
}

/// How the tokenizer is trained.
package struct TokenizerSettings: Encodable, Hashable, Sendable {
    /// The algorithm.
    package var kind: TokenizerKind
    /// The number of pieces, with the control, byte and chat pieces.
    package var vocabulary: Int
    /// Whether every digit is a piece of its own.
    package var splitDigits: Bool
    /// Whether unknown characters become bytes in place of the unknown piece.
    package var byteFallback: Bool
    /// Share of the characters of the corpus that pieces must cover.
    package var characterCoverage: Double
    /// How many documents of each source the corpus holds.
    package var documentsPerSource: Int
    /// The corpus; every source of every training stage when nil.
    package var corpus: MixtureSettings?

    enum CodingKeys: String, RecipeKey {
        case kind = "type"
        case vocabulary
        case splitDigits = "split_digits"
        case byteFallback = "byte_fallback"
        case characterCoverage = "character_coverage"
        case documentsPerSource = "documents_per_source"
        case corpus
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        kind = try reader.choice(.kind, default: .unigram)
        vocabulary = try reader.required(.vocabulary, "the number of pieces")
            .integer(in: 16...1_000_000)
        splitDigits = try reader.boolean(.splitDigits, default: true)
        byteFallback = try reader.boolean(.byteFallback, default: true)
        // 256 bytes, three control pieces, the unknown piece and two chat symbols.
        if byteFallback, vocabulary < 280 {
            throw (reader.optional(.vocabulary) ?? value).error(
                "found \(vocabulary), expected at least 280: byte fallback alone takes 256 pieces"
            )
        }
        characterCoverage = try reader.number(
            .characterCoverage,
            default: 1,
            in: 0.9...1,
            "a share from 0.9 to 1"
        )
        documentsPerSource = try reader.integer(
            .documentsPerSource,
            default: 3_000,
            in: 1...10_000_000
        )
        corpus = try reader.optional(.corpus).map { try MixtureSettings(mixture: $0) }
    }
}
