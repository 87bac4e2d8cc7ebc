import Checkpointing
import Foundation

/// The `tokenizer.json` of a byte-level BPE that a GGUF file holds.
enum BytePairFiles {
    private static let preKey = "tokenizer.ggml.pre"
    private static let mergesKey = "tokenizer.ggml.merges"

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - file: The GGUF file, whose `tokenizer.ggml.model` is `gpt2`.
    ///   - table: Its tokens; whether encoding begins with one is set here.
    /// - Returns: The bytes of `tokenizer.json`.
    /// - Throws: `GGUFError` for a pre-tokenizer that is not known here, or a merge of no tokens.
    static func json(of file: GGUFFile, _ table: inout TokenTable) throws -> Data {
        let name = try file.text(preKey) ?? "default"
        guard let form = BytePairForm.all.first(where: { $0.names.contains(name) }) else {
            throw file.error(preKey, expected: "one of \(BytePairForm.known)")
        }
        table.special.addsBeginning =
            try file.flag("tokenizer.ggml.add_bos_token") ?? form.addsBeginning
        let merges = try merges(of: file, table)
        // Rows that no token has are filled up again from the size of the embeddings.
        let tokens = table.tokens.enumerated().filter { $0.element.kind != .unused }
        let added = tokens.filter { [.control, .userDefined, .unknown].contains($0.element.kind) }
        let model: [(key: String, value: JSONText)] = [
            ("type", .text("BPE")), ("dropout", .null), ("unk_token", .null),
            ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
            ("fuse_unk", .flag(false)), ("byte_fallback", .flag(false)),
            ("ignore_merges", .flag(form.ignoresMerges)),
            ("vocab", .object(tokens.map { ($0.element.text, .integer($0.offset)) })),
            ("merges", .list(merges)),
        ]
        return JSONText.object([
            ("version", .text("1.0")), ("truncation", .null), ("padding", .null),
            (
                "added_tokens",
                .list(
                    added.map {
                        Self.added(
                            $0.offset,
                            $0.element.text,
                            isSpecial: $0.element.kind != .userDefined
                        )
                    }
                )
            ),
            ("normalizer", form.normalizer), ("pre_tokenizer", form.preTokenizer),
            ("post_processor", Self.processor(table)),
            ("decoder", BytePairForm.bytes(splits: true)), ("model", .object(model)),
        ]).data(levels: 3)
    }

    private static func merges(of file: GGUFFile, _ table: TokenTable) throws -> [JSONText] {
        let known = Set(table.tokens.map { ExactText($0.text) })
        return try file.texts(mergesKey).enumerated().map { place, merge in
            let parts = MergeText.parts(of: merge)
            guard parts.count == 2,
                (parts + [parts.joined()]).allSatisfy({ known.contains(ExactText($0)) })
            else {
                throw file.error(
                    mergesKey,
                    found: "\"\(merge.prefix(60))\" at \(place)",
                    expected: "two tokens of the vocabulary that make a third, with a space between"
                )
            }
            return .list(parts.map(JSONText.text))
        }
    }

    /// An entry of `added_tokens`, which is found in a text as it is.
    static func added(_ number: Int, _ text: String, isSpecial: Bool) -> JSONText {
        .object([
            ("id", .integer(number)), ("content", .text(text)),
            ("single_word", .flag(false)), ("lstrip", .flag(false)), ("rstrip", .flag(false)),
            ("normalized", .flag(false)), ("special", .flag(isSpecial)),
        ])
    }

    /// Puts the beginning first where encoding does so.
    static func processor(_ table: TokenTable) -> JSONText {
        let special = table.special
        let ends = [
            special.addsBeginning ? special.beginning : nil, special.addsEnd ? special.end : nil,
        ]
        guard ends.contains(where: { $0 != nil }) else {
            return .object([
                ("type", .text("ByteLevel")), ("add_prefix_space", .flag(true)),
                ("trim_offsets", .flag(false)), ("use_regex", .flag(true)),
            ])
        }
        func part(_ token: Int?, _ segment: Int) -> [JSONText] {
            guard let token else { return [] }
            let content: [(key: String, value: JSONText)] = [
                ("id", .text(table.tokens[token].text)), ("type_id", .integer(segment)),
            ]
            return [.object([("SpecialToken", .object(content))])]
        }
        func run(_ name: String, _ segment: Int) -> [JSONText] {
            let content: [(key: String, value: JSONText)] = [
                ("id", .text(name)), ("type_id", .integer(segment)),
            ]
            return part(ends[0], segment) + [.object([("Sequence", .object(content))])]
                + part(ends[1], segment)
        }
        let specials = Set(ends.compactMap { $0 }).sorted().map { token in
            let text = table.tokens[token].text
            let content: [(key: String, value: JSONText)] = [
                ("id", .text(text)), ("ids", .list([.integer(token)])),
                ("tokens", .list([.text(text)])),
            ]
            return (key: text, value: JSONText.object(content))
        }
        return .object([
            ("type", .text("TemplateProcessing")), ("single", .list(run("A", 0))),
            ("pair", .list(run("A", 0) + run("B", 1))), ("special_tokens", .object(specials)),
        ])
    }
}
