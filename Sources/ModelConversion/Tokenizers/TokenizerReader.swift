import Checkpointing
import Foundation

/// Reads a `tokenizer.json` of byte pair encoding, of bytes or of SentencePiece's characters.
struct TokenizerReader {
    private let path: String
    private let json: ExactJSON

    /// Reads the file.
    ///
    /// - Throws: `DamagedFile` when it is no JSON; errors of reading.
    init(at url: URL) throws {
        path = url.path(percentEncoded: false)
        do { json = try ExactJSON(Array(InputFile.data(at: url))) } catch is MalformedJSON {
            throw DamagedFile(
                path: path,
                reason: "it is no complete JSON",
                expected: "a file as Hugging Face tokenizers write it"
            )
        }
    }

    /// Tokens, and the keys of a GGUF file that are the tokenizer's own.
    ///
    /// - Throws: `GGUFError` for what is damaged, or what llama.cpp has no word for.
    func read() throws -> (TokenTable, [(key: String, value: GGUFValue)]) {
        guard let model = json["model"], model["type"]?.text?.text ?? "BPE" == "BPE" else {
            throw refuse("model", shown(json["model"]?["type"]), "\"BPE\"")
        }
        var table = try TokenTable(vocabulary(model))
        let merges = try merges(model)
        readProcessor(&table)
        if model["byte_fallback"]?.flag == true {
            return try pieces(model, merges, table)
        }
        let form = try form(model)
        let own: [(key: String, value: GGUFValue)] = [
            ("tokenizer.ggml.model", .text("gpt2")),
            ("tokenizer.ggml.pre", .text(form.names[0])),
            ("tokenizer.ggml.merges", .list(GGUFList(merges.map { "\($0.0) \($0.1)" }))),
        ]
        return (table, own)
    }

    // MARK: - Vocabulary

    private func vocabulary(_ model: ExactJSON) throws -> [TokenTable.Token] {
        guard let pairs = model["vocab"]?.pairs, !pairs.isEmpty else {
            throw refuse("model.vocab", "missing or empty", "tokens and their numbers")
        }
        var tokens: [Int: TokenTable.Token] = [:]
        func place(_ token: TokenTable.Token, _ number: Int?, _ key: String) throws {
            guard let number, (0..<1 << 24).contains(number) else {
                throw refuse(key, "a token without a number", "a number for each token")
            }
            if let other = tokens[number], !other.text.utf8.elementsEqual(token.text.utf8) {
                throw refuse(
                    key,
                    "\(number) for \"\(token.text.prefix(40))\" and \"\(other.text.prefix(40))\"",
                    "a number for each token"
                )
            }
            tokens[number] = token
        }
        for (text, number) in pairs {
            let isByte = PieceFiles.isByte(text.text)
            let kind: TokenTable.Kind =
                isByte && model["byte_fallback"]?.flag == true
                ? .byte : .normal
            try place(.init(text: text.text, kind: kind), number.integer, "model.vocab")
        }
        let unknown = model["unk_token"]?.text
        for added in json["added_tokens"]?.list ?? [] {
            guard let text = added["content"]?.text else {
                throw refuse("added_tokens", "a token without content", "a text for each")
            }
            let isSpecial = added["special"]?.flag ?? false
            let kind: TokenTable.Kind =
                text == unknown ? .unknown : isSpecial ? .control : .userDefined
            try place(.init(text: text.text, kind: kind), added["id"]?.integer, "added_tokens")
        }
        let count = (tokens.keys.max() ?? 0) + 1
        // A few holes are usual; a lie about numbers must not fill the memory.
        guard count <= 2 * tokens.count + 65_536 else {
            throw refuse("model.vocab", "\(tokens.count) tokens up to \(count)", "few holes")
        }
        return (0..<count).map { tokens[$0] ?? .unused($0) }
    }

