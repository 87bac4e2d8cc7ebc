/// Why a tokenizer could not be read or trained.
package enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The file could not be read at all.
    case unreadable(path: String, reason: String)
    /// The bytes are not a complete SentencePiece model.
    case malformedModel(origin: String, reason: String)
    /// The model is a SentencePiece model, but not one that this project can use.
    case unsupportedModel(origin: String, reason: String)
    /// A file of JSON is cut off, or holds what no tokenizer can.
    case malformedFile(path: String, reason: String)
    /// A model folder has no tokenizer.
    case missingTokenizer(folder: String)
    /// A chat template cannot be used, or not on this conversation.
    case unusableTemplate(origin: String, reason: String)
    /// The file beside a model that says how documents begin cannot be read.
    case malformedConfiguration(path: String, reason: String)
    /// There is no text to train on.
    case emptyCorpus(sentenceCount: Int)
    /// There is more text than the trainer can address.
    case corpusTooLarge(byteCount: Int, maximum: Int)
    /// The pieces that must be there are more than the vocabulary may hold.
    case vocabularyTooSmall(requested: Int, needed: Int)
    /// A training option is outside its range.
    case invalidOption(name: String, found: String, expected: String)
    /// A user-defined symbol cannot be one.
    case invalidSymbol(symbol: String, reason: String)
    /// The library refused; the text is its own.
    case trainingFailed(reason: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read the tokenizer \(path): \(reason)"
        case .malformedModel(let origin, let reason):
            "\(origin) is not a complete SentencePiece model: \(reason); expected a `.model` "
                + "file as `layerswap tokenizer train` or SentencePiece writes it"
        case .unsupportedModel(let origin, let reason):
            "\(origin) cannot be used as a tokenizer: \(reason)"
        case .malformedFile(let path, let reason):
            "\(path) cannot be read as a tokenizer: \(reason); get the file again from where the "
                + "model came from"
        case .missingTokenizer(let folder):
            "\(folder) has no tokenizer: neither tokenizer.model nor tokenizer.json; copy the one "
                + "that the model was trained with into it"
        case .unusableTemplate(let origin, let reason):
            "the chat template in \(origin) cannot be used: \(reason); ask with prefixes of your "
                + "own, or as plain text"
        case .malformedConfiguration(let path, let reason):
            "\(path): \(reason); correct the file, or remove it for the defaults"
        case .emptyCorpus(let sentenceCount):
            sentenceCount == 0
                ? "the tokenizer has no sentences to train on"
                : "the tokenizer has nothing to train on: each of the \(sentenceCount) sentences "
                    + "is empty or blank"
        case .corpusTooLarge(let byteCount, let maximum):
            "the tokenizer's corpus has \(byteCount) bytes, more than the \(maximum) that the "
                + "trainer can address; set a maximum number of sentences"
        case .vocabularyTooSmall(let requested, let needed):
            "a vocabulary of \(requested) pieces is impossible for this corpus: special symbols, "
                + "bytes and single characters alone are \(needed); ask for at least \(needed) "
                + "or lower the character coverage"
        case .invalidOption(let name, let found, let expected):
            "tokenizer option \(name) is \(found); expected \(expected)"
        case .invalidSymbol(let symbol, let reason):
            "\(symbol.debugDescription) cannot be a user-defined symbol: \(reason)"
        case .trainingFailed(let reason):
            "SentencePiece could not train the tokenizer: \(reason)"
        }
    }
}
