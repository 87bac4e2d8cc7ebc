import RecipeDocuments

/// Values under names that a recipe chooses, in the order in which they are written.
package struct Named<Value: Encodable & Hashable & Sendable>: Encodable, Hashable, Sendable {
    /// One name with its value.
    package struct Entry: Hashable, Sendable {
        /// The name: letters, digits, `-` and `_`.
        package var name: String
        /// What stands under it.
        package var value: Value
    }

    /// The entries in order; each name occurs once.
    package var entries: [Entry]

    /// The names in order.
    package var names: [String] { entries.map(\.name) }

    /// The value under a name.
    package subscript(name: String) -> Value? {
        entries.first { $0.name == name }?.value
    }

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes a mapping with the entries in order.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for entry in entries {
            try container.encode(entry.value, forKey: Key(stringValue: entry.name))
        }
    }
}

extension Named {
    /// Reads a mapping of names.
    init(
        _ value: RecipeValue,
        _ meaning: String,
        read: (_ name: String, RecipeValue) throws -> Value
    ) throws {
        entries = try value.namedValues(meaning).map { name, value in
            Entry(name: name, value: try read(name, value))
        }
    }
}
