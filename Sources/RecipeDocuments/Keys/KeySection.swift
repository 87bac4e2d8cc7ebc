/// The keys of one kind of mapping, with the places where such a mapping stands.
package struct KeySection: Sendable {
    /// One key of a section.
    package struct Key: Sendable {
        /// The name as it is written.
        package let name: String
        /// The description.
        package let entry: KeyEntry
        /// The dotted paths where the key may stand; `NAME` stands for a name of the recipe's own.
        package let paths: [String]
    }

    /// Where such a mapping stands, as dotted paths; empty for the recipe itself.
    package let places: [String]
    /// The keys in the order in which recipes are shown.
    package let keys: [Key]

    /// The section of a type of keys.
    ///
    /// - Parameters:
    ///   - type: The keys.
    ///   - others: Keys that are read before the mapping is, by name.
    package init<Keys: DescribedKey>(
        _ type: Keys.Type,
        adding others: [(name: String, entry: KeyEntry)] = []
    ) {
        places = Keys.places
        let own = Keys.allCases.map { key in
            let places = Keys.places.filter { !key.excludedPlaces.contains($0) }
            return Self.key(key.stringValue, key.entry, in: places)
        }
        keys = own + others.map { Self.key($0.name, $0.entry, in: Keys.places) }
    }

    private static func key(_ name: String, _ entry: KeyEntry, in places: [String]) -> Key {
        Key(name: name, entry: entry, paths: places.map { $0.isEmpty ? name : "\($0).\(name)" })
    }

    /// The title of the section: where it stands.
    package var title: String {
        places.allSatisfy(\.isEmpty) ? "(top)" : places.joined(separator: ", ")
    }

    /// Whether a dotted path is one of several, of which `NAME` stands for any key.
    package static func matches(_ path: [Substring], _ templates: [String]) -> Bool {
        templates.contains { template in
            let parts = template.split(separator: ".")
            return parts.count == path.count
                && zip(parts, path).allSatisfy { $0 == $1 || $0 == "NAME" }
        }
    }
}
