import Foundations
import Yams

/// Reads a mapping whose keys are known, each key once.
///
/// Keys of a recipe (`DescribedKey`) are read through their descriptions, in
/// `MappingReader+Described`; keys of other files are found here and read with `RecipeValue`.
package struct MappingReader<Key: RecipeKey> {
    /// The mapping.
    package let value: RecipeValue
    private let found: [String: RecipeValue]
    private var shared: [String: RecipeValue] = [:]

    /// Checks that the value is a mapping with known keys only.
    ///
    /// - Parameters:
    ///   - value: The mapping.
    ///   - keys: The type of its keys.
    /// - Throws: `RecipeError`; for an unknown key it names the nearest known one and all others.
    package init(_ value: RecipeValue, keys: Key.Type = Key.self) throws {
        guard case .mapping(let mapping) = value.node else {
            throw value.error(
                "found \(RecipeValue.kind(of: value.node)), expected a mapping with the keys "
                    + Key.allCases.map(\.stringValue).joined(separator: ", ")
            )
        }
        let known = Key.allCases.map(\.stringValue)
        var found: [String: RecipeValue] = [:]
        for (key, node) in mapping {
            let name = key.scalar?.string ?? ""
            guard known.contains(name) else {
                let nearest = NearestName.nearest(to: name, among: known)
                let hint = nearest.map { "did you mean \"\($0)\"? " } ?? ""
                let scope = value.path.isEmpty ? "in a recipe" : "in \(value.dotted)"
                throw value.error(
                    atKey: key,
                    named: name,
                    "unknown key \"\(name)\" \(scope); \(hint)"
                        + "Known here: \(known.joined(separator: ", "))"
                )
            }
            guard found[name] == nil else {
                throw value.error(atKey: key, named: name, "the key \"\(name)\" is written twice")
            }
            found[name] = RecipeValue(
                node: node,
                path: value.path + [name],
                document: value.document
            )
        }
        self.value = value
        self.found = found
    }

    /// The same mapping, which takes what it leaves out from another one.
    ///
    /// - Parameter other: The mapping whose values stand in; nil adds nothing.
    /// - Returns: A reader in which a key of this mapping comes before the same key of the other.
    package func sharing(_ other: MappingReader<Key>?) -> MappingReader<Key> {
        var reader = self
        reader.shared = other?.found ?? [:]
        return reader
    }

    /// The value of a key; nil when it is absent or empty.
    package func optional(_ key: Key) -> RecipeValue? {
        for values in [found, shared] {
            if let value = values[key.stringValue], !value.isEmpty { return value }
        }
        return nil
    }

    /// The value of a key that must be there.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - meaning: What the key is for, for the error.
    /// - Returns: The value.
    /// - Throws: `RecipeError` when the key is absent or empty.
    package func required(_ key: Key, _ meaning: String) throws -> RecipeValue {
        guard let value = optional(key) else {
            throw self.value.error("the key \"\(key.stringValue)\" is missing: \(meaning)")
        }
        return value
    }

    /// True or false, or the default.
    ///
    /// - Throws: `RecipeError` for a value of another type.
    package func boolean(_ key: Key, default standard: Bool) throws -> Bool {
        try optional(key)?.boolean() ?? standard
    }
}
