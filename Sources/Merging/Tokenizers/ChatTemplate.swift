import Checkpointing
import Foundation

/// Where a model keeps the template of its chats.
package enum ChatTemplate {
    /// The file that newer versions of transformers write.
    package static let fileName = "chat_template.jinja"
    /// The file of the tokenizer, in which older versions have it.
    package static let tokenizerFile = "tokenizer_config.json"
    private static let key = "chat_template"

    /// The template of a model; nil when it has none.
    ///
    /// - Throws: Errors of reading.
    package static func of(_ folder: URL) throws -> String? {
        let file = folder.appending(path: fileName)
        if FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) {
            return try InputFile.text(at: file)
        }
        let settings = folder.appending(path: tokenizerFile)
        guard FileManager.default.fileExists(atPath: settings.path(percentEncoded: false)),
            let values = try JSONSerialization.jsonObject(with: InputFile.data(at: settings))
                as? [String: Any]
        else { return nil }
        if let template = values[key] as? String { return template }
        let named = values[key] as? [[String: Any]]
        return named?.first { $0["name"] as? String == "default" }?["template"] as? String
    }

    /// The settings of a tokenizer with another template, where they hold one.
    static func replaced(in settings: Data, by template: String) throws -> Data {
        guard
            var values = try JSONSerialization.jsonObject(with: settings) as? [String: Any],
            values[key] != nil
        else { return settings }
        values[key] = template
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
    }
}
