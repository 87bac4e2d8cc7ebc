import RecipeDocuments
import Recipes

/// A key of a setting, with what a form needs to ask for its value.
struct KeyMessage: Encodable, Sendable {
    let meaning: String
    let kind: String
    let least: Double?
    let most: Double?
    let fallback: String
    private(set) var choices: [String]?

    /// Describes a key as the reference of recipes does.
    init(_ entry: KeyEntry) {
        meaning = entry.help
        fallback = entry.fallback.words
        var bounds: ClosedRange<Double>?
        var choices: [String]?
        switch entry.form {
        case .whole(let range):
            kind = "whole"
            bounds = Double(range.lowerBound)...Double(range.upperBound)
        case .seed: kind = "whole"
        case .number(let range):
            kind = "number"
            bounds = range.bounds
        case .boolean: kind = "boolean"
        case .choice(let names):
            kind = "choice"
            choices = names
        case .text: kind = "text"
        case .texts, .numbers: kind = "list"
        case .namedNumbers, .section: kind = "mapping"
        case .special: kind = "text"
        }
        least = bounds?.lowerBound
        most = bounds?.upperBound
        self.choices = choices
    }

    /// The keys of merges that can be planned at once, by name.
    ///
    /// Zones by sentence retrieval cannot, since a base has to read sentences first.
    static let all: [String: KeyMessage] = {
        typealias Key = MergeSettings.CodingKeys
        var all = Dictionary(
            uniqueKeysWithValues: Key.allCases.map { ($0.stringValue, KeyMessage($0.entry)) }
        )
        all[Key.sentences.stringValue] = nil
        let retrieval = MergeSettings.PatternName.retrieval.rawValue
        all[Key.pattern.stringValue]?.choices?.removeAll { $0 == retrieval }
        return all
    }()
}
