import Checkpointing
import Foundation
import Merging
import RecipeDocuments
import Recipes

/// The tokenizer and the chat template of a configuration file of mergekit.
///
/// All models have one tokenizer, which is checked when they are opened. So the union of tokenizers
/// is that of any model, and embeddings need not be moved.
enum MergekitTokenizer {
    private enum Keys: String, RecipeKey {
        case source, tokens
        case multiple = "pad_to_multiple_of"
    }

    private static let problem =
        "tokens are not merged here; all models must have the same tokenizer, and the result has it"

    /// The model whose tokenizer files the output has; nil for the first.
    static func source(
        _ reader: MappingReader<MergekitFile.Keys>,
        _ models: MergekitModels
    ) throws -> String? {
        let plain = reader.optional(.tokenizerSource)
        guard let value = reader.optional(.tokenizer) else {
            return try plain.flatMap { try source($0, models) }
        }
        if let plain { throw plain.error("tokenizer_source and tokenizer exclude each other") }
        let own = try MappingReader(value, keys: Keys.self)
        if let tokens = own.optional(.tokens), try !tokens.namedTokens().isEmpty {
            throw tokens.error(problem)
        }
        if let multiple = own.optional(.multiple) {
            let divisor = try multiple.integer(in: 1...1_000_000)
            let rows = try vocabulary(models)
            guard rows % divisor == 0 else {
                throw multiple.error(
                    "rows are not added to the embeddings here; the models have \(rows), which is no "
                        + "multiple of \(divisor)"
                )
            }
        }
        return try own.optional(.source).flatMap { try source($0, models) }
    }

    private static func source(_ value: RecipeValue, _ models: MergekitModels) throws -> String? {
        if case .scalar(let scalar) = value.node, ["union", "base"].contains(scalar.string) {
            return nil
        }
        guard let name = try models.known(value) else {
            throw value.error("the tokenizer is that of a model which is not merged; \(problem)")
        }
        return name
    }

    private static func vocabulary(_ models: MergekitModels) throws -> Int {
        guard let first = models.inputs.first else { return 0 }
        return try models.architectures.architecture(of: first, among: models.inputs)
            .vocabularySize
    }

    // MARK: The chat template

    /// mergekit's own templates, which it names.
    private static let named: [String: String] = [
        "chatml": "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
            + "{{ message['content'] }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ]
    private static let foreign = ["alpaca", "exaone", "llama3", "mistral"]

    /// The template that is written; nil for the one that comes with the tokenizer.
    ///
    /// `auto` is the template that most of the models have, the earlier one of equally many.
    static func chatTemplate(_ value: RecipeValue, _ models: MergekitModels) throws -> String? {
        let text = try value.text("a chat template")
        if text == "auto" { return try mostFrequent(models) }
        if let template = named[text] { return template }
        if foreign.contains(text) {
            throw value.error(
                "the template \"\(text)\" is a file of mergekit's; write it out here, or give the "
                    + "path of a .jinja file"
            )
        }
        if text.contains("{"), text.count >= 20 { return text }
        let file = models.url(text)
        guard !text.contains("\n"), let data = FileManager.default.contents(atPath: file.path),
            let template = String(validating: data, as: UTF8.self), template.contains("{")
        else {
            throw value.error(
                "found \"\(text.prefix(40))\", expected auto, chatml, the path of a .jinja file or a "
                    + "Jinja template"
            )
        }
        return template
    }

    private static func mostFrequent(_ models: MergekitModels) throws -> String? {
        var counts: [(template: String, count: Int)] = []
        for input in models.inputs {
            let folder = try input.modelFolder(among: models.inputs)
            guard
                let template = try ChatTemplateFile.text(of: folder)?
                    .trimmingCharacters(in: .whitespacesAndNewlines), !template.isEmpty
            else { continue }
            if let known = counts.firstIndex(where: { $0.template == template }) {
                counts[known].count += 1
            } else {
                counts.append((template, 1))
            }
        }
        let most = counts.map(\.count).max()
        return counts.first { $0.count == most }?.template
    }
}

extension RecipeValue {
    /// The keys of a mapping, whatever they are; a token may be any text.
    fileprivate func namedTokens() throws -> [String] {
        guard case .mapping(let mapping) = node else {
            throw error("found \(Self.kind(of: node)), expected a mapping of tokens")
        }
        return mapping.keys.map { $0.scalar?.string ?? "" }
    }
}
