import CSentencePiece

/// One entry of a vocabulary.
struct Piece: Equatable, Sendable {
    /// What a piece does when it is decoded.
    enum Kind: Equatable, Sendable {
        case ordinary
        case unknown
        case control
        case byte(UInt8)
        /// Bytes that are no whole characters, of a byte-level vocabulary.
        case fragment([UInt8])
    }

    /// The sign for a space inside a spelling.
    static let space: Unicode.Scalar = "\u{2581}"

    /// What an identifier outside of a vocabulary without an unknown piece is.
    static let none = Piece(spelling: "", text: "", kind: .control)

    /// The piece as the model spells it.
    let spelling: String
    /// The piece as text, with spaces.
    let text: String
    let kind: Kind

    /// Takes all that is known of a piece.
    init(spelling: String, text: String, kind: Kind) {
        (self.spelling, self.text, self.kind) = (spelling, text, kind)
    }

    /// Reads one piece of a loaded model; `identifier` must be in range.
    ///
    /// A symbol (`ModelFields.symbols`) is an ordinary piece, whatever the loaded model makes of
    /// it.
    init(of model: OpaquePointer, identifier: Int32, isSymbol: Bool) {
        var length = 0
        var code = sentencepiece_kind_ordinary
        let characters = sentencepiece_model_piece(model, identifier, &length, &code)
        // The model owns the characters and outlives this copy.
        let spelling = UnsafeRawBufferPointer(start: characters, count: length)
            .withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
        self.spelling = spelling
        var text = String.UnicodeScalarView()
        text.append(contentsOf: spelling.unicodeScalars.map { $0 == Self.space ? " " : $0 })
        self.text = String(text)
        switch code {
        case sentencepiece_kind_unknown: kind = .unknown
        case sentencepiece_kind_control: kind = isSymbol ? .ordinary : .control
        case sentencepiece_kind_byte:
            kind = Self.byte(spelledBy: spelling).map(Kind.byte) ?? .ordinary
        default: kind = .ordinary
        }
    }

    /// The byte of a spelling such as `<0x41>`.
    static func byte(spelledBy spelling: String) -> UInt8? {
        guard spelling.utf8.count == 6, spelling.hasPrefix("<0x"), spelling.hasSuffix(">") else {
            return nil
        }
        return UInt8(spelling.dropFirst(3).dropLast(), radix: 16)
    }

    /// Whether the spelling begins with the sign for a space.
    var beginsWithSpace: Bool { spelling.unicodeScalars.first == Self.space }
}

extension Tokenizer {
    /// The piece as the model spells it: in SentencePiece with `▁` for a space and `<0x41>` for a
    /// byte, in a byte-level vocabulary with `Ġ` for a space.
    ///
    /// An identifier outside the vocabulary has the spelling of the unknown piece.
    ///
    /// - Parameter token: An identifier.
    /// - Returns: The spelling.
    public func piece(of token: Int32) -> String {
        entry(of: token).spelling
    }

    /// Whether a token is silent, such as beginning, end and padding.
    ///
    /// - Parameter token: An identifier.
    /// - Returns: True for control pieces.
    public func isControl(_ token: Int32) -> Bool {
        entry(of: token).kind == .control
    }

    /// Whether a token stands for bytes that need others to be characters: a byte piece, or one of
    /// a byte-level vocabulary that begins or ends inside of a character.
    package func isByte(_ token: Int32) -> Bool {
        switch entry(of: token).kind {
        case .byte, .fragment: true
        case .ordinary, .unknown, .control: false
        }
    }

    /// How many bytes of UTF-8 text a token stands for, which likelihood is divided by.
    ///
    /// A byte piece is 1, control and unknown pieces are 0, and a space is 1, also the one that
    /// encoding puts before a text: the lengths of `encode(text)` add up to `text.utf8.count + 1`
    /// for any text but the empty one, when the model adds that space and knows every character. In
    /// a byte-level vocabulary they add up to `text.utf8.count`.
    package func byteLength(of token: Int32) -> Int {
        let piece = entry(of: token)
        return switch piece.kind {
        case .ordinary: piece.text.utf8.count
        case .byte: 1
        case .fragment(let bytes): bytes.count
        case .unknown, .control: 0
        }
    }

    /// The entry of a token, that of the unknown piece when it is outside the vocabulary.
    func entry(of token: Int32) -> Piece {
        let pieces = model.pieces
        if token >= 0, token < pieces.count { return pieces[Int(token)] }
        return model.special.unknown.map { pieces[Int($0)] } ?? .none
    }
}
