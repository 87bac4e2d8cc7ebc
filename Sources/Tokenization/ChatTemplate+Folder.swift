import Foundation

extension ChatTemplate {
    static let file = "chat_template.jinja"

    /// The chat template of a model folder: `chat_template.jinja`, or `chat_template` in
    /// `tokenizer_config.json`, of several the one named `default`.
    ///
    /// - Parameter folder: A checkpoint folder.
    /// - Returns: Nil where the folder has none.
    /// - Throws: `TokenizerError` for a file that cannot be read, and
    ///   `TokenizerError.unusableTemplate` for a template that asks for something that we do not
    ///   do; the model can then be asked with prefixes, or as plain text.
    public static func recognized(inModelFolder folder: URL) throws -> ChatTemplate? {
        let configuration = folder.appendingPathComponent(TokenizerConfiguration.file)
        let own = folder.appendingPathComponent(file)
        let hasOwn = FileManager.default.fileExists(atPath: own.path)
        var specialTokens: [String: String] = [:]
        var source: String?
        var origin = configuration.path
        for name in [TokenizerConfiguration.specialTokensFile, TokenizerConfiguration.file] {
            let url = folder.appendingPathComponent(name)
            guard let node = try TokenizerConfiguration.object(name, in: folder) else { continue }
            for key in [
                "bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token",
            ] {
                guard let value = node[key] else { continue }
                specialTokens[key] = try? value["content"]?.text() ?? value.text()
            }
            guard url == configuration, !hasOwn, let template = node["chat_template"] else {
                continue
            }
            source = try TokenizerConfiguration.asConfiguration { () throws(TokenizerError) in
                try Self.source(template)
            }
        }
        if hasOwn {
            let bytes = [UInt8](try Tokenizer.contents(of: own))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw TokenizerError.unusableTemplate(origin: own.path, reason: "it is not UTF-8")
            }
            (source, origin) = (text, own.path)
        }
        guard let source else { return nil }
        return try ChatTemplate(source, origin: origin, specialTokens: specialTokens)
    }

    /// The template itself, or of a list the last one called `default`, as in `transformers` and
    /// `ChatTemplateFile`; nil for an empty list.
    ///
    /// - Throws: `TokenizerError.unusableTemplate` for a list without one.
    private static func source(_ node: JSONNode) throws(TokenizerError) -> String? {
        guard node.kind == .list else { return try node.text() }
        var names: [String] = []
        var chosen: String?
        for entry in try node.list() {
            let name = try entry.required("name").text()
            names.append("'\(name)'")
            if name == "default" { chosen = try entry.required("template").text() }
        }
        guard chosen != nil || names.isEmpty else {
            throw TokenizerError.unusableTemplate(
                origin: node.origin,
                reason: "it is a list of \(names.joined(separator: ", ")), and none is 'default'"
            )
        }
        return chosen
    }
}
