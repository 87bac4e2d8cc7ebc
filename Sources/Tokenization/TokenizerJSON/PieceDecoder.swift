/// What the `decoder` of a file makes of each token.
struct PieceDecoder {
    /// How pieces become a text.
    private(set) var decoding = PieceDecoding()
    private var replacements: [(TextPattern, [UInt8])] = []
    private var isByteLevel = false
    private var hasByteFallback = false
    private var sign: Unicode.Scalar?
    private var fuses = false
    private var isOver = false

    /// Reads the `decoder` of a file.
    ///
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode?, of file: JSONNode) throws(TokenizerError) {
        guard let node else { throw file.unsupported("a tokenizer without a decoder") }
        try read(node)
    }

    private mutating func read(_ node: JSONNode) throws(TokenizerError) {
        let type = try node.required("type").text()
        if type == "Sequence" {
            for part in try node.required("decoders").list() { try read(part) }
            return
        }
        guard !isOver else { throw node.unsupported("the decoder \(type) behind another") }
        switch type {
        case "Replace":
            guard !hasByteFallback, !fuses else {
                throw node.unsupported("the decoder Replace behind ByteFallback or Fuse")
            }
            replacements.append(
                (
                    try TextPattern(node.required("pattern")),
                    Array(try node.required("content").text().utf8)
                )
            )
        case "ByteFallback": hasByteFallback = true
        case "Fuse": fuses = true
        case "Strip":
            let content = try node.required("content").text().unicodeScalars
            guard fuses, content.count == 1, let character = content.first,
                try node.required("stop").natural() == 0
            else { throw node.unsupported("the decoder Strip of each token, or at the end") }
            let count = try node.required("start").natural()
            decoding.beginning = .strips(character, count: count)
            isOver = true
        case "ByteLevel":
            guard replacements.isEmpty, !hasByteFallback else {
                throw node.unsupported("the decoder ByteLevel behind another")
            }
            isByteLevel = true
            decoding.joinsBrokenBytes = true
            isOver = true
        case "Metaspace":
            let replacement = try node.required("replacement").text().unicodeScalars
            guard replacement.count == 1, let sign = replacement.first else {
                throw node.malformed("has a replacement of more or less than one character")
            }
            let scheme = try PreTokenizer.PrependScheme(metaspace: node)
            self.sign = sign
            if scheme != .never { decoding.beginning = .dropsSign(sign) }
            isOver = true
        default: throw node.unsupported("the decoder \(type)")
        }
    }

    /// The piece of a token by its spelling and by what is known of it: special tokens are
    /// `control`.
    func piece(_ spelling: String, kind: Piece.Kind, scratch: MatchScratch) -> Piece {
        if kind == .control { return Piece(spelling: spelling, text: spelling, kind: kind) }
        if isByteLevel {
            guard let bytes = ByteAlphabet.bytes(of: spelling) else {
                return Piece(spelling: spelling, text: spelling, kind: kind)
            }
            if let text = String(validating: bytes, as: UTF8.self) {
                return Piece(spelling: spelling, text: text, kind: kind)
            }
            return Piece(spelling: spelling, text: "", kind: .fragment(bytes))
        }
        var text = Array(spelling.utf8)
        for (pattern, replacement) in replacements {
            Normalizer.replace(pattern, with: replacement, in: &text, scratch: scratch)
        }
        if let sign {
            let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
                .map { $0 == sign ? " " : $0 }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return Piece(spelling: spelling, text: String(view), kind: kind)
        }
        let decoded = String(decoding: text, as: UTF8.self)
        if hasByteFallback, let byte = Piece.byte(spelledBy: decoded) {
            return Piece(spelling: spelling, text: decoded, kind: .byte(byte))
        }
        return Piece(spelling: spelling, text: decoded, kind: kind)
    }
}
