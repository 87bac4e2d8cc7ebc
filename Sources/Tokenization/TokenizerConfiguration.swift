import Foundation

/// What `tokenizer_config.json` of a model folder says and a `.model` file does not.
struct TokenizerConfiguration: Equatable {
    /// Whether documents begin with the beginning of sequence (`add_bos_token`); true when the file
    /// does not say.
    var addsBeginning = true

    /// Reads the file of a folder; a folder without one has the defaults.
    ///
    /// - Throws: `TokenizerError.malformedConfiguration`.
    init(in folder: URL) throws {
        let url = folder.appendingPathComponent("tokenizer_config.json")
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let data = try Tokenizer.contents(of: url)
        guard let fields = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw TokenizerError.malformedConfiguration(
                path: url.path,
                reason: "the text is not a JSON object"
            )
        }
        guard let value = fields["add_bos_token"], !(value is NSNull) else { return }
        // Foundation takes 0 and 1 for flags too, which no writer of this file means.
        guard (value as? NSNumber).map({ String(cString: $0.objCType) == "c" }) == true,
            let flag = value as? Bool
        else {
            throw TokenizerError.malformedConfiguration(
                path: url.path,
                reason: "'add_bos_token' is \(value), expected true or false"
            )
        }
        addsBeginning = flag
    }
}
