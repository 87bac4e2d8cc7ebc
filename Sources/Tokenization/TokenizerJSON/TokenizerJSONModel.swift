/// The tokenizer of a `tokenizer.json`, with the identifiers of Hugging Face's `tokenizers`.
struct TokenizerJSONModel: TokenizerModel {
    /// No vocabulary has more entries; a larger number in a file is a mistake.
    static let mostTokens = 1 << 22

    let pieces: [Piece]
    let decoding: PieceDecoding
    let special: SpecialPieces
    let symbols: AddedTokenFinder
    /// The spellings of special tokens.
    let symbolTexts: [String]

    private let normalizers: [Normalizer]
    private let preTokenizers: [PreTokenizer]
    private let model: BytePairModel
    /// Added tokens that are found in the text as it is.
    private let rawTokens: AddedTokenFinder
    /// Added tokens that are found in the text after normalization.
    private let normalizedTokens: AddedTokenFinder
    /// The identifiers of added tokens by their spelling.
    private let addedIdentifiers: ByteStringTable
    private let pool = ScratchPool()

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: The whole file.
    ///   - configuration: What the files beside it say.
    /// - Throws: `TokenizerError`.
    init(_ file: JSONNode, configuration: TokenizerConfiguration) throws(TokenizerError) {
        guard file.kind == .object else { throw file.malformed("the text is not a JSON object") }
        let scratch = MatchScratch()
        normalizers = try Normalizer.all(file["normalizer"])
        preTokenizers = try PreTokenizer.all(file["pre_tokenizer"])
        var added: [AddedToken] = []
        let nodes = try file["added_tokens"]?.list() ?? []
        for node in nodes { added.append(try AddedToken(node)) }
        var isByteLevel = false
        if case .byteLevel = preTokenizers.last { isByteLevel = true }
        model = try BytePairModel(
            file.required("model"),
            isByteLevel: isByteLevel,
            symbols: Set(added.filter(\.isSpecial).map { Array($0.text.utf8) })
        )
        try Self.check(Array(zip(added, nodes)), with: model)
        let entries = try VocabularyEntries(file, added: Array(zip(added, nodes)))
        let decoder = try PieceDecoder(file["decoder"], of: file)
        let normalizers = normalizers
        let normalized = added.filter(\.isNormalized).map { token in
            var text = Array(token.text.utf8)
            for normalizer in normalizers { normalizer.apply(to: &text, scratch: scratch) }
            return (text: text, token: token)
        }
        let pieces = entries.pieces(
            decoder,
            unknown: model.unknown,
            normalized: Dictionary(normalized.map { ($0.token.token, $0.text) }) { $1 },
            scratch: scratch
        )
        self.pieces = pieces
        addedIdentifiers = entries.identifiers
        var decoding = decoder.decoding
        decoding.unknownText = model.unknown.map { pieces[Int($0)].text } ?? ""
        self.decoding = decoding
        symbolTexts = added.filter(\.isSpecial).map(\.text).sorted()
        func bytes(_ token: AddedToken) -> (text: [UInt8], token: AddedToken) {
            (Array(token.text.utf8), token)
        }
        symbols = AddedTokenFinder(added.filter(\.isSpecial).map(bytes))
        rawTokens = AddedTokenFinder(added.filter { !$0.isNormalized }.map(bytes))
        normalizedTokens = AddedTokenFinder(normalized)
        let (model, identifiers) = (model, addedIdentifiers)
        special = try Self.special(file, configuration, unknown: model.unknown, of: pieces.count) {
            identifiers.value($0) ?? model.vocabulary.value($0)
        }
    }

    /// Refuses added tokens with another number than in the vocabulary.
    private static func check(
        _ added: [(AddedToken, JSONNode)],
        with model: BytePairModel
    ) throws(TokenizerError) {
        for (token, node) in added {
            guard let other = model.vocabulary.value(token.text), other != token.token else {
                continue
            }
            throw node.malformed(
                "is \"\(token.text)\" with the number \(token.token), which has \(other) in 'model.vocab'"
            )
        }
    }

