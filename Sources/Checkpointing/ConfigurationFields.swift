import Foundation

/// Typed access to the `config.json` of a checkpoint, with errors that name the file and the key.
package struct ConfigurationFields {
    /// The name of the file in a checkpoint folder.
    package static let fileName = "config.json"

    /// The file, for messages.
    package let path: String
    /// The keys and what stands there.
    package let values: [String: Any]

    /// Reads a file of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError` when it cannot be read or is no JSON object.
    package init(of folder: URL, file: String = fileName) throws {
        let url = folder.appending(path: file)
        try self.init(Self.data(at: url), path: url.path(percentEncoded: false))
    }

    /// The bytes of a file of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError` when it cannot be read.
    static func data(at url: URL) throws -> Data {
        do { return try InputFile.data(at: url) } catch {
            throw ConfigurationError(
                path: url.path(percentEncoded: false),
                key: nil,
                found: "the file cannot be read (\(ErrorText.text(of: error)))",
                expected: "the configuration of a checkpoint folder"
            )
        }
    }

    /// Reads the bytes of a file.
    ///
    /// - Throws: `ConfigurationError` when they are no JSON object, or one that contradicts itself.
    init(_ data: Data, path: String) throws {
        self.path = path
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw ConfigurationError(
                path: path,
                key: nil,
                found: "the text is not a JSON object",
                expected: "the configuration that `transformers` writes"
            )
        }
        // Every reader takes the last one, and nobody knows which of them was meant.
        if let key = (try? ExactJSON(Array(data)))?.contradiction {
            throw ConfigurationError(
                path: path,
                key: key,
                found: "there twice with different values",
                expected: "each key once"
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

    /// Whether something stands under a key; `null` is nothing.
    package func isGiven(_ key: String) -> Bool { value(key) != nil }

    /// The object under a key, or nil when there is none.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func object(_ key: String) throws -> ConfigurationFields? {
        guard let value = value(key) else { return nil }
        guard let values = value as? [String: Any] else {
            throw error(key, found: Self.text(of: value), expected: "an object {…}, or null")
        }
        return ConfigurationFields(path: path, values: values)
    }

    /// The text under a key, or nil when there is none.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func text(_ key: String) throws -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value as? String else {
            throw error(key, found: Self.text(of: value), expected: "a text")
        }
        return text
    }

    /// The texts under a key, or nil when there are none.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func texts(_ key: String) throws -> [String]? {
        guard let value = value(key) else { return nil }
        guard let texts = value as? [String] else {
            throw error(key, found: Self.text(of: value), expected: "a list of texts")
        }
        return texts
    }

    /// Whether a key is true, or nil when it is not given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func flag(_ key: String) throws -> Bool? {
        guard let value = value(key) else { return nil }
        guard Self.isFlag(value), let flag = value as? Bool else {
            throw error(key, found: Self.text(of: value), expected: "true or false")
        }
        return flag
    }

    /// The numbers of tokens under a key: one, several or, for `null`, none; nil when it is not
    /// given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there, or a number that is outside
    ///   the vocabulary.
    package func identifiers(_ key: String, vocabularySize: Int) throws -> [Int32]? {
        guard let value = values[key] else { return nil }
        if value is NSNull { return [] }
        return try (value as? [Any] ?? [value]).map { element in
            // JSON's true and false are numbers to Foundation.
            let isFlag = (element as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
            guard !isFlag, let token = element as? Int, token >= 0, token < vocabularySize else {
                throw error(
                    key,
                    found: element is String ? "\"\(element)\"" : isFlag ? "a flag" : "\(element)",
                    expected: "a token from 0 to \(vocabularySize - 1), several in a list, or null"
                )
            }
            return Int32(token)
        }
    }

    /// The number under a key, or nil when it is not given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there.
    package func number(_ key: String) throws -> Double? {
        guard let value = value(key) else { return nil }
        guard !Self.isFlag(value), let number = value as? Double, number.isFinite else {
            throw error(key, found: Self.text(of: value), expected: "a number")
        }
        return number
    }

    /// The whole number above zero under a key, or `standard` when it is not given.
    ///
    /// - Throws: `ConfigurationError` when something else stands there, or nothing and there is no
    ///   standard.
    package func count(_ key: String, default standard: Int? = nil) throws -> Int {
        guard let value = value(key) else {
            if let standard, standard > 0 { return standard }
            throw error(key, found: "missing", expected: "a whole number above zero")
        }
        guard !Self.isFlag(value), let count = value as? Int, count > 0 else {
            throw error(key, found: Self.text(of: value), expected: "a whole number above zero")
        }
        return count
    }

    /// What stands under some keys as text, lists with commas; `null` and missing keys are left
    /// out.
    package func texts(of keys: Set<String>) -> [String: String] {
        Self.texts(values.filter { keys.contains($0.key) })
    }

    /// What stands under keys as text, lists with commas; `null` is left out.
    package static func texts(_ values: [String: Any]) -> [String: String] {
        values.filter { !($0.value is NSNull) }.mapValues { value in
            let list = (value as? [Any])?.map { "\($0)" }.joined(separator: ", ")
            return list ?? "\(value)"
        }
    }

    private func value(_ key: String) -> Any? {
        guard let value = values[key], !(value is NSNull) else { return nil }
        return value
    }

    /// Whether a value is `true` or `false`, which Foundation takes for the numbers 1 and 0 as
    /// well.
    private static func isFlag(_ value: Any) -> Bool {
        (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
    }

    /// What stands under a key, for messages.
    package func shown(_ key: String) -> String { value(key).map(Self.text) ?? "missing" }

    /// A value as it stands in the file, cut where it is long.
    package static func text(of value: Any) -> String {
        if isFlag(value), let flag = value as? Bool { return "\(flag)" }
        if let text = value as? String { return "\"\(text.prefix(60))\"" }
        if value is [Any] { return "a list" }
        return value is [String: Any] ? "an object" : "\(value)"
    }
}
