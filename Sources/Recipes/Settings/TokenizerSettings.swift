import RecipeDocuments

/// The algorithm of a SentencePiece model.
package enum TokenizerKind: String, Encodable, CaseIterable, Sendable {
    /// Pieces by likelihood under a unigram language model.
    case unigram
    /// Byte-pair encoding.
    case bpe
}

/// How the tokenizer is trained.
package struct TokenizerSettings: Encodable, Hashable, Sendable {
    /// Whether the run trains it; else it is that of the base's checkpoint.
    package var isTrained = true
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

    enum CodingKeys: String, DescribedKey {
        case kind = "type"
        case vocabulary
        case splitDigits = "split_digits"
        case byteFallback = "byte_fallback"
        case characterCoverage = "character_coverage"
        case documentsPerSource = "documents_per_source"
        case corpus

        static let places = ["tokenizer"]

        var entry: KeyEntry {
            switch self {
            case .kind: .choice(.value(TokenizerKind.unigram)).meaning("The algorithm.")
            case .vocabulary:
                .whole(16...1_000_000, .required("the number of pieces")).meaning(
                    "The number of pieces, with the control, byte and chat pieces."
                ).written(as: "2048")
            case .splitDigits:
                .boolean(.value(true)).meaning("Whether every digit is a piece of its own.")
            case .byteFallback:
                .boolean(.value(true)).meaning(
                    "Whether unknown characters become bytes instead of the unknown piece."
                )
            case .characterCoverage:
                .number(NumberRange("share", 0.9...1), .value(1)).meaning(
                    "Share of the characters of the corpus that pieces must cover."
                )
            case .documentsPerSource:
                .whole(1...10_000_000, .value(3_000)).meaning(
                    "How many documents of each source the corpus has."
                )
            case .corpus:
                .section(.derived("every source of every training stage")).meaning(
                    "What the tokenizer is trained on."
                ).written(as: "{english: {source: text, language: english}}")
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        kind = try reader.choice(.kind)
        vocabulary = try reader.value(.vocabulary)
        splitDigits = try reader.value(.splitDigits)
        byteFallback = try reader.value(.byteFallback)
        // 256 bytes, three control pieces, the unknown piece and two chat symbols.
        if byteFallback, vocabulary < 280 {
            throw (reader.optional(.vocabulary) ?? value).error(
                "found \(vocabulary), expected at least 280: byte fallback alone takes 256 pieces"
            )
        }
        characterCoverage = try reader.value(.characterCoverage)
        documentsPerSource = try reader.value(.documentsPerSource)
        corpus = try reader.optional(.corpus).map { try MixtureSettings(mixture: $0) }
    }

    /// The tokenizer of the base's checkpoint, with which what is written must agree.
    ///
    /// - Parameters:
    ///   - value: What the recipe writes below `tokenizer`; nil for nothing.
    ///   - base: The checkpoint.
    /// - Throws: `RecipeError` for a key that says how one is trained, for another size, and where
    ///   neither the checkpoint is here nor the size is written.
    init(_ value: RecipeValue?, of base: BaseCheckpoint) throws {
        isTrained = false
        kind = .bpe
        splitDigits = false
        byteFallback = false
        characterCoverage = 1
        documentsPerSource = 0
        corpus = nil
        let reader = try value.map { try MappingReader($0, keys: CodingKeys.self) }
        for key in CodingKeys.allCases where key != .vocabulary {
            guard let value = reader?.optional(key) else { continue }
            throw value.error(
                "the key does not apply: the tokenizer is that of \(base.folder), stages.base."
                    + "checkpoint, and is not trained"
            )
        }
        if base.configuration == nil, let reader, reader.optional(.vocabulary) != nil {
            vocabulary = try reader.value(.vocabulary)
            return
        }
        vocabulary = try base.required(insteadOf: "tokenizer").vocabularySize
        if let reader { try base.check(reader, .vocabulary, has: .whole(vocabulary)) }
    }

    /// Writes all settings; of a tokenizer that is not trained its size alone.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if isTrained { try container.encode(kind, forKey: .kind) }
        try container.encode(vocabulary, forKey: .vocabulary)
        guard isTrained else { return }
        try container.encode(splitDigits, forKey: .splitDigits)
        try container.encode(byteFallback, forKey: .byteFallback)
        try container.encode(characterCoverage, forKey: .characterCoverage)
        try container.encode(documentsPerSource, forKey: .documentsPerSource)
        try container.encodeIfPresent(corpus, forKey: .corpus)
    }
}
