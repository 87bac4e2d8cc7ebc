import Foundation
import Pipeline

/// The reference of recipe keys, made from the types that read them: the keys of their coding keys in
/// order, the type and the documentation of the property behind each.
struct RecipeReference {
    /// A mapping of the recipe.
    private struct Part {
        /// Where it stands, such as `stages.NAME`.
        var place: String
        /// The type that reads it.
        var type: String
        /// The type that has the keys, where it is another.
        var keys: String?
        /// Names of properties that differ from those of the keys.
        var names: [String: String] = [:]
    }

    /// A property of a type.
    private struct Property {
        var type: String
        var text: String
    }

    private static let parts = [
        Part(place: "(top)", type: "Recipe"),
        Part(place: "languages", type: "LanguageSettings"),
        Part(place: "resource", type: "ResourceSettings"),
        Part(
            place: "world",
            type: "WorldSettings",
            keys: "WorldKeys",
            names: ["wordFrequency": "wordFrequencyExponent"]
        ),
        Part(place: "data", type: "DataSettings"),
        Part(place: "tokenizer", type: "TokenizerSettings"),
        Part(place: "model", type: "ModelSettings"),
        Part(place: "training, stages.NAME", type: "TrainingStageSettings"),
        Part(place: "stages.NAME.partitions.NAME", type: "PartitionSettings"),
        Part(place: "a source of a mixture", type: "SourceSettings"),
        Part(place: "merges.NAME.search", type: "SearchSettings", keys: "Keys"),
        Part(place: "evaluation", type: "EvaluationSettings"),
        Part(place: "evaluation.problems.target, .english", type: "ProblemSetSettings"),
        Part(place: "evaluation.text.target, .english", type: "HeldOutTextSettings"),
        Part(place: "evaluation.development", type: "DevelopmentSettings"),
    ]

    /// Keys without a property of their own.
    private static let others = [
        "training": Property(
            type: "StageSettings",
            text: "What all stages share: any key of a stage, over which a stage can write its own."
        ),
        "developmentShare": Property(
            type: "Double",
            text: "How much of all content is kept for development."
        ),
        "testShare": Property(type: "Double", text: "How much of all content is kept for tests."),
    ]

    private let text: String

    /// Reads the sources of the types.
    init(sources: [URL]) throws {
        text = try sources.map { try String(contentsOf: $0, encoding: .utf8) }
            .joined(separator: "\n")
    }

