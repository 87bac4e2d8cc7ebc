import Checkpointing
import Foundation
import Tokenization

/// What the files beside a tokenizer say of tokens with a meaning.
struct SpecialTokenReader {
    private let configuration: ConfigurationFields
    private let settings: ConfigurationFields?
    private let added: ConfigurationFields?
    private let template: String?

    /// Reads `tokenizer_config.json`, `added_tokens.json` and `chat_template.jinja` where they are
    /// there.
    ///
    /// - Throws: `ConfigurationError` and errors of reading.
    init(in folder: URL, _ configuration: ConfigurationFields) throws {
        self.configuration = configuration
        func fields(_ name: String) throws -> ConfigurationFields? {
            guard InputFile.exists(folder.appending(path: name)) else { return nil }
            return try ConfigurationFields(of: folder, file: name)
        }
        settings = try fields(ChatTemplateFile.tokenizerFile)
        added = try fields("added_tokens.json")
        template = try ChatTemplateFile.text(of: folder)
    }

    /// Adds tokens that a SentencePiece model does not have itself.
    ///
    /// - Throws: `ConfigurationError` when one has the number of another token.
    func addTokens(to table: inout TokenTable) throws {
        var tokens: [Int: (text: String, isSpecial: Bool)] = [:]
        if let added {
            for (text, value) in added.values {
                guard let number = value as? Int, (0..<1 << 24).contains(number) else {
                    throw added.error(
                        text,
                        found: added.shown(text),
                        expected: "the number of a token"
                    )
                }
                tokens[number] = (text, false)
            }
        }
        if let decoder = try settings?.object("added_tokens_decoder") {
            for key in decoder.values.keys {
                guard let number = Int(key), (0..<1 << 24).contains(number),
                    let token = try decoder.object(key), let text = try token.text("content")
                else {
                    throw decoder.error(
                        key,
                        found: decoder.shown(key),
                        expected: "the number of a token, and its content"
                    )
                }
                tokens[number] = (text, try token.flag("special") ?? false)
            }
        }
        for (number, token) in tokens.sorted(by: { $0.key < $1.key }) {
            try add(token.text, isSpecial: token.isSpecial, at: number, to: &table)
        }
    }

    private func add(
        _ text: String,
        isSpecial: Bool,
        at number: Int,
        to table: inout TokenTable
    ) throws {
        let kind: TokenTable.Kind = isSpecial ? .control : .userDefined
        if number < table.tokens.count {
            guard table.tokens[number].text.utf8.elementsEqual(text.utf8) else {
                throw configuration.error(
                    "tokenizer_config.json",
                    found: "\"\(text.prefix(40))\" as token \(number)",
                    expected: "\"\(table.tokens[number].text.prefix(40))\", as in tokenizer.model"
                )
            }
            if table.tokens[number].kind == .normal { table.tokens[number].kind = kind }
        } else {
            table.fill(to: number)
            table.tokens.append(.init(text: text, kind: kind, score: -1_000))
        }
    }

    /// Sets what the files say: `tokenizer_config.json` first, then the model, then `config.json`.
    ///
    /// - Throws: `ConfigurationError` for a token that is not in the vocabulary.
    func complete(_ table: inout TokenTable) throws {
        var numbers: [ExactText: Int] = [:]
        for (number, token) in table.tokens.enumerated() { numbers[ExactText(token.text)] = number }
        func find(_ name: String, _ known: Int?) throws -> Int? {
            if let settings, let text = try text(settings, "\(name)_token") {
                if let number = numbers[ExactText(text)] { return number }
                throw settings.error(
                    "\(name)_token",
                    found: "\"\(text.prefix(40))\"",
                    expected: "a token of the vocabulary"
                )
            }
            if let known { return known }
            let key = "\(name)_token_id"
            guard configuration.isGiven(key) else { return nil }
            return try configuration.identifiers(key, vocabularySize: table.tokens.count)?
                .first.map(Int.init)
        }
        table.special.beginning = try find("bos", table.special.beginning)
        table.special.end = try find("eos", table.special.end)
        table.special.unknown = try find("unk", table.special.unknown)
        table.special.padding = try find("pad", table.special.padding)
        if !table.hasTemplate, let settings {
            table.special.addsBeginning =
                try settings.flag("add_bos_token") ?? table.special.addsBeginning
            table.special.addsEnd = try settings.flag("add_eos_token") ?? table.special.addsEnd
        }
        if table.special.beginning == nil { table.special.addsBeginning = false }
        if table.special.end == nil { table.special.addsEnd = false }
        // Runs of earlier versions have nothing beside the pieces of their tokenizers.
        let isAskedBySymbols =
            settings == nil && ChatSymbols.all.allSatisfy { numbers[ExactText($0)] != nil }
        table.special.chatTemplate = template ?? (isAskedBySymbols ? ChatSymbols.template : nil)
    }

    /// A token as a text, or as an object with its content.
    private func text(_ fields: ConfigurationFields, _ key: String) throws -> String? {
        guard fields.isGiven(key) else { return nil }
        if fields.values[key] is String { return try fields.text(key) }
        return try fields.object(key)?.text("content")
    }
}
