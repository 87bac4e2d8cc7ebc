import Foundation

/// What the files beside a tokenizer say of the tokens that begin and end a document.
struct TokenizerConfiguration {
    static let file = "tokenizer_config.json"
    static let specialTokensFile = "special_tokens_map.json"

    /// Whether documents begin with the beginning of sequence (`add_bos_token`); nil when the file
    /// does not say.
    var addsBeginning: Bool?
    /// Whether `add_bos_token` or `add_eos_token` is there at all: `transformers` then decides by
    /// them and not by the post-processor.
    var decidesEnds = false
    /// Whether a text with special tokens ends with the end of sequence.
    var addsEnd = false
    /// The spellings of special tokens: `bos_token`, `eos_token`, `pad_token`.
    private var spellings: [String: String] = [:]
    /// The end of sequence by its number, from `generation_config.json`.
    private var endToken: Int?

    /// What holds without any file.
    init() {}

    /// Reads the files of a folder; a folder without one has the defaults.
    ///
    /// - Throws: `TokenizerError.malformedConfiguration`.
    init(in folder: URL) throws {
        if let node = try Self.object(Self.file, in: folder) {
            try Self.asConfiguration { () throws(TokenizerError) in
                addsBeginning = try node["add_bos_token"]?.flag()
                addsEnd = try node["add_eos_token"]?.flag() ?? false
                decidesEnds = node.has("add_bos_token") || node.has("add_eos_token")
                try readSpellings(node)
            }
        }
        if let node = try Self.object(Self.specialTokensFile, in: folder) {
            try Self.asConfiguration { () throws(TokenizerError) in try readSpellings(node) }
        }
        let generation = try? Self.object("generation_config.json", in: folder)
        if let end = generation?["eos_token_id"] {
            // What is wrong in this file is said by those who read it for its own sake.
            endToken = (try? end.natural()) ?? (try? end.list().first?.natural())
        }
    }

    /// The spelling of a special token, by its key.
    func spelling(_ key: String) -> String? { spellings[key] }

    /// The identifier of the end of sequence that `generation_config.json` gives.
    var generationEnd: Int? { endToken }

    private mutating func readSpellings(_ node: JSONNode) throws(TokenizerError) {
        for key in ["bos_token", "eos_token", "pad_token"] {
            guard spellings[key] == nil, let value = node[key] else { continue }
            spellings[key] =
                value.kind == .object
                ? try value.required("content").text() : try value.text()
        }
    }

    static func object(_ name: String, in folder: URL) throws -> JSONNode? {
        let url = folder.appendingPathComponent(name)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        let bytes = [UInt8](try Tokenizer.contents(of: url))
        return try asConfiguration { () throws(TokenizerError) in
            let node = try JSONNode(bytes, origin: url.path)
            guard node.kind == .object else {
                throw node.malformed("the text is not a JSON object")
            }
            return node
        }
    }

    /// Says what is to be done with a file that may as well be missing.
    static func asConfiguration<Result>(
        _ body: () throws(TokenizerError) -> Result
    ) throws -> Result {
        do { return try body() } catch .malformedFile(let path, let reason) {
            throw TokenizerError.malformedConfiguration(path: path, reason: reason)
        }
    }
}
