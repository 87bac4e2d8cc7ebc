import Foundation

/// The `config.json` of a checkpoint folder, by key.
///
/// Keys are those of `transformers`: `model_type`, `hidden_size`, `num_hidden_layers`. What has no
/// simple value, such as `rope_scaling`, is read with `decode`.
public struct CheckpointConfiguration: Sendable {
    /// The bytes of the file.
    public let json: Data

    // What was read from JSON is not changed by anybody.
    private nonisolated(unsafe) let fields: ConfigurationFields

    init(in folder: URL) throws {
        let file = folder.appending(path: ConfigurationFields.fileName)
        json = try ConfigurationFields.data(at: file)
        fields = try ConfigurationFields(json, path: file.path(percentEncoded: false))
    }

    /// The keys, sorted.
    public var keys: [String] { fields.values.keys.sorted() }

    /// The whole number under a key.
    ///
    /// - Parameter key: The key, such as `num_hidden_layers`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func integer(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }

    /// The number under a key.
    ///
    /// - Parameter key: The key, such as `rope_theta`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func number(_ key: String) -> Double? { try? fields.number(key) }

    /// The text under a key.
    ///
    /// - Parameter key: The key, such as `model_type`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func text(_ key: String) -> String? { try? fields.text(key) }

    /// The truth value under a key.
    ///
    /// - Parameter key: The key, such as `tie_word_embeddings`.
    /// - Returns: Nil when the key is missing or holds anything else.
    public func flag(_ key: String) -> Bool? { try? fields.flag(key) }

    /// Reads the whole file as a type of the caller.
    ///
    /// - Parameter type: A type whose coding keys are keys of the file.
    /// - Returns: The decoded value.
    /// - Throws: `DecodingError`.
    public func decode<Fields: Decodable>(_ type: Fields.Type = Fields.self) throws -> Fields {
        try JSONDecoder().decode(type, from: json)
    }
}
