import Foundations
import Yams

/// The keys of one kind of mapping in a recipe: the names as written and as shown again.
package protocol RecipeKey: CodingKey, CaseIterable, Hashable {}

/// Reads a mapping whose keys are known, each key once.
package struct MappingReader<Key: RecipeKey> {
    package let value: RecipeValue
    private let found: [String: RecipeValue]

    /// Checks that the value is a mapping with known keys only.
    ///
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

    /// The value of a key, or nil when it is absent or empty.
    package func optional(_ key: Key) -> RecipeValue? {
        guard let value = found[key.stringValue], !value.isEmpty else { return nil }
        return value
    }

    /// Whether the key is written, with or without a value.
    func contains(_ key: Key) -> Bool { found[key.stringValue] != nil }

    /// The value of a key that must be there.
    package func required(_ key: Key, _ meaning: String) throws -> RecipeValue {
        guard let value = optional(key) else {
            throw self.value.error("the key \"\(key.stringValue)\" is missing: \(meaning)")
        }
        return value
    }

    /// A whole number, or the default.
    func integer(_ key: Key, default standard: Int, in range: ClosedRange<Int>) throws -> Int {
        try optional(key)?.integer(in: range) ?? standard
    }

    /// A number, or the default.
    func number(
        _ key: Key,
        default standard: Double,
        in range: ClosedRange<Double>,
        _ meaning: String
    ) throws -> Double {
        try optional(key)?.number(in: range, meaning) ?? standard
    }

    /// True or false, or the default.
    package func boolean(_ key: Key, default standard: Bool) throws -> Bool {
        try optional(key)?.boolean() ?? standard
    }

    /// One value of an enumeration, or the default.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key,
        default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        try optional(key)?.choice() ?? standard
    }
}
