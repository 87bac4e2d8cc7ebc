import Checkpointing

/// Typed access to metadata, with errors that name the file, the key, what was found and expected.
extension GGUFFile {
    /// An error about a key.
    func error(_ key: String, found: String? = nil, expected: String) -> GGUFError {
        let found = found ?? self[key].map { "\"\($0.shown.prefix(60))\"" } ?? "missing"
        return GGUFError(path: path, found: "'\(key)' is \(found)", expected: expected)
    }

    /// The whole number above zero under a key, or `standard` when it is missing.
    ///
    /// - Throws: `GGUFError` when something else stands there, or nothing and there is no standard.
    func count(_ key: String, default standard: Int? = nil) throws -> Int {
        if self[key] == nil, let standard { return standard }
        // Beyond every machine; products of two stay inside an Int.
        guard let number = self[key]?.integer, number > 0, number <= 1 << 30 else {
            throw error(key, expected: "a whole number above zero")
        }
        return number
    }

    /// The finite number above zero under a key; nil when it is missing.
    ///
    /// - Throws: `GGUFError` when something else stands there.
    func positive(_ key: String) throws -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.number, number.isFinite, number > 0 else {
            throw error(key, expected: "a number above zero")
        }
        return number
    }

    /// The text under a key; nil when it is missing.
    ///
    /// - Throws: `GGUFError` when something else stands there.
    func text(_ key: String) throws -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.text else { throw error(key, expected: "a text") }
        return text
    }

    /// Whether a key is true; nil when it is missing.
    ///
    /// - Throws: `GGUFError` when something else stands there.
    func flag(_ key: String) throws -> Bool? {
        guard let value = self[key] else { return nil }
        guard let flag = value.flag else { throw error(key, expected: "true or false") }
        return flag
    }

    /// The number of a token under a key; nil when it is missing.
    ///
    /// - Throws: `GGUFError` when it is outside the vocabulary.
    func token(_ key: String, of count: Int) throws -> Int? {
        guard let value = self[key] else { return nil }
        guard let token = value.integer, (0..<count).contains(token) else {
            throw error(key, expected: "a token from 0 to \(count - 1)")
        }
        return token
    }

    /// The texts under a key.
    ///
    /// - Throws: `GGUFError` when they are missing or something else stands there.
    func texts(_ key: String) throws -> [String] {
        guard let texts = self[key]?.list?.texts else {
            throw error(key, expected: "a list of texts")
        }
        return texts
    }
}
