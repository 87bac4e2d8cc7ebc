import Foundation

/// The `config.json` of a checkpoint folder, by key.
///
/// Keys are those of `transformers`: `model_type`, `hidden_size`, `num_hidden_layers`. What has no
/// simple value, such as `rope_scaling`, is read with `decode`.
public struct CheckpointConfiguration: Sendable {
    /// The bytes of the file.
    public let json: Data

    private let values: [String: Value]

    /// What can stand under a key.
    private enum Value: Decodable, Sendable {
        case flag(Bool)
        case number(Double)
        case text(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .other
            }
        }
    }

    init(in folder: URL) throws {
        let file = folder.appending(path: "config.json")
        json = try InputFile.data(at: file)
        do {
            values = try JSONDecoder().decode([String: Value].self, from: json)
        } catch {
            throw FolderError.wrongKind(
                path: file.path(percentEncoded: false),
                found: "a text that is not a JSON object",
                expected: "the configuration that `transformers` writes"
            )
        }
    }

    /// The keys, sorted.
    public var keys: [String] { values.keys.sorted() }

    /// The whole number under a key.
    ///
    /// - Parameter key: The key, such as `num_hidden_layers`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func integer(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }

    /// The number under a key.
    ///
    /// - Parameter key: The key, such as `rope_theta`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func number(_ key: String) -> Double? {
        if case .number(let number) = values[key] { number } else { nil }
    }

    /// The text under a key.
    ///
    /// - Parameter key: The key, such as `model_type`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func text(_ key: String) -> String? {
        if case .text(let text) = values[key] { text } else { nil }
    }

    /// The truth value under a key.
    ///
    /// - Parameter key: The key, such as `tie_word_embeddings`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func flag(_ key: String) -> Bool? {
        if case .flag(let flag) = values[key] { flag } else { nil }
    }

    /// Reads the whole file as a type of the caller.
    ///
    /// - Parameter type: A type whose coding keys are keys of the file.
    /// - Returns: The decoded value.
    /// - Throws: `DecodingError`.
    public func decode<Fields: Decodable>(_ type: Fields.Type = Fields.self) throws -> Fields {
        try JSONDecoder().decode(type, from: json)
    }
}
