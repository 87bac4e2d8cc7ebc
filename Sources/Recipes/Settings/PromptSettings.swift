import Datasets
import RecipeDocuments

/// How a recipe's models are asked, in training and in measuring alike.
package struct PromptSettings: Encodable, Hashable, Sendable {
    /// The known ways of asking.
    package enum Template: String, Encodable, CaseIterable, Sendable {
        /// The chat template of the model's folder; else the symbols where the tokenizer has them,
        /// and plain text where it does not.
        case auto
        /// `<|im_start|>user`, with no system text of its own.
        case chatml
        /// `[INST]` and `[/INST]`.
        case llama2
        /// `<|start_header_id|>user<|end_header_id|>`.
        case llama3
        /// `<|user|>` on a line of its own, as Zephyr and TinyLlama.
        case zephyr
        /// As `chatml`, with the system text of Qwen.
        case qwen
        /// `Question: …`, then `Answer:`.
        case plain
        /// The two symbols of this project.
        case symbols
    }

    /// The template.
    package var template = Template.auto
    /// The text before a question; nil with a template.
    package var prefix: String?
    /// The text between a question and its reply.
    package var suffix: String?
    /// The text that ends a reply.
    package var replyEnd: String?
    /// What stands before everything.
    package var system: String?

    enum CodingKeys: String, DescribedKey {
        case template, prefix, suffix
        case replyEnd = "reply_end"
        case system

        static let places = ["prompt"]

        var entry: KeyEntry {
            switch self {
            case .template:
                .choice(.value(Template.auto)).meaning(
                    "The form of questions and replies; auto takes the chat template of the "
                        + "model's folder, else the symbols of the tokenizer, else plain text."
                )
            case .prefix:
                .text("a text", .absent("that of the template")).meaning(
                    "The text before a question, in place of a template; symbols of the tokenizer "
                        + "are spelled out."
                ).written(as: "\"Question: \"")
            case .suffix:
                .text("a text", .absent("required with `prefix`")).meaning(
                    "The text between a question and its reply."
                ).written(as: "\"\\nAnswer: \"")
            case .replyEnd:
                .text("a text", .absent("the tokenizer's end of sequence")).meaning(
                    "The text that ends a reply."
                ).written(as: "\"\\n\\n\"")
            case .system:
                .text("a text", .absent("that of the template, or none")).meaning(
                    "The text before everything, such as an instruction."
                ).written(as: "\"Solve the problem.\"")
            }
        }
    }

    /// The way of asking that a model's folder says itself.
    package static let ofFolder = PromptSettings()

    private init() {}

    init(_ value: RecipeValue?) throws {
        guard let value else { return }
        let reader = try MappingReader(value, keys: CodingKeys.self)
        template = try reader.choice(.template)
        prefix = try reader.valueIfPresent(.prefix)
        suffix = try reader.valueIfPresent(.suffix)
        replyEnd = try reader.valueIfPresent(.replyEnd)
        system = try reader.valueIfPresent(.system)
        let hasTexts = prefix != nil || suffix != nil
        if hasTexts, prefix == nil || suffix == nil {
            let missing = prefix == nil ? "prefix" : "suffix"
            throw value.error("the key \"\(missing)\" is missing: prefix and suffix go together")
        }
        if hasTexts, let value = reader.optional(.template) {
            throw value.error("the key does not apply beside prefix and suffix; write one of them")
        }
        if !hasTexts, let value = reader.optional(.replyEnd) {
            throw value.error("the key does not apply: a template has its own end of replies")
        }
        if [.plain, .symbols].contains(template), let value = reader.optional(.system) {
            throw value.error(
                "the key does not apply: the form \(template.rawValue) has no place for it"
            )
        }
    }

    /// Whether nothing was chosen.
    package var isDefault: Bool { self == PromptSettings() }

    /// The recipe's own texts; nil where it names a template.
    package var texts: PromptTexts? {
        guard let prefix, let suffix else { return nil }
        return PromptTexts(
            system: system ?? "",
            prefix: prefix,
            suffix: suffix,
            replyEnd: replyEnd ?? ""
        )
    }

    /// Writes what was chosen.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if texts == nil { try container.encode(template, forKey: .template) }
        try container.encodeIfPresent(prefix, forKey: .prefix)
        try container.encodeIfPresent(suffix, forKey: .suffix)
        try container.encodeIfPresent(replyEnd, forKey: .replyEnd)
        try container.encodeIfPresent(system, forKey: .system)
    }
}