    private func merges(_ model: ExactJSON) throws -> [(String, String)] {
        guard let list = model["merges"]?.list else {
            throw refuse("model.merges", "missing", "a list of merges")
        }
        return try list.enumerated().map { place, merge in
            let parts: [String]
            if let pair = merge.list {
                parts = pair.compactMap { $0.text?.text }
            } else {
                parts = MergeText.parts(of: merge.text?.text ?? "")
            }
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0x20) })
            else {
                throw refuse("model.merges", "no pair at \(place)", "pairs of tokens")
            }
            return (parts[0], parts[1])
        }
    }

    /// Takes from a template whether encoding puts special tokens at the ends.
    private func readProcessor(_ table: inout TokenTable) {
        let processor = json["post_processor"]
        let parts = processor?["processors"]?.list ?? [processor].compactMap { $0 }
        for part in parts where part["type"]?.text?.text == "TemplateProcessing" {
            let single = part["single"]?.list ?? []
            table.hasTemplate = true
            table.special.addsBeginning = single.count > 1 && single.first?["SpecialToken"] != nil
            table.special.addsEnd = single.count > 1 && single.last?["SpecialToken"] != nil
        }
    }

    // MARK: - Forms

    private func form(_ model: ExactJSON) throws -> BytePairForm {
        let ignoresMerges = model["ignore_merges"]?.flag ?? false
        let isComposed = json["normalizer"]?["type"]?.text?.text == "NFC"
        guard json["normalizer"] == nil || isComposed else {
            throw refuse("normalizer", shown(json["normalizer"]?["type"]), "null or NFC")
        }
        let steps = BytePairForm.steps(of: json["pre_tokenizer"])
        let found = BytePairForm.all.first {
            $0.steps == steps && $0.isComposed == isComposed && $0.ignoresMerges == ignoresMerges
        }
        // Composing first, or not, is the same to texts that are composed, as nearly all are.
        let near = BytePairForm.all.first {
            $0.steps == steps && $0.ignoresMerges == ignoresMerges
        }
        guard let form = found ?? near else {
            throw refuse(
                "pre_tokenizer",
                shown(json["pre_tokenizer"]?["type"]) + " in a form that llama.cpp has no name for",
                "that of " + BytePairForm.all.map { $0.names[0] }.joined(separator: ", ")
            )
        }
        return form
    }

    /// A tokenizer of SentencePiece origin: scores follow from the order of merges.
    private func pieces(
        _ model: ExactJSON,
        _ merges: [(String, String)],
        _ table: TokenTable
    ) throws -> (TokenTable, [(key: String, value: GGUFValue)]) {
        var table = table
        let space = "\u{2581}"
        let normalizers =
            json["normalizer"]?["normalizers"]?.list
            ?? [json["normalizer"]].compactMap { $0 }
        let replaces = normalizers.contains {
            $0["type"]?.text?.text == "Replace" && $0["content"]?.text?.text == space
        }
        let prepends = normalizers.contains { $0["type"]?.text?.text == "Prepend" }
        let splits = json["pre_tokenizer"]
        let isMetaspace = splits?["type"]?.text?.text == "Metaspace"
        guard replaces || isMetaspace, splits == nil || isMetaspace,
            normalizers.allSatisfy({
                ["Replace", "Prepend"].contains($0["type"]?.text?.text ?? "")
            })
        else {
            throw refuse(
                "normalizer",
                shown(json["normalizer"]?["type"]),
                "Prepend and Replace, or a pre-tokenizer Metaspace, as SentencePiece models have"
            )
        }
        let scheme = splits?["prepend_scheme"]?.text?.text
        let isPrefixed =
            prepends
            || isMetaspace
                && (scheme.map { $0 != "never" } ?? splits?["add_prefix_space"]?.flag ?? true)
        var scores: [ExactText: Float] = [:]
        for (rank, merge) in merges.enumerated() {
            let text = ExactText(merge.0 + merge.1)
            if scores[text] == nil { scores[text] = -Float(rank) }
        }
        for index in table.tokens.indices where table.tokens[index].kind == .normal {
            let token = table.tokens[index]
            table.tokens[index].score = scores[ExactText(token.text)] ?? -Float(merges.count)
        }
        table.special.unknown = table.tokens.firstIndex { $0.kind == .unknown }
        return (
            table,
            [
                ("tokenizer.ggml.model", .text("llama")),
                ("tokenizer.ggml.pre", .text("default")),
                ("tokenizer.ggml.add_space_prefix", .flag(isPrefixed)),
            ]
        )
    }

    private func shown(_ value: ExactJSON?) -> String {
        value?.text.map { "\"\($0.text)\"" } ?? "missing"
    }

    private func refuse(_ key: String, _ found: String, _ expected: String) -> GGUFError {
        GGUFError(path: path, found: "'\(key)' is \(found)", expected: expected)
    }
}

/// A merge as one text: two tokens with a space between.
enum MergeText {
    /// The tokens.
    ///
    /// Split between scalars: a space and an accent behind it are one character to Swift.
    static func parts(of merge: String) -> [String] {
        merge.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0)) }
    }
}
