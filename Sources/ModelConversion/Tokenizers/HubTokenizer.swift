import Checkpointing
import Foundation

/// A `tokenizer.model` that this program has trained, as `transformers` reads it.
///
/// Of the pieces alone, `transformers` makes a tokenizer that puts a space before the first text and
/// none behind a symbol, where SentencePiece puts one before each text: a question behind
/// `<|user|>` would be other tokens than the model has learned. A `tokenizer.json` says all of it.
package enum HubTokenizer {
    /// Makes the files that belong beside the pieces.
    ///
    /// - Parameters:
    ///   - pieces: A `tokenizer.model` with identity normalisation and a space before every text.
    ///   - context: The positions of the model.
    ///   - chatTemplate: How conversations are written, in Jinja; nil where nothing is known.
    /// - Returns: Names and contents.
    /// - Throws: `DamagedFile`, `GGUFError` for a model of words or characters, errors of reading.
    package static func files(
        beside pieces: URL,
        context: Int,
        chatTemplate: String?
    ) throws -> [(name: String, data: Data)] {
        let (read, fields) = try PieceReader(at: pieces).read()
        var table = read
        table.special.chatTemplate = chatTemplate
        let isUnigram = fields.contains { $0.value == .text(PieceReader.unigramName) }
        return [
            ("tokenizer.json", json(table, isUnigram: isUnigram)),
            (
                ChatTemplateFile.tokenizerFile,
                table.settings(className: "PreTrainedTokenizerFast", context: context)
            ),
        ]
    }

    private static func json(_ table: TokenTable, isUnigram: Bool) -> Data {
        // A newline or a digit is text with a piece of its own: as a symbol it would cut the text,
        // and a space would stand behind it.
        let symbols = table.tokens.enumerated().filter { _, token in
            switch token.kind {
            case .control, .unknown: true
            case .userDefined: token.text.unicodeScalars.count > 1
            case .normal, .unused, .byte: false
            }
        }
        return JSONText.object([
            ("version", .text("1.0")), ("truncation", .null), ("padding", .null),
            (
                "added_tokens",
                .list(
                    symbols.map {
                        BytePairFiles.added($0.offset, $0.element.text, isSpecial: true)
                    }
                )
            ),
            ("normalizer", normalizer), ("pre_tokenizer", .null),
            ("post_processor", BytePairFiles.processor(table)), ("decoder", decoder),
            ("model", .object(isUnigram ? unigram(table) : bytePairs(table))),
        ]).data(levels: 3)
    }

    private static let space = "\u{2581}"

    private static func replacement(
        of text: String,
        by other: String
    ) -> JSONText {
        .object([
            ("type", .text("Replace")), ("pattern", .object([("String", .text(text))])),
            ("content", .text(other)),
        ])
    }

    private static let normalizer = JSONText.object([
        ("type", .text("Sequence")),
        (
            "normalizers",
            .list([
                .object([("type", .text("Prepend")), ("prepend", .text(space))]),
                replacement(of: " ", by: space),
            ])
        ),
    ])

    private static let decoder = JSONText.object([
        ("type", .text("Sequence")),
        (
            "decoders",
            .list([
                replacement(of: space, by: " "), .object([("type", .text("ByteFallback"))]),
                .object([("type", .text("Fuse"))]),
                .object([
                    ("type", .text("Strip")), ("content", .text(" ")), ("start", .integer(1)),
                    ("stop", .integer(0)),
                ]),
            ])
        ),
    ])

    private static func hasBytes(_ table: TokenTable) -> JSONText {
        .flag(table.tokens.contains { $0.kind == .byte })
    }

    private static func unigram(_ table: TokenTable) -> [(key: String, value: JSONText)] {
        [
            ("type", .text("Unigram")),
            ("unk_id", table.special.unknown.map(JSONText.integer) ?? .null),
            (
                "vocab",
                .list(table.tokens.map { .list([.text($0.text), .decimal(Double($0.score))]) })
            ),
            ("byte_fallback", hasBytes(table)),
        ]
    }

    private static func bytePairs(_ table: TokenTable) -> [(key: String, value: JSONText)] {
        [
            ("type", .text("BPE")), ("dropout", .null),
            ("unk_token", table.special.unknown.map { .text(table.tokens[$0].text) } ?? .null),
            ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
            ("fuse_unk", .flag(true)), ("byte_fallback", hasBytes(table)),
            ("ignore_merges", .flag(false)),
            (
                "vocab",
                .object(table.tokens.enumerated().map { ($0.element.text, .integer($0.offset)) })
            ),
            ("merges", .list(merges(table))),
        ]
    }

    /// All pairs of pieces that make a third, in the order in which SentencePiece joins them: by
    /// the score of the third.
    private static func merges(_ table: TokenTable) -> [JSONText] {
        let pieces = table.tokens.filter { $0.kind == .normal }
        let known = Set(pieces.map { ExactText($0.text) })
        return pieces.sorted { $0.score > $1.score }.flatMap { piece in
            let scalars = piece.text.unicodeScalars
            return scalars.indices.dropFirst().compactMap { border -> JSONText? in
                let parts = [String(scalars[..<border]), String(scalars[border...])]
                guard parts.allSatisfy({ known.contains(ExactText($0)) }) else { return nil }
                return .list(parts.map(JSONText.text))
            }
        }
    }
}
