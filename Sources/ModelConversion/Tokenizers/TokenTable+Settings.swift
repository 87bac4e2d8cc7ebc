import Foundation

/// What `transformers` keeps beside the pieces of a tokenizer.
extension TokenTable {
    /// The tokens with a meaning, by the names that `transformers` has for them.
    var namedTokens: [(key: String, value: JSONText)] {
        [
            ("bos_token", special.beginning), ("eos_token", special.end),
            ("unk_token", special.unknown), ("pad_token", special.padding),
        ].compactMap { name, token in
            token.map { (key: name, value: JSONText.text(tokens[$0].text)) }
        }
    }

    /// The text of `tokenizer_config.json`.
    ///
    /// - Parameters:
    ///   - className: The class that reads the tokenizer; nil for what `transformers` takes itself.
    ///   - context: The positions of the model.
    ///   - more: Keys of this kind of tokenizer.
    /// - Returns: The bytes.
    func settings(
        className: String?,
        context: Int,
        more: [(key: String, value: JSONText)] = []
    ) -> Data {
        var settings =
            namedTokens + more + [
                ("add_bos_token", .flag(special.addsBeginning)),
                ("add_eos_token", .flag(special.addsEnd)),
                ("clean_up_tokenization_spaces", .flag(false)),
                ("model_max_length", .integer(context)),
            ]
        if let className { settings.append(("tokenizer_class", .text(className))) }
        if let template = special.chatTemplate {
            settings.append(("chat_template", .text(template)))
        }
        return JSONText.object(settings).data()
    }
}
