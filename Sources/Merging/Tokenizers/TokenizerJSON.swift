import Checkpointing

/// Parts of a `tokenizer.json` as text that is the same for the same meaning.
enum TokenizerJSON {
    /// What the `tokenizers` library takes for a key that is missing, by the type of the part.
    private static let defaults: [String: [String: String]] = [
        "BPE": [
            "continuing_subword_prefix": "\"\"", "end_of_word_suffix": "\"\"", "fuse_unk": "false",
            "byte_fallback": "false", "ignore_merges": "false", "dropout": "0.0",
        ],
        "Unigram": ["byte_fallback": "false"],
        "WordPiece": ["max_input_chars_per_word": "100.0"],
        "ByteLevel": ["add_prefix_space": "true", "trim_offsets": "true", "use_regex": "true"],
        "Metaspace": ["prepend_scheme": "\"always\"", "split": "true"],
        "Split": ["invert": "false"],
        "Digits": ["individual_digits": "false"],
        "BertNormalizer": [
            "clean_text": "true", "handle_chinese_chars": "true", "lowercase": "true",
        ],
        "Strip": ["strip_left": "true", "strip_right": "true"],
    ]
    /// The keys of a sequence's parts.
    private static let sequences = ["normalizers", "pretokenizers", "processors", "decoders"]

    /// The text of a part; `null` and a part that is missing are the same.
    static func text(of value: ExactJSON) -> String {
        switch value {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): "\(number)"
        // The length keeps texts apart that hold what stands around them.
        case .text(let text): "\"\(text.text.utf8.count) \(text)\""
        case .list(let list): "[" + list.map(text).joined(separator: ",") + "]"
        case .object(let pairs): text(of: value, pairs)
        }
    }

    private static func text(
        of object: ExactJSON,
        _ pairs: [(key: ExactText, value: ExactJSON)]
    ) -> String {
        let type = object["type"]?.text?.text ?? ""
        if type == "Sequence", let parts = sequences.lazy.compactMap({ object[$0]?.list }).first {
            // A sequence of one is that one, and a sequence of none is nothing.
            let texts = parts.map(text).filter { $0 != "null" }
            if texts.count < 2 { return texts.first ?? "null" }
            return "[" + texts.joined(separator: ",") + "]"
        }
        var pairs = pairs
        if type == "Metaspace" {
            pairs.removeAll { $0.key.text == "add_prefix_space" }
            if object["prepend_scheme"] == nil, object["add_prefix_space"]?.flag == false {
                pairs.append((ExactText("prepend_scheme"), .text(ExactText("never"))))
            }
        }
        let standards = defaults[type] ?? [:]
        let texts = pairs.sorted { $0.key < $1.key }.compactMap { key, value -> String? in
            let text = text(of: value)
            let plain = value.text.map { "\"\($0)\"" } ?? text
            return text == "null" || plain == standards[key.text] ? nil : "\(key):\(text)"
        }
        return "{" + texts.joined(separator: ",") + "}"
    }
}
