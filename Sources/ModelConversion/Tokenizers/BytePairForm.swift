import Checkpointing

/// How byte-level BPE splits a text before it merges, under llama.cpp's names
/// (llama-vocab.cpp, `llm_tokenizer_bpe`).
struct BytePairForm {
    /// A step of a pre-tokenizer.
    enum Step: Equatable {
        /// Each digit by itself.
        case digits
        /// Matches of an expression, and what is between them.
        case split(String)
        /// Bytes become letters; with GPT-2's expression or without.
        case bytes(splits: Bool)
    }

    /// The names that it has in GGUF files, the first of them is written.
    let names: [String]
    /// The steps, in their order.
    let steps: [Step]
    /// Whether a word that is a token is taken without merging.
    var ignoresMerges = false
    /// Whether texts are composed first.
    var isComposed = false
    /// Whether encoding puts the beginning first where a file does not say.
    var addsBeginning = false

    private static let letters =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"#
    private static let rest = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let threeDigits = letters + #"\p{N}{1,3}"# + rest
    private static let oneDigit = letters + #"\p{N}"# + rest

    /// All that are converted.
    static let all = [
        BytePairForm(names: ["gpt-2", "phi-2", "gpt2"], steps: [.bytes(splits: true)]),
        BytePairForm(
            names: ["smollm", "starcoder", "refact", "command-r", "codeshell", "minerva-7b"],
            steps: [.digits, .bytes(splits: true)]
        ),
        BytePairForm(
            names: ["llama-bpe", "llama3", "llama-v3", "falcon3"],
            steps: [.split(threeDigits), .bytes(splits: false)],
            ignoresMerges: true,
            addsBeginning: true
        ),
        BytePairForm(
            names: ["dbrx", "smaug-bpe"],
            steps: [.split(threeDigits), .bytes(splits: false)]
        ),
        BytePairForm(
            names: ["qwen2", "deepseek-r1-qwen", "megrez", "hunyuan"],
            steps: [.split(oneDigit), .bytes(splits: false)],
            isComposed: true
        ),
        BytePairForm(
            names: ["stablelm2"],
            steps: [.split(oneDigit), .bytes(splits: false)]
        ),
        BytePairForm(
            names: ["default"],
            steps: [
                .split(#"[\p{P}\$\+<=>\^~\|]+"#),
                .split(
                    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"#
                ),
                .split(#"\p{N}+"#), .split("[0-9][0-9][0-9]"), .bytes(splits: false),
            ]
        ),
    ]

    /// All names that are read, for messages.
    static let known = all.flatMap(\.names).joined(separator: ", ")

    /// The value of `pre_tokenizer`.
    var preTokenizer: JSONText {
        let steps = steps.map(Self.json)
        guard steps.count > 1 else { return steps[0] }
        return .object([("type", .text("Sequence")), ("pretokenizers", .list(steps))])
    }

    /// The value of `normalizer`.
    var normalizer: JSONText { isComposed ? .object([("type", .text("NFC"))]) : .null }

    private static func json(_ step: Step) -> JSONText {
        switch step {
        case .digits:
            return .object([("type", .text("Digits")), ("individual_digits", .flag(true))])
        case .split(let expression):
            return .object([
                ("type", .text("Split")),
                ("pattern", .object([("Regex", .text(expression))])),
                ("behavior", .text("Isolated")), ("invert", .flag(false)),
            ])
        case .bytes(let splits): return bytes(splits: splits)
        }
    }

    /// The pre-tokenizer that makes letters of bytes; the decoder that takes them back has the same
    /// form.
    static func bytes(splits: Bool) -> JSONText {
        .object([
            ("type", .text("ByteLevel")), ("add_prefix_space", .flag(false)),
            ("trim_offsets", .flag(true)), ("use_regex", .flag(splits)),
        ])
    }

    /// The steps of a `pre_tokenizer` of `tokenizer.json`; nil when it has others.
    static func steps(of json: ExactJSON?) -> [Step]? {
        guard let json, let type = json["type"]?.text?.text else { return nil }
        switch type {
        case "Sequence":
            guard let list = json["pretokenizers"]?.list else { return nil }
            var steps: [Step] = []
            for element in list {
                guard let inner = self.steps(of: element) else { return nil }
                steps += inner
            }
            return steps
        case "Digits": return json["individual_digits"]?.flag == true ? [.digits] : nil
        case "ByteLevel":
            guard json["add_prefix_space"]?.flag != true else { return nil }
            return [.bytes(splits: json["use_regex"]?.flag ?? true)]
        case "Split":
            guard let expression = json["pattern"]?["Regex"]?.text?.text,
                json["behavior"]?.text?.text == "Isolated", json["invert"]?.flag != true
            else { return nil }
            return [.split(expression)]
        default: return nil
        }
    }
}
