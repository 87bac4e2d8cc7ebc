import Checkpointing

/// What one file says about tokens.
struct TokenizerSource {
    /// A token beside the vocabulary.
    struct Added {
        /// Its number.
        let id: Int
        /// Its text.
        let text: ExactText
        /// Whether it is a symbol and no text; nil where the file does not say.
        let isSpecial: Bool?
    }

    /// The name of the file.
    let file: String
    /// The tokens of the vocabulary by their numbers.
    var vocabulary: [Int: ExactText] = [:]
    /// Tokens that were added to it.
    var added: [Added] = []
    /// What else decides which tokens a text becomes: by a name for messages the hash of a form
    /// that is the same whatever version wrote it.
    var rules: [String: ContentHash] = [:]
    /// What is put around tokens and made of them, which changes no token's meaning.
    var surroundings: [String: ContentHash] = [:]
    /// The texts of `bos_token`, `eos_token` and the like.
    var roles: [String: ExactText] = [:]

    init(file: String) { self.file = file }
}

/// A file of a tokenizer that is not what its name says.
struct UnknownTokenizerForm: Error {}
