import Checkpointing
import Foundation

extension TokenizerSource {
    /// Reads a `tokenizer.json` of the `tokenizers` library, whatever its version.
    ///
    /// White space, the order of keys, merges as `"a b"` or as pairs, and defaults that are spelled
    /// out or left away make no difference; nor do truncation and padding, which are settings of a
    /// call.
    ///
    /// - Throws: `UnknownTokenizerForm`.
    init(file: String, tokenizerJSON data: Data) throws {
        self.init(file: file)
        let object = try ExactJSON(Array(data))
        guard let model = object["model"], let settings = model.pairs else {
            throw UnknownTokenizerForm()
        }
        for token in object["added_tokens"]?.list ?? [] {
            guard let id = token["id"]?.integer, let text = token["content"]?.text else {
                throw UnknownTokenizerForm()
            }
            added.append(Added(id: id, text: text, isSpecial: token["special"]?.flag))
        }
        try readVocabulary(model["vocab"])
        let merges = model["merges"]?.list
        if let merges {
            rules["merges"] = .of(text: try merges.map(Self.merge).joined(separator: "\n"))
        }
        var others = settings.filter { !["vocab", "merges"].contains($0.key.text) }
        // Old versions leave the type out, which follows from the vocabulary then.
        if model["type"] == nil {
            let type = merges != nil ? "BPE" : model["vocab"]?.list != nil ? "Unigram" : "WordLevel"
            others.append((ExactText("type"), .text(ExactText(type))))
        }
        rules["settings of the model"] = .of(text: TokenizerJSON.text(of: .object(others)))
        for key in ["normalizer", "pre_tokenizer"] {
            rules[key] = .of(text: TokenizerJSON.text(of: object[key] ?? .null))
        }
        for key in ["post_processor", "decoder"] {
            surroundings[key] = .of(text: TokenizerJSON.text(of: object[key] ?? .null))
        }
    }

    private mutating func readVocabulary(_ value: ExactJSON?) throws {
        if let pairs = value?.pairs {
            for (text, number) in pairs {
                guard let id = number.integer else { throw UnknownTokenizerForm() }
                vocabulary[id] = text
            }
            return
        }
        guard let list = value?.list else { throw UnknownTokenizerForm() }
        var scores: [String] = []
        for (id, entry) in list.enumerated() {
            guard let parts = entry.list, parts.count == 2, let text = parts[0].text,
                let score = parts[1].number
            else { throw UnknownTokenizerForm() }
            vocabulary[id] = text
            scores.append("\(score)")
        }
        rules["scores"] = .of(text: scores.joined(separator: " "))
    }

    /// A merge as two texts, however it was written.
    private static func merge(_ value: ExactJSON) throws -> String {
        let parts =
            value.list?.compactMap(\.text?.text)
            ?? value.text?.text.utf8.split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            }
        guard let parts, parts.count == 2 else { throw UnknownTokenizerForm() }
        // The length keeps pairs apart whose texts run together.
        return "\(parts[0].utf8.count) \(parts[0])\(parts[1])"
    }

    /// Reads the vocabulary of byte-level pair encoding in two files.
    ///
    /// - Throws: `UnknownTokenizerForm`.
    init(file: String, vocabularyJSON data: Data, merges: Data?) throws {
        self.init(file: file)
        try readVocabulary(ExactJSON(Array(data)))
        guard let merges else { return }
        let lines = merges.split(whereSeparator: { $0 == 10 || $0 == 13 })
        let rules = lines.filter { !$0.starts(with: "#version".utf8) }
        self.rules["merges"] = .of(Data(rules.joined(separator: [10])))
    }

    /// Reads `added_tokens.json`: numbers by text.
    ///
    /// - Throws: `UnknownTokenizerForm`.
    init(file: String, addedTokens data: Data) throws {
        self.init(file: file)
        guard let pairs = try ExactJSON(Array(data)).pairs else { throw UnknownTokenizerForm() }
        added = try pairs.map { text, number in
            guard let id = number.integer else { throw UnknownTokenizerForm() }
            return Added(id: id, text: text, isSpecial: nil)
        }
    }

    /// Reads `tokenizer_config.json` or `special_tokens_map.json`: the tokens that play a part, and
    /// in the former those that were added.
    ///
    /// - Throws: `UnknownTokenizerForm`.
    init(file: String, configuration data: Data) throws {
        self.init(file: file)
        let object = try ExactJSON(Array(data))
        guard object.pairs != nil else { throw UnknownTokenizerForm() }
        for role in ["bos_token", "eos_token", "unk_token", "pad_token"] {
            roles[role] = object[role]?.text ?? object[role]?["content"]?.text
        }
        for (key, value) in object["added_tokens_decoder"]?.pairs ?? [] {
            guard let id = Int(key.text), let text = value["content"]?.text else {
                throw UnknownTokenizerForm()
            }
            added.append(Added(id: id, text: text, isSpecial: value["special"]?.flag))
        }
    }
}
