import Checkpointing
import Foundation

/// The tokens that begin and end texts, as a checkpoint folder names them.
extension ModelConfiguration {
    /// The file with which `transformers` generates; it may name other ends than `config.json`.
    static let generationFile = "generation_config.json"

    /// Every token that ends a reply by the two files of the folder.
    public var stopTokens: Set<Int32> { Set(endsOfSequence).union(generationEnds ?? []) }

    /// Reads the tokens of both files; a key that is left out has the family's default.
    ///
    /// - Throws: `ConfigurationError` for what is no token of the vocabulary, or a file that cannot
    ///   be read.
    mutating func readEnds(_ hub: ConfigurationFields, in folder: URL) throws {
        func identifiers(_ key: String, _ standard: Int32?) throws -> [Int32] {
            try hub.identifiers(key, vocabularySize: vocabularySize)
                ?? [standard].compactMap { $0 }.filter { $0 < vocabularySize }
        }
        beginningOfSequence = try identifiers("bos_token_id", family.defaultEnds.beginning).first
        endsOfSequence = try identifiers("eos_token_id", family.defaultEnds.end)
        let file = folder.appending(path: Self.generationFile)
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
            return
        }
        let ends = try ConfigurationFields(of: folder, file: Self.generationFile)
            .identifiers("eos_token_id", vocabularySize: vocabularySize)
        generationEnds = ends == endsOfSequence ? nil : ends
    }

    /// The text of `generation_config.json`.
    func generationJSON() throws -> Data {
        try JSONSerialization.data(
            withJSONObject: [
                "bos_token_id": Self.value(of: beginningOfSequence.map { [$0] } ?? []),
                "eos_token_id": Self.value(of: generationEnds ?? endsOfSequence),
            ],
            options: [.prettyPrinted, .sortedKeys]
        )
    }

    /// One token as a number, several as a list, none as `null`.
    static func value(of tokens: [Int32]) -> Any {
        switch tokens.count {
        case 0: NSNull()
        case 1: Int(tokens[0])
        default: tokens.map { Int($0) }
        }
    }
}
