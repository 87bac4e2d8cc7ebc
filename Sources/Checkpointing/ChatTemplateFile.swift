import Foundation

/// Where a checkpoint folder keeps the template of its chats.
package enum ChatTemplateFile {
    /// The file that newer versions of transformers write.
    package static let name = "chat_template.jinja"
    /// The file of the tokenizer, in which older versions have it.
    package static let tokenizerFile = "tokenizer_config.json"
    private static let key = "chat_template"

    /// The template of a folder: its own file, else that of the tokenizer's settings, of several
    /// the last one that is called `default`, as in `transformers`; nil when there is none.
    ///
    /// - Throws: `ConfigurationError` and errors of reading.
    package static func text(of folder: URL) throws -> String? {
        let file = folder.appending(path: name)
        if InputFile.exists(file) { return try InputFile.text(at: file) }
        guard InputFile.exists(folder.appending(path: tokenizerFile)) else { return nil }
        let settings = try ConfigurationFields(of: folder, file: tokenizerFile)
        guard settings.isGiven(key) else { return nil }
        guard let several = settings.values[key] as? [[String: Any]] else {
            return try settings.text(key)
        }
        return several.last { $0["name"] as? String == "default" }?["template"] as? String
    }

    /// The settings of a tokenizer with another template, where they hold one.
    package static func replaced(in settings: Data, by template: String) throws -> Data {
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
