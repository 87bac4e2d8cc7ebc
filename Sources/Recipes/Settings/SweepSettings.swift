import RecipeDocuments
import Yams

/// The settings that a recipe is run with in turn: every combination of the values of its axes.
package struct SweepSettings: Encodable, Hashable, Sendable {
    /// One setting and the values that it takes, or several settings that change together.
    package struct Axis: Hashable, Sendable {
        /// The dotted path, as `--set` takes it; `together` for several settings.
        package var path: String
        /// The values as YAML; the names of what is set together.
        package var values: [String]
        /// What each name of several settings sets, by dotted path; nil for one setting.
        package var settings: [String: [String: String]]?

        /// What a value of this axis sets, by dotted path.
        func assignments(of value: String) -> [String: String] {
            guard let settings else { return [path: value] }
            return settings[value] ?? [:]
        }
    }

    /// The key of settings that change together.
    static let together = "together"

    /// One experiment of a sweep.
    package struct Cell: Hashable, Sendable {
        /// The name of its folder, such as `te-seed-2`.
        package var label: String
        /// The name without the seed, shared by the experiments that are averaged.
        package var group: String
        /// What it sets, by path.
        package var values: [String: String]
    }

    /// What the experiments that differ in their seed alone have in common.
    package struct Group: Hashable, Sendable {
        /// The name of its results, such as `steps-700`; empty when there is one group.
        package var label: String
        /// What distinguishes it from other groups, as a dotted path; `severalSettings` when
        /// several keys do.
        package var setting: String
        /// The value of that key; the label when there are several.
        package var value: String

        /// Describes a group.
        package init(label: String, setting: String, value: String) {
            self.label = label
            self.setting = setting
            self.value = value
        }

        /// Stands for the key where experiments differ in several.
        package static let severalSettings = "experiments"

        /// The only group of a recipe.
        package static let only = Group(label: "", setting: "", value: "")
    }

    /// The axes in the order in which they are written; the last one changes fastest.
    package var axes: [Axis]

    init(_ value: RecipeValue?) throws {
        axes = []
        guard let value else { return }
        axes = try Self.axes(in: value, below: [])
        try checkPaths(at: value)
    }

    /// The lists below a mapping that has the form of the recipe itself.
    private static func axes(in value: RecipeValue, below path: [String]) throws -> [Axis] {
        if case .sequence = value.node { return [try axis(value, path)] }
        return try value.namedValues("the form of a recipe with lists, such as seed: [1, 2, 3]")
            .flatMap { name, below in
                if path.isEmpty, name == together { return [try jointAxis(below)] }
                guard !path.isEmpty || !fixed.contains(name) else {
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

    /// Keys that name the run itself.
    private static let fixed = ["sweep", "output", "name"]

    /// Names of settings that change together, each in the form of the recipe.
    private static func jointAxis(_ value: RecipeValue) throws -> Axis {
        let named = try value.namedValues(
            "names of settings, such as short: {stages: {math: {steps: 100}}}"
        )
        guard !named.isEmpty else { throw value.error("expected at least one name with settings") }
        var settings: [String: [String: String]] = [:]
        for (name, below) in named { settings[name] = try assignments(in: below, below: []) }
        return Axis(path: together, values: named.map(\.name), settings: settings)
    }

    /// The plain values below a mapping that has the form of the recipe itself, by dotted path.
    private static func assignments(
        in value: RecipeValue,
        below path: [String]
    ) throws -> [String: String] {
        guard case .mapping = value.node else {
            let form = "the form of a recipe, such as {stages: {math: {steps: 100}}}"
            guard !path.isEmpty else { throw value.error("expected \(form)") }
            return [path.joined(separator: "."): try value.text("a plain value")]
        }
        var assignments: [String: String] = [:]
        for (name, below) in try value.namedValues("settings in the form of a recipe") {
            guard !path.isEmpty || !fixed.contains(name) else {
                throw below.error("this key cannot be swept over")
            }
            assignments.merge(try Self.assignments(in: below, below: path + [name])) { $1 }
        }
        return assignments
    }

    /// Refuses a setting that two axes give values to.
    private func checkPaths(at value: RecipeValue) throws {
        var seen: Set<String> = []
        for axis in axes {
            let paths = Set(axis.values.flatMap { axis.assignments(of: $0).keys })
            if let path = paths.intersection(seen).min() {
                throw value.error("two parts of the sweep set \(path); let one of them do so")
            }
            seen.formUnion(paths)
        }
    }

    /// How the values of a setting are chosen on the command line.
    func advice(on path: String) -> String {
        let isJoint = axes.contains { axis in
            axis.settings?.values.contains { $0.keys.contains(path) } ?? false
        }
        return isJoint
            ? "change what sweep.\(Self.together) sets"
            : "choose its values with --set sweep.\(path)=[…]"
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
                    combination.flatMap { $0.axis.assignments(of: $0.value) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
    }

    /// The names of the experiments of a group; none of a group that this sweep does not have.
    package func labels(of group: String) -> Set<String> {
        Set(cells.filter { $0.group == group }.map(\.label))
    }

    /// The groups in the order of their experiments.
    package var groups: [Group] {
        let others = axes.filter { $0.path != "seed" }
        guard !others.isEmpty else { return [.only] }
        var groups: [Group] = []
        for cell in cells where !groups.contains(where: { $0.label == cell.group }) {
            // Of several settings that change together, the name says which they are.
            let only = others.count == 1 && others[0].settings == nil ? others[0].path : nil
            groups.append(
                Group(
                    label: cell.group,
                    setting: only ?? Group.severalSettings,
                    value: only.flatMap { cell.values[$0] } ?? cell.group
                )
            )
        }
        return groups
    }

    /// Languages and names stand for themselves; other values have the last part of their path
    /// before them.
    private static func label(_ combination: [(axis: Axis, value: String)]) -> String {
        let ends = combination.map { $0.axis.path.split(separator: ".").map(String.init) }
        let parts = combination.map { axis, value in
            let keys = axis.path.split(separator: ".").map(String.init)
            // Two settings of the same name have the name of what they belong to before it.
            let isShared = ends.count { $0.last == keys.last } > 1
            let name = keys.suffix(isShared ? 2 : 1).joined(separator: "-")
            let text =
                axis.settings != nil || axis.path.hasPrefix("languages.")
                ? value : "\(name)-\(value)"
            return String(text.map { RecipeValue.isName("a\($0)") || $0 == "." ? $0 : "_" })
        }
        return parts.joined(separator: "-")
    }
}