    /// The pieces with a meaning: by the post-processor, where the files beside it do not decide.
    private static func special(
        _ file: JSONNode,
        _ configuration: TokenizerConfiguration,
        unknown: Int32?,
        of count: Int,
        identifier: (String) -> Int32?
    ) throws(TokenizerError) -> SpecialPieces {
        let processor = try PostProcessor(file["post_processor"])
        for token in processor.before + processor.behind where token >= count {
            throw file.malformed("'post_processor' names token \(token) of \(count)")
        }
        func named(_ key: String) -> Int32? { configuration.spelling(key).flatMap(identifier) }
        var special = SpecialPieces(unknown: unknown)
        if configuration.decidesEnds {
            special.beginning = configuration.addsBeginning == true ? named("bos_token") : nil
            special.appended = configuration.addsEnd ? named("eos_token").map { [$0] } ?? [] : []
        } else {
            special.beginning = processor.before.first
            special.appended = processor.behind
        }
        special.end =
            named("eos_token")
            ?? configuration.generationEnd.flatMap { $0 < count ? Int32($0) : nil }
        special.padding = named("pad_token")
        return special
    }

    func identifier(ofPiece piece: String) -> Int32? {
        addedIdentifiers.value(piece) ?? model.vocabulary.value(piece)
    }

    func encode(_ text: String) -> [Int32] { encode(text) { token, _ in !token.isSpecial } }

    func encode(_ text: MarkedText) -> [Int32] {
        encode(text.text) { token, range in !token.isSpecial || text.allowsSymbol(at: range) }
    }

    /// The tokens of a text in which added tokens are found where the rule allows it.
    private func encode(
        _ text: String,
        where isFound: (AddedToken, Range<Int>) -> Bool
    ) -> [Int32] {
        var text = text
        var tokens: [Int32] = []
        pool.withScratch { scratch in
            text.withUTF8 { bytes in
                guard !bytes.isEmpty else { return }
                tokens.reserveCapacity(bytes.count / 3 + 4)
                if rawTokens.isEmpty {
                    append(bytes, start: 0, scratch: scratch, to: &tokens, where: isFound)
                    return
                }
                for section in rawTokens.sections(of: bytes, where: isFound) {
                    if let token = section.token {
                        tokens.append(token)
                    } else {
                        append(
                            UnsafeBufferPointer(rebasing: bytes[section.range]),
                            start: section.range.lowerBound,
                            scratch: scratch,
                            to: &tokens,
                            where: isFound
                        )
                    }
                }
            }
        }
        return tokens
    }

    /// Normalizes a part of a text, and finds the tokens that are looked for after that.
    private func append(
        _ text: UnsafeBufferPointer<UInt8>,
        start: Int,
        scratch: EncodingScratch,
        to tokens: inout [Int32],
        where isFound: (AddedToken, Range<Int>) -> Bool
    ) {
        guard !normalizers.isEmpty || !normalizedTokens.isEmpty else {
            scratch.words.begin(text, beginsText: start == 0)
            return appendWords(scratch, to: &tokens)
        }
        var normalized = Array(text)
        for normalizer in normalizers {
            normalizer.apply(to: &normalized, scratch: scratch.matches)
        }
        guard !normalizedTokens.isEmpty else {
            scratch.words.begin(normalized, beginsText: start == 0)
            return appendWords(scratch, to: &tokens)
        }
        // Places in the normalized text are not those of the text: a symbol in it counts where the
        // whole part may have symbols.
        let part = start..<start + text.count
        normalized.withUnsafeBufferPointer { bytes in
            for section in normalizedTokens.sections(
                of: bytes,
                where: { token, _ in isFound(token, part) }
            ) {
                if let token = section.token {
                    tokens.append(token)
                } else {
                    scratch.words.begin(
                        bytes[section.range],
                        beginsText: start == 0 && section.range.lowerBound == 0
                    )
                    appendWords(scratch, to: &tokens)
                }
            }
        }
    }

    private func appendWords(_ scratch: EncodingScratch, to tokens: inout [Int32]) {
        for step in preTokenizers { scratch.words.apply(step, scratch: scratch.matches) }
        scratch.words.bytes.withUnsafeBufferPointer { bytes in
            for word in scratch.words.words {
                // The words lie within the text, which nothing changes in this loop.
                model.append(
                    UnsafeBufferPointer(rebasing: bytes[word]),
                    scratch: scratch,
                    to: &tokens
                )
            }
        }
    }
}
