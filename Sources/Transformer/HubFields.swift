import Foundation

/// A `config.json` that does not describe a model of this project.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The key, or nil when the whole file is meant.
    package let key: String?
    /// What stands there.
    package let found: String
    /// What should stand there.
    package let expected: String

    package var description: String {
        "\(path): \(key.map { "'\($0)' is " } ?? "")\(found); expected \(expected)"
    }
}

/// Typed access to the `config.json` of a checkpoint, with errors that name the file and the key.
package struct HubFields {
    /// The name of the file in a checkpoint folder.
    package static let fileName = "config.json"

    /// The file, for messages.
    package let path: String
    /// The keys and what stands there.
    package let values: [String: Any]

    /// Reads the file of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError` when it cannot be read or is no JSON object.
    package init(of folder: URL) throws {
        let url = folder.appending(path: Self.fileName)
        path = url.path(percentEncoded: false)
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw ConfigurationError(
                path: path,
                key: nil,
                found: "the file cannot be read",
                expected: "the configuration of a checkpoint folder"
            )
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ConfigurationError(
                path: path,
                key: nil,
                found: "the text is not a JSON object",
                expected: "the configuration that `transformers` writes"
            )
        }
        values = object
    }

    private init(path: String, values: [String: Any]) {
        self.path = path
        self.values = values
    }

    /// An error about a key.
    package func error(_ key: String, found: String, expected: String) -> ConfigurationError {
        ConfigurationError(path: path, key: key, found: found, expected: expected)
    }

    /// Checks that a key, where it is given, has a value.
    package func require(_ key: String, _ expected: String) throws {
        guard let value = values[key], !(value is NSNull) else { return }
        guard value as? String == expected else {
            throw error(key, found: "\(value)", expected: "\"\(expected)\"")
        }
    }

    /// The object under a key, or nil when there is none.
    package func object(_ key: String) -> HubFields? {
        (values[key] as? [String: Any]).map { HubFields(path: path, values: $0) }
    }

    /// The text under a key, or nil when there is none.
    package func text(_ key: String) -> String? { values[key] as? String }

    /// Whether a key is true, or nil when it is not given.
    package func flag(_ key: String) -> Bool? { values[key] as? Bool }

    /// The number of a token, the first of several, or nil when there is none.
    package func identifier(_ key: String) -> Int? {
        values[key] as? Int ?? (values[key] as? [Int])?.first
    }

    /// The number under a key, or nil when it is not given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func number(_ key: String) throws -> Double? {
        guard let value = values[key], !(value is NSNull) else { return nil }
        guard let number = value as? Double, number.isFinite else {
            throw error(key, found: "\(value)", expected: "a number")
        }
        return number
    }

    /// The whole number above zero under a key, or `standard` when it is not given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there, or nothing and there is no
    ///   standard.
    package func count(_ key: String, default standard: Int? = nil) throws -> Int {
        guard let value = values[key], !(value is NSNull) else {
            if let standard, standard > 0 { return standard }
            throw error(key, found: "missing", expected: "a whole number above zero")
        }
        guard let count = value as? Int, count > 0 else {
            throw error(key, found: "\(value)", expected: "a whole number above zero")
        }
        return count
    }
}
