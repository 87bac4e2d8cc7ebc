import Datasets
import Foundation
import Foundations
import Yams

/// The YAML of a recipe with the overrides of the command line written into it.
package struct RecipeDocument {
    /// The file as errors name it.
    package let file: String
    package var root: Node
    /// The text of each override by the path that it sets.
    package private(set) var overrides: [String: String] = [:]

    /// Reads a file.
    ///
    /// - Throws: `RecipeError` when it is missing, empty, not UTF-8 or not YAML.
    package init(at url: URL) throws {
        let name = url.shownPath
        guard let data = try Self.bounded(name, { try BoundedYAML.data(of: url) }) else {
            throw RecipeError(place: name, problem: "there is no readable file here")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw RecipeError(
                place: name,
                problem: "the file is not UTF-8 text; a recipe is a YAML file"
            )
        }
        try self.init(text: text, file: name)
        try extend(at: url, chain: [])
    }

    /// Reads YAML text; `file` is the name that errors show.
    package init(text: String, file: String) throws {
        do {
            guard let node = try Self.bounded(file, { try BoundedYAML.compose(text) }) else {
                throw RecipeError(place: file, problem: "the file is empty; expected a recipe")
            }
            try self.init(root: node, file: file)
        } catch let error as YamlError {
            throw Self.recipeError(from: error, file: file)
        }
    }

    /// Takes YAML that was read.
    package init(root: Node, file: String) throws {
        self.file = file
        self.root = root
        guard case .mapping = root else {
            throw RecipeError(
                place: "\(file):\(root.mark?.line ?? 1)",
                problem: "found \(RecipeValue.kind(of: root)), expected a mapping of keys to values"
            )
        }
    }

    /// The whole recipe as a value to decode.
    package var value: RecipeValue { RecipeValue(node: root, path: [], document: self) }

    /// The same without the numbers of its lines, for a text that never was a file.
    package var withoutLines: RecipeDocument {
        var document = self
        document.root = Self.withoutMarks(root)
        return document
    }

    /// Writes one value over the recipe's own, as `--set stages.base.steps=300` does.
    ///
    /// Mappings on the way are made when missing; whether the keys exist is found when the recipe
    /// is decoded.
    ///
    /// - Throws: `RecipeError` when there is no `=`, the path is malformed, the value is no YAML,
    ///   or the path leads through a plain value.
    package mutating func override(_ assignment: String) throws {
        let place = "--set \(assignment)"
        guard let equals = assignment.firstIndex(of: "=") else {
            throw RecipeError(place: place, problem: "expected path=value, as in seed=3")
        }
        let path = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        if path.contains("") {
            throw RecipeError(
                place: place,
                problem: "expected key names with dots between them before the equals sign"
            )
        }
        let text = String(assignment[assignment.index(after: equals)...])
        do {
            let value = try Self.bounded(place) { try BoundedYAML.compose(text) }
            let node = value.map(Self.withoutMarks) ?? Node("", .implicit)
            try Self.check(node, writtenAs: text, place: place)
            root = try Self.setting(node, at: path[...], in: root, place: place)
        } catch let error as YamlError {
            throw Self.recipeError(from: error, file: place)
        }
        overrides[path.joined(separator: ".")] = assignment
    }

    /// Refuses a text over several lines, which YAML would join with spaces.
    private static func check(_ node: Node, writtenAs text: String, place: String) throws {
        guard case .scalar(let scalar) = node, ![.literal, .folded].contains(scalar.style),
            text.trimmingCharacters(in: .newlines).contains(where: \.isNewline)
        else { return }
        throw RecipeError(
            place: place.replacing("\n", with: "\\n").replacing("\r", with: "\\r"),
            problem:
                "the value has a line break, which YAML would turn into a space; write it on one "
                + "line, or as \\n within double quotes"
        )
    }

    private static func setting(
        _ value: Node,
        at path: ArraySlice<String>,
        in node: Node,
        place: String
    ) throws -> Node {
        guard let key = path.first else { return value }
        switch node {
        case .mapping(var mapping):
            let rest = path.dropFirst()
            if let index = mapping.firstIndex(where: { $0.key.scalar?.string == key }) {
                let pair = mapping[index]
                mapping[index].value = try setting(value, at: rest, in: pair.value, place: place)
            } else {
                let empty = Node([(Node, Node)]())
                mapping[Node(key)] = try setting(value, at: rest, in: empty, place: place)
            }
            return .mapping(mapping)
        case .sequence(var sequence):
            guard let index = Int(key), sequence.indices.contains(index) else {
                throw RecipeError(
                    place: place,
                    problem: "\"\(key)\" is no position of a list of \(sequence.count); "
                        + "expected a number from 0"
                )
            }
            let rest = path.dropFirst()
            sequence[index] = try setting(value, at: rest, in: sequence[index], place: place)
            return .sequence(sequence)
        case .scalar(let scalar):
            // A key written without a value becomes a mapping when something below it is set.
            if scalar.string.isEmpty, scalar.style == .plain {
                return try setting(value, at: path, in: Node([(Node, Node)]()), place: place)
            }
            throw RecipeError(
                place: place,
                problem: "the value before \"\(key)\" is \(RecipeValue.kind(of: node)), "
                    + "which has no keys"
            )
        case .alias:
            throw RecipeError(place: place, problem: "a recipe has no aliases to set keys in")
        }
    }

    /// Lines of the command line's value would be mistaken for lines of the file.
    package static func withoutMarks(_ node: Node) -> Node {
        switch node {
        case .scalar(var scalar):
            scalar.mark = nil
            return .scalar(scalar)
        case .mapping(let mapping):
            return Node(mapping.map { (withoutMarks($0.key), withoutMarks($0.value)) })
        case .sequence(let sequence):
            return Node(sequence.map(withoutMarks))
        case .alias:
            return node
        }
    }

    /// Does something with YAML whose bounds are the recipe's.
    ///
    /// - Throws: `RecipeError` in place of `BoundedYAML.Excess`; other errors as they are.
    package static func bounded<Result>(_ place: String, _ body: () throws -> Result) throws
        -> Result
    {
        do { return try body() } catch let excess as BoundedYAML.Excess {
            throw RecipeError(place: place, problem: "\(excess)")
        }
    }

    package static func recipeError(from error: YamlError, file: String) -> RecipeError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let around = context.map { " (\($0.text) on line \($0.mark.line))" } ?? ""
            return RecipeError(
                place: "\(file):\(mark.line)",
                problem: "this is not valid YAML: \(problem)\(around)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            return RecipeError(
                place: "\(file):\(context.mark.line)",
                problem: "the key \"\(duplicates.first ?? "")\" is written more than once in one "
                    + "mapping, first on this line; keep one"
            )
        default:
            let text = String(describing: error).split(separator: "\n").first.map(String.init)
            return RecipeError(place: file, problem: "this is not valid YAML: \(text ?? "")")
        }
    }
}
