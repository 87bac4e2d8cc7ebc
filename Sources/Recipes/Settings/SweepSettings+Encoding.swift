extension SweepSettings {
    /// Writes the axes in the form that they are read in.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var written: Set<String> = []
        for axis in axes {
            let name = axis.path.prefix { $0 != "." }
            guard written.insert(String(name)).inserted else { continue }
            let key = Key(stringValue: String(name))
            if let settings = axis.settings {
                try container.encode(Joint(names: axis.values, settings: settings), forKey: key)
            } else {
                let below = axes.filter { $0.path.prefix { $0 != "." } == name }
                let leaves = below.map { axis in
                    (
                        path: axis.path.split(separator: ".").dropFirst().map(String.init),
                        leaf: Leaf.values(axis.values)
                    )
                }
                try container.encode(Branch(leaves: leaves), forKey: key)
            }
        }
    }

    /// Settings that change together, by name and in their order.
    private struct Joint: Encodable {
        var names: [String]
        var settings: [String: [String: String]]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for name in names {
                let leaves = (settings[name] ?? [:]).sorted { $0.key < $1.key }.map { path, value in
                    (path: path.split(separator: ".").map(String.init), leaf: Leaf.value(value))
                }
                try container.encode(Branch(leaves: leaves), forKey: Key(stringValue: name))
            }
        }
    }

    /// What stands at the end of a path.
    private enum Leaf: Encodable {
        case value(String)
        case values([String])

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .value(let value): try value.encode(to: encoder)
            case .values(let values): try values.encode(to: encoder)
            }
        }
    }

    /// What stands below one key.
    private struct Branch: Encodable {
        var leaves: [(path: [String], leaf: Leaf)]

        func encode(to encoder: any Encoder) throws {
            if let first = leaves.first, first.path.isEmpty {
                return try first.leaf.encode(to: encoder)
            }
            var container = encoder.container(keyedBy: Key.self)
            var written: Set<String> = []
            for name in leaves.compactMap(\.path.first) where written.insert(name).inserted {
                let below = leaves.filter { $0.path.first == name }
                    .map { (path: Array($0.path.dropFirst()), leaf: $0.leaf) }
                try container.encode(Branch(leaves: below), forKey: Key(stringValue: name))
            }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
