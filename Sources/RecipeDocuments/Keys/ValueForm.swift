import Foundations

/// What values a key takes.
package enum ValueForm: Hashable, Sendable {
    /// A whole number within a range.
    case whole(ClosedRange<Int>)
    /// A number within a range.
    case number(NumberRange)
    /// A whole number from 0 to 2⁶⁴ − 1.
    case seed
    /// True or false.
    case boolean
    /// A text; the words name it in messages, as in "the name of a model".
    case text(String)
    /// One of several names.
    case choice([String])
    /// A list of texts; the words name the list and each text.
    case texts(String, each: String)
    /// A list of numbers; the words name the list.
    case numbers(String, each: NumberRange)
    /// Numbers under names; the words name the mapping. A method may narrow the range.
    case namedNumbers(String, each: NumberRange)
    /// A mapping whose keys stand in a section of their own.
    case section
    /// A form of its own, in words; the settings that have the key read it.
    case special(String)

    /// Reads a value of this form.
    ///
    /// - Throws: `RecipeError` for a value of another type and for one out of range.
    package func read(_ value: RecipeValue) throws -> SettingValue {
        let setting = try parse(value)
        if let (path, problem) = problem(of: setting) { throw value.below(path).error(problem) }
        return setting
    }

    /// Reads a value of this type, in its range or not.
    ///
    /// - Throws: `RecipeError` for a value of another type.
    package func parse(_ value: RecipeValue) throws -> SettingValue {
        switch self {
        case .whole: return .whole(try value.integer(in: .min ... .max))
        case .number: return .number(try value.number())
        case .seed: return .seed(try value.seed())
        case .boolean: return .boolean(try value.boolean())
        case .text(let meaning): return .text(try value.text(meaning))
        case .choice(let names): return .text(try value.choice(among: names))
        case .texts(let meaning, let each):
            return .list(try value.list(meaning).map { .text(try $0.text(each)) })
        case .numbers(let meaning, _):
            return .list(try value.list(meaning).map { .number(try $0.number()) })
        case .namedNumbers(let meaning, _):
            return .named(
                try value.namedValues(meaning).map {
                    .init(name: $0.name, value: .number(try $0.value.number()))
                }
            )
        case .section, .special:
            preconditionFailure("the settings that have the key \(value.dotted) read it themselves")
        }
    }

    /// What is wrong with a typed value; nil when it has this form.
    ///
    /// - Returns: The names or positions that lead to the part that is wrong, and the problem.
    package func problem(of value: SettingValue) -> (path: [String], problem: String)? {
        switch (self, value) {
        case (.whole(let range), .whole(let number)):
            return WholeRange.problem(of: number, in: range).map { ([], $0) }
        case (.number(let range), .number(let number)):
            return range.problem(of: number).map { ([], $0) }
        case (.choice(let names), .text(let text)):
            return Self.problem(of: text, shownAs: "\"\(text)\"", among: names).map { ([], $0) }
        case (.text(let meaning), .text(let text)):
            return text.isEmpty ? ([], "found nothing, expected \(meaning)") : nil
        case (.numbers(_, let range), .list(let values)):
            for (place, value) in values.enumerated() {
                guard let found = ValueForm.number(range).problem(of: value) else { continue }
                return ([String(place)], found.problem)
            }
            return nil
        case (.namedNumbers(_, let range), .named(let entries)):
            for entry in entries {
                guard let found = ValueForm.number(range).problem(of: entry.value) else { continue }
                return ([entry.name], found.problem)
            }
            return nil
        case (.seed, .seed), (.boolean, .boolean), (.texts, .list), (.special, _): return nil
        default: return ([], "found a value of another type, expected \(words)")
        }
    }

    /// What is wrong with one name of several; nil when it is known.
    package static func problem(of text: String, shownAs shown: String, among names: [String])
        -> String?
    {
        guard !names.contains(text) else { return nil }
        let nearest = NearestName.nearest(to: text, among: names)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        return "found \(shown), expected \(choiceWords(names))\(hint)"
    }

    /// The names of a choice in words.
    package static func choiceWords(_ names: [String]) -> String {
        "one of " + names.joined(separator: ", ")
    }

    /// The type in words, without its range.
    package var typeWords: String {
        switch self {
        case .whole, .seed: "whole number"
        case .number: "number"
        case .boolean: "true, false"
        case .text: "text"
        case .choice(let names): names.joined(separator: ", ")
        case .texts: "list of texts"
        case .numbers: "list of numbers"
        case .namedNumbers: "mapping of names to numbers"
        case .section: "mapping"
        case .special(let words): words
        }
    }

    /// The range or the meaning in words; nil when the type says it all.
    package var rangeWords: String? {
        switch self {
        case .whole(let range): WholeRange.boundsText(of: range)
        case .number(let range): range.boundsText
        case .seed: "from 0 to \(UInt64.max)"
        case .boolean, .choice, .special, .section: nil
        case .text(let meaning), .texts(_, let meaning): meaning
        case .numbers(_, let range): "each \(range.boundsText)"
        case .namedNumbers(let meaning, _): meaning
        }
    }

    /// The type and the range in words.
    private var words: String { typeWords + (rangeWords.map { " \($0)" } ?? "") }
}
