/// A byte-pair model: a vocabulary, and the merges that make its tokens of characters or bytes.
///
/// Sennrich et al. 2016, and over bytes Radford et al. 2019.
struct BytePairModel: Sendable {
    /// Tokens by their spelling.
    private(set) var vocabulary: ByteStringTable
    private(set) var merges: MergeTable
    /// Whether the characters of the vocabulary stand for bytes.
    let isByteLevel: Bool
    /// The token of each byte of a byte-level vocabulary, -1 where there is none.
    private(set) var byteTokens: [Int32] = []
    /// The tokens `<0x00>` to `<0xFF>` for characters without a token, -1 where there is none;
    /// empty without byte fallback.
    private(set) var fallbackTokens: [Int32] = []
    /// The token of what has no other.
    private(set) var unknown: Int32?
    /// Whether unknown characters in a row are one token.
    let fusesUnknown: Bool
    /// Words that are a token whatever the merges say, by their bytes; nil where merges decide.
    private(set) var wholeWords: ByteStringTable?
    /// The sign before which a word may be cut without any merge across it; nil where none is.
    private(set) var border: [UInt8]?

    /// Cuts a word and appends its tokens.
    func append(
        _ word: UnsafeBufferPointer<UInt8>,
        scratch: EncodingScratch,
        to output: inout [Int32]
    ) {
        guard let border else { return appendWord(word, scratch: scratch, to: &output) }
        var start = 0
        var place = 1
        while place + border.count <= word.count {
            if word[place] == border[0], isBorder(border, at: place, of: word),
                !isBorder(border, at: place - border.count, of: word)
            {
                appendWord(.init(rebasing: word[start..<place]), scratch: scratch, to: &output)
                start = place
                place += border.count
            } else {
                place += 1
            }
        }
        appendWord(.init(rebasing: word[start...]), scratch: scratch, to: &output)
    }

    private func isBorder(
        _ border: [UInt8],
        at place: Int,
        of word: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard place >= 0 else { return false }
        for offset in 0..<border.count where word[place + offset] != border[offset] { return false }
        return true
    }

    private func appendWord(
        _ word: UnsafeBufferPointer<UInt8>,
        scratch: EncodingScratch,
        to output: inout [Int32]
    ) {
        guard word.count <= WordCache.longestWord else {
            return merge(word, scratch: scratch, to: &output)
        }
        let hash = ByteHash.hash(word)
        if scratch.cache.append(word, hash: hash, to: &output) { return }
        let first = output.count
        if let whole = wholeWords?.value(word) {
            output.append(whole)
        } else {
            merge(word, scratch: scratch, to: &output)
        }
        scratch.cache.insert(word, hash: hash, tokens: output[first...])
    }

    private func merge(
        _ word: UnsafeBufferPointer<UInt8>,
        scratch: EncodingScratch,
        to output: inout [Int32]
    ) {
        if word.count > WordCache.longestWord, let whole = wholeWords?.value(word) {
            return output.append(whole)
        }
        scratch.merger.symbols.removeAll(keepingCapacity: true)
        if isByteLevel {
            appendBytes(of: word, to: &scratch.merger.symbols)
        } else {
            appendCharacters(of: word, to: &scratch.merger.symbols)
        }
        scratch.merger.merge(with: merges)
        output.append(contentsOf: scratch.merger.symbols)
    }

    private func appendBytes(of word: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]) {
        var unknowns = PendingUnknown(token: unknown, fuses: fusesUnknown)
        for byte in word {
            let token = byteTokens[Int(byte)]
            if token >= 0 {
                unknowns.flush(to: &symbols)
                symbols.append(token)
            } else {
                unknowns.add(to: &symbols)
            }
        }
        unknowns.flush(to: &symbols)
    }

    private func appendCharacters(of word: UnsafeBufferPointer<UInt8>, to symbols: inout [Int32]) {
        var unknowns = PendingUnknown(token: unknown, fuses: fusesUnknown)
        var place = 0
        while place < word.count {
            let end = min(place + UTF8Text.length(first: word[place]), word.count)
            let character = UnsafeBufferPointer(rebasing: word[place..<end])
            place = end
            if let token = vocabulary.value(character) {
                unknowns.flush(to: &symbols)
                symbols.append(token)
            } else if !fallbackTokens.isEmpty,
                character.allSatisfy({ fallbackTokens[Int($0)] >= 0 })
            {
                // The library, too, leaves unknown characters before these where they are: pending.
                symbols.append(contentsOf: character.map { fallbackTokens[Int($0)] })
            } else {
                unknowns.add(to: &symbols)
            }
        }
        unknowns.flush(to: &symbols)
    }
}

/// Unknown characters that may still be joined by others; without a token they are dropped.
private struct PendingUnknown {
    let token: Int32?
    let fuses: Bool
    private var isPending = false

    init(token: Int32?, fuses: Bool) {
        (self.token, self.fuses) = (token, fuses)
    }

    mutating func add(to symbols: inout [Int32]) {
        if isPending, !fuses { flush(to: &symbols) }
        isPending = token != nil
    }

    mutating func flush(to symbols: inout [Int32]) {
        guard isPending, let token else { return }
        symbols.append(token)
        isPending = false
    }
}

