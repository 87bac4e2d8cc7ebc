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

    /// Names what is wrong.
    package init(path: String, key: String?, found: String, expected: String) {
        self.path = path
        self.key = key
        self.found = found
        self.expected = expected
    }

    package var description: String {
        "\(path): \(key.map { "'\($0)' is " } ?? "")\(found); expected \(expected)"
    }
}
