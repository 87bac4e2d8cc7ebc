import Foundation

extension Tokenizer {
    static let sentencePieceFile = "tokenizer.model"
    static let jsonFile = "tokenizer.json"
    /// What may lie beside the file with the pieces and belongs to the tokenizer.
    static let companions = [
        jsonFile, TokenizerConfiguration.file, TokenizerConfiguration.specialTokensFile,
        "added_tokens.json", ChatTemplate.file,
    ]

    /// What makes two tokenizers the same: the file with the pieces, and for a `tokenizer.json`
    /// those beside it, which say how documents begin and end.
    package var identityBytes: Data {
        guard files[0].name == Self.jsonFile else { return modelBytes }
        var bytes = Data()
        for file in files {
            bytes.append(Data("\(file.name) \(file.contents.count)\n".utf8))
            bytes.append(file.contents)
        }
        return bytes
    }
}
