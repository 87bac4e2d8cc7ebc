/// What a tokenizer is trained to be.
///
/// Normalisation is not an option: it is always `identity`. SentencePiece's usual `nmt_nfkc` turns
/// newlines and tabs into spaces and rewrites full-width and composed characters, so a text would
/// not come back as it went in, and bits per byte of two tokenizers would not be comparable.
package struct TokenizerTrainingOptions: Codable, Hashable, Sendable {
    /// How pieces are found.
    package enum ModelType: String, Codable, Hashable, Sendable, CaseIterable {
        /// Unigram language model: starts with many pieces and drops the least useful.
        case unigram
        /// Byte-pair encoding: starts with characters and joins the most frequent pair.
        case bpe
    }

    /// The number of pieces asked for; a small corpus may give fewer.
    package var vocabularySize: Int
    /// How pieces are found.
    package var modelType: ModelType
    /// Whether every decimal digit is a piece of its own, in every script of the corpus.
    package var splitsDigits: Bool
    /// Whether text without a piece becomes its bytes; without it such text is lost.
    package var byteFallback: Bool
    /// Symbols that are always one piece, such as `<|user|>`, in the order of their identifiers.
    package var userDefinedSymbols: [String]
    /// The share of the corpus's characters that have a piece of their own, in `0.98...1`.
    package var characterCoverage: Double
    /// The most sentences to train on, drawn by `seed` when there are more; nil for all.
    package var maximumSentences: Int?
    /// Chooses the sentences when there are more than `maximumSentences`.
    package var seed: UInt64

    /// Describes a tokenizer; every value that is left out has the default of this project.
    package init(
        vocabularySize: Int,
        modelType: ModelType = .unigram,
        splitsDigits: Bool = true,
        byteFallback: Bool = true,
        userDefinedSymbols: [String] = ChatSymbols.all,
        characterCoverage: Double = 0.9995,
        maximumSentences: Int? = nil,
        seed: UInt64 = 0
    ) {
        self.vocabularySize = vocabularySize
        self.modelType = modelType
        self.splitsDigits = splitsDigits
        self.byteFallback = byteFallback
        self.userDefinedSymbols = userDefinedSymbols
        self.characterCoverage = characterCoverage
        self.maximumSentences = maximumSentences
        self.seed = seed
    }

    /// Throws when a value is outside its range or a symbol cannot be one.
    func validate() throws {
        func require(_ holds: Bool, _ name: String, _ found: String, _ expected: String) throws {
            guard holds else {
                throw TokenizerError.invalidOption(name: name, found: found, expected: expected)
            }
        }
        try require(
            (1...1_000_000).contains(vocabularySize),
            "vocabularySize",
            "\(vocabularySize)",
            "1 to 1000000 pieces"
        )
        try require(
            (0.98...1).contains(characterCoverage),
            "characterCoverage",
            "\(characterCoverage)",
            "a share from 0.98 to 1"
        )
        if let maximumSentences {
            try require(
                maximumSentences > 0,
                "maximumSentences",
                "\(maximumSentences)",
                "at least 1, or nothing for all sentences"
            )
        }
        var seen: Set<[UInt8]> = []
        for symbol in userDefinedSymbols {
            if let reason = Self.refusal(of: symbol) {
                throw TokenizerError.invalidSymbol(symbol: symbol, reason: reason)
            }
            guard seen.insert(Array(symbol.utf8)).inserted else {
                throw TokenizerError.invalidSymbol(symbol: symbol, reason: "it is there twice")
            }
        }
    }

    /// Why a symbol cannot be user-defined, or nil when it can.
    private static func refusal(of symbol: String) -> String? {
        if symbol.isEmpty { return "it is empty" }
        if symbol == "\n" { return "the newline always is one, without being named" }
        if ["<unk>", "<s>", "</s>", "<pad>"].contains(symbol) { return "it is a control piece" }
        if symbol.wholeMatch(of: /<0x[0-9A-Fa-f]{2}>/) != nil { return "it spells a byte piece" }
        let reserved: Set<Unicode.Scalar> = ["\0", "\u{2581}", "\u{2585}"]
        for scalar in symbol.unicodeScalars {
            if scalar.properties.isWhitespace { return "it has white space in it" }
            if reserved.contains(scalar) { return "it has a character that SentencePiece reserves" }
        }
        return nil
    }
}
