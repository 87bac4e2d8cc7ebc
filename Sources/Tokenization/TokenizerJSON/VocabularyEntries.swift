/// The tokens of a file by their numbers: those of the model, and those that were added.
struct VocabularyEntries {
    private var spellings: [String?]
    private var isSpecial: [Bool]
    /// The added tokens by their spelling.
    private(set) var identifiers: ByteStringTable

    /// Gathers the tokens.
    ///
    /// - Throws: `TokenizerError` for two tokens with one number, and for a number without a token.
    init(_ file: JSONNode, added: [(AddedToken, JSONNode)]) throws(TokenizerError) {
        let vocabulary = try file.required("model").required("vocab")
        let most = vocabulary.count + added.count
        var spellings = [String?](repeating: nil, count: most)
        var count = 0
        func set(_ token: Int, _ spelling: String, _ node: JSONNode) throws(TokenizerError) {
            guard token < most else {
                throw node.malformed(
                    "is token \(token), but there are only \(most) tokens: some number has none"
                )
            }
            if let other = spellings[token], !other.utf8.elementsEqual(spelling.utf8) {
                throw node.malformed("has the number of \"\(other)\", \(token)")
            }
            spellings[token] = spelling
            count = max(count, token + 1)
        }
        try vocabulary.forEachPair { spelling, place throws(TokenizerError) in
            let name = String(decoding: spelling, as: UTF8.self)
            let node = vocabulary.node(at: place, name)
            try set(try node.natural(), name, node)
        }
        isSpecial = [Bool](repeating: false, count: most)
        identifiers = ByteStringTable(capacity: added.count)
        for (token, node) in added {
            try set(Int(token.token), token.text, node)
            guard identifiers.insert(Array(token.text.utf8), token.token) else {
                throw node.malformed("is a token that is there twice: \"\(token.text)\"")
            }
            if token.isSpecial { isSpecial[Int(token.token)] = true }
        }
        spellings.removeLast(most - count)
        for (token, spelling) in spellings.enumerated() where spelling == nil {
            throw file.malformed("no token has the number \(token), but \(count - 1) is one")
        }
        self.spellings = spellings
    }

    /// The pieces, as a decoder reads them: added tokens that are found after normalization read as
    /// their normalized text.
    func pieces(
        _ decoder: PieceDecoder,
        unknown: Int32?,
        normalized: [Int32: [UInt8]],
        scratch: MatchScratch
    ) -> [Piece] {
        spellings.indices.map { token in
            let kind: Piece.Kind =
                isSpecial[token] ? .control : unknown == Int32(token) ? .unknown : .ordinary
            let spelling = spellings[token] ?? ""
            guard let text = normalized[Int32(token)] else {
                return decoder.piece(spelling, kind: kind, scratch: scratch)
            }
            let piece = decoder.piece(
                String(decoding: text, as: UTF8.self),
                kind: kind,
                scratch: scratch
            )
            return Piece(spelling: spelling, text: piece.text, kind: piece.kind)
        }
    }
}