    /// The page.
    func page() -> String {
        var lines = [
            "# Recipe reference", "",
            "Every key that a recipe can have, made from the types that read it.", "",
            "## Overview",
            "",
            "This page is generated (`make reference`); a test fails when it is not what the types say. Defaults are",
            "what `layerswap show-recipe` prints, and `Recipes/README.md` explains how keys work together.",
            "",
        ]
        for part in Self.parts {
            lines += ["## \(part.place)", "", "| key | value | meaning |", "| --- | --- | --- |"]
            let properties = properties(of: part.type)
            for (name, key) in keys(of: part) {
                let property = properties[part.names[name] ?? name] ?? Self.others[name]
                let meaning = property?.text ?? "?"
                let value = property.map { words(for: $0.type) } ?? ""
                lines.append("| `\(key)` | \(value) | \(meaning) |")
            }
            lines.append("")
        }
        lines += [
            "## merges.NAME", "",
            "`method` names the method. A value that is a list where one is expected makes a grid, `search` searches",
            "for coefficients, and `write: false` keeps the merge in memory.", "",
            "| method | what it does | formula | keys |", "| --- | --- | --- | --- |",
        ]
        for method in Catalogue.methods {
            func detail(_ name: String) -> String {
                method.details.first { $0.name == name }?.text ?? ""
            }
            let cells = [
                "`\(method.name)`", method.summary, detail("formula"), detail("keys"),
            ].map { $0.replacing("|", with: "\\|") }
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The body of a type, from its brace to the brace in the first column of its indentation.
    private func body(of declaration: String) -> Substring? {
        guard let start = text.firstRange(of: declaration) else { return nil }
        let line = text[..<start.lowerBound].lastIndex(of: "\n").map(text.index(after:))
        let indent = text[(line ?? text.startIndex)..<start.lowerBound].prefix { $0 == " " }
        guard let end = text[start.upperBound...].firstRange(of: "\n\(indent)}\n") else {
            return nil
        }
        return text[start.upperBound..<end.lowerBound]
    }

    private func properties(of type: String) -> [String: Property] {
        guard let body = body(of: "struct \(type):") else { return [:] }
        var properties: [String: Property] = [:]
        var documentation: [String] = []
        var isSummary = true
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            let plain = line.drop { $0 == " " }
            if plain.hasPrefix("///") {
                let words = plain.dropFirst(3).drop { $0 == " " }
                // What follows an empty line is detail.
                if words.isEmpty { isSummary = false }
                if isSummary { documentation.append(String(words)) }
                continue
            }
            if let match = plain.firstMatch(of: #/^package var (\w+)(?:: ([^={]+?))?(?: = (.+))?$/#)
            {
                let type = match.output.2.map(String.init) ?? Self.type(of: match.output.3 ?? "")
                properties[String(match.output.1)] = Property(
                    type: type,
                    text: documentation.joined(separator: " ").replacing("|", with: "\\|")
                )
            }
            documentation = []
            isSummary = true
        }
        return properties
    }

    /// The type of a property that has a value in its place.
    private static func type(of value: some StringProtocol) -> String {
        if value.contains(".") && Double(value) != nil { return "Double" }
        if Int(value) != nil { return "Int" }
        return value.hasPrefix("\"") ? "String" : value.hasPrefix("Problem") ? "[String]" : ""
    }

    /// The keys of a part in order: the name of the case and the key.
    private func keys(of part: Part) -> [(name: String, key: String)] {
        let inside =
            part.keys == "WorldKeys"
            ? body(of: "enum WorldKeys:")
            : body(of: "struct \(part.type):").flatMap { body in
                let name = part.keys ?? "CodingKeys"
                guard let start = body.firstRange(of: "enum \(name):") else { return nil }
                let rest = body[start.upperBound...]
                return rest.firstRange(of: "}").map { rest[..<$0.lowerBound] }
            }
        guard let inside else { return [] }
        return inside.matches(of: #/case ([^\n]+(?:\n\s+[a-z][^\n]*)*?)(?=\n\s*case|\n|$)/#)
            .flatMap { $0.output.1.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
            .map { item in
                let sides = item.components(separatedBy: " = ")
                let key = sides.count > 1 ? sides[1].filter { $0 != "\"" } : sides[0]
                return (sides[0], key)
            }
    }

    /// A type as people write its values.
    private func words(for type: String) -> String {
        let plain = type.hasSuffix("?") ? String(type.dropLast()) : type
        switch plain {
        case "Int", "UInt64": return "whole number"
        case "Double": return "number"
        case "Bool": return "true, false"
        case "String": return "text"
        case "[String]": return "list of texts"
        case "[Double]": return "list of numbers"
        case "[WordCategory: Int]": return "mapping of kinds of words to numbers"
        case "LanguageRole": return "english, target"
        case "ParameterSelection": return "list of parts: embeddings, layers 2-5, final_norm, head"
        default: break
        }
        if let choices = choices(of: plain) { return choices }
        return plain.hasSuffix("Settings") || plain.contains("<") ? "mapping" : ""
    }

    /// The names of an enumeration.
    private func choices(of type: String) -> String? {
        let name = type.split(separator: ".").last.map(String.init) ?? type
        guard let body = body(of: "enum \(name): String") else { return nil }
        let names = body.matches(of: #/case (\w+)(?: = "([^"]+)")?/#).map {
            String($0.output.2 ?? $0.output.1)
        }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}
