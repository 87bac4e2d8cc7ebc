import RecipeDocuments
import Yams

/// The settings that a recipe is run with in turn: every combination of the values of its axes.
package struct SweepSettings: Encodable, Hashable, Sendable {
    /// One setting and the values that it takes.
    package struct Axis: Hashable, Sendable {
        /// The dotted path, as `--set` takes it.
        package var path: String
        /// The values as YAML.
        package var values: [String]
    }

    /// One experiment of a sweep.
    package struct Cell: Hashable, Sendable {
        /// The name of its folder, such as `te-seed-2`.
        package var label: String
        /// The name without the seed, shared by the experiments that are averaged.
        package var group: String
        /// What it sets, by path.
        package var values: [String: String]

        /// The group of a cell by its label: the label without its seed.
        package static func group(ofLabel label: String) -> String {
            label.replacing(#/(^|-)seed-[0-9]+(-|$)/#) { match in
                match.1.isEmpty || match.2.isEmpty ? "" : "-"
            }
        }
    }

    /// What the experiments that differ in their seed alone have in common.
    package struct Group: Hashable, Sendable {
        /// The name of its results, such as `steps-700`; empty when there is one group.
        package var label: String
        /// What distinguishes it from other groups, as a dotted path; `experiments` when several
        /// keys do.
        package var setting: String
        /// The value of that key; the label when there are several.
        package var value: String

        /// Describes a group.
        package init(label: String, setting: String, value: String) {
            self.label = label
            self.setting = setting
            self.value = value
        }

        /// The only group of a recipe.
        package static let only = Group(label: "", setting: "", value: "")
    }

    /// The axes in the order in which they are written; the last one changes fastest.
    package var axes: [Axis]

    init(_ value: RecipeValue?) throws {
        axes = try value.map { try Self.axes(in: $0, below: []) } ?? []
    }

    /// The lists below a mapping that has the form of the recipe itself.
    private static func axes(in value: RecipeValue, below path: [String]) throws -> [Axis] {
        if case .sequence = value.node { return [try axis(value, path)] }
        return try value.namedValues("the form of a recipe with lists, such as seed: [1, 2, 3]")
            .flatMap { name, below in
                guard !path.isEmpty || !["sweep", "output", "name"].contains(name) else {
                    throw below.error("this key cannot be swept over")
                }
                return try axes(in: below, below: path + [name])
            }
    }

    private static func axis(_ value: RecipeValue, _ path: [String]) throws -> Axis {
        let values = try value.list("a list of values").map { try $0.text("a plain value") }
        guard !values.isEmpty, Set(values).count == values.count else {
            throw value.error("expected at least one value, and each value once")
        }
        return Axis(path: path.joined(separator: "."), values: values)
    }

    /// Every combination, in order.
    package var cells: [Cell] {
        var combinations: [[(axis: Axis, value: String)]] = [[]]
        for axis in axes {
            combinations = combinations.flatMap { begun in
                axis.values.map { begun + [(axis, $0)] }
            }
        }
        return combinations.map { combination in
            Cell(
                label: Self.label(combination),
                group: Self.label(combination.filter { $0.axis.path != "seed" }),
                values: Dictionary(
                    combination.map { ($0.axis.path, $0.value) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
    }

    /// The groups in the order of their experiments.
    package var groups: [Group] {
        let others = axes.filter { $0.path != "seed" }
        guard !others.isEmpty else { return [.only] }
        var groups: [Group] = []
        for cell in cells where !groups.contains(where: { $0.label == cell.group }) {
            let value = others.count == 1 ? cell.values[others[0].path] : nil
            groups.append(
                Group(
                    label: cell.group,
                    setting: value == nil ? "experiments" : others[0].path,
                    value: value ?? cell.group
                )
            )
        }
        return groups
    }

    /// Languages stand for themselves; other values have the last part of their path before them.
    private static func label(_ combination: [(axis: Axis, value: String)]) -> String {
        let parts = combination.map { axis, value in
            let name = axis.path.split(separator: ".").last.map(String.init) ?? axis.path
            let text = axis.path.hasPrefix("languages.") ? value : "\(name)-\(value)"
            return String(text.map { RecipeValue.isName("a\($0)") || $0 == "." ? $0 : "_" })
        }
        return parts.joined(separator: "-")
    }

    /// Writes the axes in the form that they are read in.
    package func encode(to encoder: any Encoder) throws {
        try Branch(axes: axes.map { ($0.path.split(separator: ".").map(String.init), $0.values) })
            .encode(to: encoder)
    }

    /// The axes below one key.
    private struct Branch: Encodable {
        var axes: [(path: [String], values: [String])]

        private struct Key: CodingKey {
            let stringValue: String
            let intValue: Int? = nil
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            if let leaf = axes.first, leaf.path.isEmpty {
                return try leaf.values.encode(to: encoder)
            }
            var container = encoder.container(keyedBy: Key.self)
            var written: Set<String> = []
            for name in axes.compactMap(\.path.first) where written.insert(name).inserted {
                let below = axes.filter { $0.path.first == name }
                    .map { (path: Array($0.path.dropFirst()), values: $0.values) }
                try container.encode(Branch(axes: below), forKey: Key(stringValue: name))
            }
        }
    }
}