extension BytePairModel {
    /// Reads the `model` of a file.
    ///
    /// - Parameters:
    ///   - node: The model.
    ///   - isByteLevel: Whether words come as bytes (`ByteLevel`).
    ///   - symbols: The spellings of special tokens, which no word becomes.
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode, isByteLevel: Bool, symbols: Set<[UInt8]>) throws(TokenizerError) {
        // Old files name no type; only byte-pair models have merges.
        let type = try node.text("type") ?? (node["merges"] == nil ? "without a type" : "BPE")
        guard type == "BPE" else { throw node.unsupported("the model \(type)") }
        if let dropout = node["dropout"],
            dropout.bytes.contains(where: { $0 != 0x30 && $0 != 0x2E })
        {
            throw dropout.unsupported("dropout \(dropout.shown)")
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            guard let text = node[key], try !text.text().isEmpty else { continue }
            throw text.unsupported("\(text.shown)")
        }
        self.isByteLevel = isByteLevel
        fusesUnknown = try node.flag("fuse_unk", false)
        vocabulary = try Self.vocabulary(node.required("vocab"))
        merges = MergeTable(capacity: 0)
        let joinsAcrossSpace = try readMerges(node.required("merges"))
        if let name = node["unk_token"] {
            guard let token = vocabulary.value(name.bytes) else {
                throw name.malformed("is \(name.shown), which is no token of 'model.vocab'")
            }
            unknown = token
        }
        let hasFallback = try node.flag("byte_fallback", false)
        if isByteLevel {
            if hasFallback {
                throw node.unsupported("byte_fallback with the pre-tokenizer ByteLevel")
            }
            byteTokens = ByteAlphabet.scalars.map { vocabulary.value(String($0)) ?? -1 }
        } else if hasFallback {
            fallbackTokens = (0...255).map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return vocabulary.value("<0x\(byte < 16 ? "0" : "")\(digits)>") ?? -1
            }
        }
        if try node.flag("ignore_merges", false) {
            wholeWords = try Self.wholeWords(
                node.required("vocab"),
                isByteLevel: isByteLevel,
                symbols: symbols
            )
        } else if !isByteLevel, !joinsAcrossSpace, vocabulary.value("\u{2581}") != nil {
            border = Array("\u{2581}".utf8)
        }
    }

    private static func vocabulary(_ node: JSONNode) throws(TokenizerError) -> ByteStringTable {
        var table = ByteStringTable(capacity: node.count)
        var owners = [Bool](repeating: false, count: TokenizerJSONModel.mostTokens)
        try node.forEachPair { spelling, place throws(TokenizerError) in
            let name = String(decoding: spelling, as: UTF8.self)
            let value = node.node(at: place, name)
            let token = try value.natural()
            guard token < TokenizerJSONModel.mostTokens else {
                throw value.malformed("is \(token), more than any vocabulary has")
            }
            guard !owners[token] else {
                throw value.malformed("is \(token), the number of another token too")
            }
            owners[token] = true
            guard table.insert(spelling, Int32(token)) else {
                throw value.malformed("is there twice")
            }
        }
        return table
    }

    private static func wholeWords(
        _ node: JSONNode,
        isByteLevel: Bool,
        symbols: Set<[UInt8]>
    ) throws(TokenizerError) -> ByteStringTable {
        var table = ByteStringTable(capacity: node.count)
        try node.forEachPair { spelling, place throws(TokenizerError) in
            guard !symbols.contains(Array(spelling)) else { return }
            let token = Int32(try node.node(at: place, "").natural())
            if !isByteLevel {
                _ = table.insert(spelling, token)
            } else if let bytes = ByteAlphabet.bytes(of: String(decoding: spelling, as: UTF8.self))
            {
                _ = table.insert(bytes, token)
            }
        }
        return table
    }

    /// Reads merges, texts with a space or pairs; says whether one joins something before a sign
    /// for a space with what begins with it.
    private mutating func readMerges(_ node: JSONNode) throws(TokenizerError) -> Bool {
        var table = MergeTable(capacity: node.count)
        var joined: [UInt8] = []
        var joinsAcrossSpace = false
        var rank = 0
        let space = Array("\u{2581}".utf8)
        let vocabulary = vocabulary
        try node.forEach { number, place throws(TokenizerError) in
            let merge = node.node(at: place, "\(number)")
            guard let (left, right) = try Self.parts(of: merge) else { return }
            func token(_ spelling: ArraySlice<UInt8>) throws(TokenizerError) -> Int32 {
                if let token = vocabulary.value(spelling) { return token }
                throw merge.malformed(
                    "names \"\(String(decoding: spelling.prefix(60), as: UTF8.self))\", which is no "
                        + "token of 'model.vocab'"
                )
            }
            joined.removeAll(keepingCapacity: true)
            joined += left
            joined += right
            table.insert(
                try token(left),
                try token(right),
                rank: rank,
                token: try token(joined[...])
            )
            rank += 1
            if right.starts(with: space), !left.suffix(space.count).elementsEqual(space) {
                joinsAcrossSpace = true
            }
        }
        merges = table
        return joinsAcrossSpace
    }

    /// The two tokens of a merge; nil for the version that old lists begin with.
    private static func parts(
        of merge: JSONNode
    ) throws(TokenizerError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        if merge.kind == .text {
            let text = merge.bytes
            guard !text.starts(with: "#version".utf8) else { return nil }
            let parts = text.split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw merge.malformed("is \(merge.shown), expected two tokens and a space")
            }
            return (parts[0], parts[1])
        }
        let parts = try merge.list()
        guard parts.count == 2, parts.allSatisfy({ $0.kind == .text }) else {
            throw merge.malformed("is \(merge.shown), expected two tokens")
        }
        return (parts[0].bytes, parts[1].bytes)
    }
}
