import Foundations
import Yams

/// One value of a recipe that knows where it stands, so that errors can say so.
package struct RecipeValue {
    /// The key of a mapping that names another one, from which it takes what it does not say.
    package static let likeKey = "like"

    /// The YAML of the value.
    package let node: Node
    /// The keys that lead here from the top.
    package let path: [String]
    /// The file that it belongs to.
    package let document: RecipeDocument

    /// A value of a document.
    ///
    /// - Parameters:
    ///   - node: The YAML of the value.
    ///   - path: The keys that lead to it from the top.
    ///   - document: The file that it belongs to.
    package init(node: Node, path: [String], document: RecipeDocument) {
        self.node = node
        self.path = path
        self.document = document
    }

    /// Whether the value, or a mapping that holds it, came with `--set`.
    package var overridingAssignment: String? {
        for length in stride(from: path.count, to: 0, by: -1) {
            if let text = document.overrides[path.prefix(length).joined(separator: ".")] {
                return text
            }
        }
        // A mapping on the way to an override was made for it.
        return document.overrides.first { $0.key.hasPrefix("\(dotted).") }?.value
    }

    /// The file and line, or the `--set` that brought the value.
    package var place: String { place(of: node) }

    private func place(of node: Node) -> String {
        if let line = node.mark?.line { return "\(document.file):\(line)" }
        return overridingAssignment.map { "--set \($0)" } ?? document.file
    }

    /// An error about this value; the problem is preceded by the dotted path.
    package func error(_ problem: String) -> RecipeError {
        RecipeError(place: place, problem: path.isEmpty ? problem : "\(dotted): \(problem)")
    }

    /// An error about a key of this mapping.
    package func error(atKey key: Node, named name: String, _ problem: String) -> RecipeError {
        if key.mark == nil {
            let below = RecipeValue(node: key, path: path + [name], document: document)
            return RecipeError(place: below.place, problem: problem)
        }
        return RecipeError(place: place(of: key), problem: problem)
    }

    private func mistyped(_ expected: String) -> RecipeError {
        error("found \(Self.kind(of: node)), expected \(expected)")
    }

    /// The dotted path, as `--set` takes it.
    package var dotted: String { path.joined(separator: ".") }

    /// The value that keys and positions lead to; where one is not there, the last one that is,
    /// with the whole path.
    package func below(_ path: [String]) -> RecipeValue {
        var node = self.node
        for key in path {
            switch node {
            case .mapping(let mapping):
                node = mapping.first { $0.key.scalar?.string == key }?.value ?? node
            case .sequence(let sequence):
                guard let place = Int(key), sequence.indices.contains(place) else { break }
                node = sequence[place]
            case .scalar, .alias: break
            }
        }
        return RecipeValue(node: node, path: self.path + path, document: document)
    }

    /// Whether nothing is written after the key.
    package var isEmpty: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// What a node is, in words, with its text when it is short.
    package static func kind(of node: Node) -> String {
        switch node {
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        case .alias: return "an alias"
        case .scalar(let scalar):
            if scalar.string.isEmpty { return "nothing" }
            let text =
                scalar.string.count > 40 ? scalar.string.prefix(40) + "…" : scalar.string[...]
            return scalar.style == .plain ? "\"\(text)\"" : "the quoted text \"\(text)\""
        }
    }

    /// A number, however it is written: `3`, `1e-5`, `1E-5`, `1.0e-05`, `.00001`, `1_000`.
    package func number() throws -> Double {
        guard case .scalar(let scalar) = node, scalar.style == .plain,
            let number = Self.number(from: scalar.string)
        else { throw mistyped("a number") }
        return number
    }

    /// A whole number within a range; `2e3` is whole.
    package func integer(in range: ClosedRange<Int>) throws -> Int {
        guard case .scalar(let scalar) = node, scalar.style == .plain else {
            throw mistyped("a whole number")
        }
        guard let number: Int = WholeNumber.parse(scalar.string) else {
            throw mistyped("a whole number")
        }
        if let problem = WholeRange.problem(of: number, in: range) { throw error(problem) }
        return number
    }

    /// A seed: a whole number from 0 to 2⁶⁴ − 1.
    package func seed() throws -> UInt64 {
        guard case .scalar(let scalar) = node, scalar.style == .plain,
            let seed: UInt64 = WholeNumber.parse(scalar.string)
        else { throw mistyped("a whole number from 0 to 18446744073709551615") }
        return seed
    }

    /// `true` or `false`.
    package func boolean() throws -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else {
            throw mistyped("true or false")
        }
        switch scalar.string.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw mistyped("true or false")
        }
    }

    /// A text that is not empty.
    package func text(_ meaning: String) throws -> String {
        guard case .scalar(let scalar) = node, !isEmpty, !scalar.string.isEmpty else {
            throw mistyped(meaning)
        }
        guard !scalar.string.unicodeScalars.contains("\0") else {
            throw error("the text holds the character U+0000, which no name and no path can have")
        }
        return scalar.string
    }

    /// One of the values of an enumeration, with a suggestion when it is misspelt.
    ///
    /// - Throws: `RecipeError`.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type = Choice.self
    ) throws -> Choice where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        guard let choice = Choice(rawValue: try choice(among: names)) else {
            throw mistyped(ValueForm.choiceWords(names))
        }
        return choice
    }

    /// One of several names, with a suggestion when it is misspelt.
    ///
    /// - Throws: `RecipeError`.
    package func choice(among names: [String]) throws -> String {
        guard case .scalar(let scalar) = node else {
            throw mistyped(ValueForm.choiceWords(names))
        }
        let shown = Self.kind(of: node)
        if let problem = ValueForm.problem(of: scalar.string, shownAs: shown, among: names) {
            throw error(problem)
        }
        return scalar.string
    }

    /// The elements of a list.
    package func list(_ meaning: String) throws -> [RecipeValue] {
        guard case .sequence(let sequence) = node else { throw mistyped(meaning) }
        return sequence.enumerated().map { index, node in
            RecipeValue(node: node, path: path + [String(index)], document: document)
        }
    }

    /// The pairs of a mapping whose keys are names that the recipe chooses.
    package func namedValues(_ meaning: String) throws -> [(name: String, value: RecipeValue)] {
        guard case .mapping(let mapping) = node else { throw mistyped(meaning) }
        return try mapping.map { key, value in
            guard let name = key.scalar?.string, Self.isName(name) else {
                throw error(
                    atKey: key,
                    named: key.scalar?.string ?? "",
                    "found \(Self.kind(of: key)), expected a name of letters, digits, - and _"
                )
            }
            let below = RecipeValue(node: value, path: path + [name], document: document)
            return (name, below)
        }
    }

    /// Whether a text can name a folder and stand in a dotted path.
    package static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, isNameScalar(first), first != "-" else {
            return false
        }
        return text.count <= 80 && text.unicodeScalars.allSatisfy(isNameScalar)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": return true
        default: return false
        }
    }

    /// Reads a decimal number; hexadecimal, infinite and not-a-number forms are refused.
    package static func number(from text: String) -> Double? {
        let decimal = text.allSatisfy { $0.isASCII && ($0.isNumber || "+-._eE".contains($0)) }
        guard decimal, text.contains(where: \.isNumber),
            let digits = WholeNumber.withoutGroups(text),
            let number = Double(digits), number.isFinite
        else { return nil }
        return number
    }
}
