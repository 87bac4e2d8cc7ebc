/// What holds when a key is left out.
package enum KeyDefault<Value: Sendable>: Sendable {
    /// This value.
    case value(Value)
    /// A value that follows from other settings; the words say which.
    case derived(String)
    /// Nothing is set; the words say what happens then.
    case absent(String)
    /// The key may not be left out; the words say what it is for.
    case required(String)

    fileprivate func fallback(_ text: (Value) -> String) -> KeyEntry.Fallback {
        switch self {
        case .value(let value): .value(value, text: text(value))
        case .derived(let words): .derived(words)
        case .absent(let words): .absent(words)
        case .required(let words): .required(words)
        }
    }
}

/// The description of a key: the type of its values with their range, the default, and the meaning.
///
/// Everything that is said about the key comes from here: what a reader refuses and takes in its
/// place, the reference page, and `layerswap help recipe`.
package struct KeyEntry: Sendable {
    /// What holds when the key is left out, whatever the type.
    package enum Fallback: Sendable {
        /// A value, and how a recipe writes it.
        case value(any Sendable, text: String)
        /// A value that follows from other settings.
        case derived(String)
        /// Nothing is set.
        case absent(String)
        /// The key may not be left out.
        case required(String)

        /// The default in words.
        package var words: String {
            switch self {
            case .value(_, let text): text
            case .derived(let words), .absent(let words): words
            case .required: "required"
            }
        }
    }

    /// What values the key takes.
    package let form: ValueForm
    /// What holds when the key is left out.
    package let fallback: Fallback
    /// The meaning, as one sentence.
    package private(set) var help = ""
    /// A value as a recipe writes it; nil when the default or the form is one.
    private var ownExample: String?

    private init(_ form: ValueForm, _ fallback: Fallback) {
        self.form = form
        self.fallback = fallback
    }

    /// The same with its meaning, as one sentence.
    package func meaning(_ text: String) -> KeyEntry {
        var entry = self
        entry.help = text
        return entry
    }

    /// The same with an example of a value, as a recipe writes it.
    package func written(as example: String) -> KeyEntry {
        var entry = self
        entry.ownExample = example
        return entry
    }

    /// A value as a recipe writes it.
    package var example: String {
        if let ownExample { return ownExample }
        if case .value(_, let text) = fallback { return text }
        return switch form {
        case .whole(let range): String(max(range.lowerBound, 1))
        case .number(let range): NumberRange.text(of: min(range.bounds.upperBound, 0.5))
        case .seed: "1"
        case .boolean: "true"
        case .choice(let names): names.first ?? ""
        case .text, .texts, .numbers, .namedNumbers, .section, .special: "…"
        }
    }

    /// A whole number.
    package static func whole(_ range: ClosedRange<Int>, _ fallback: KeyDefault<Int>) -> KeyEntry {
        KeyEntry(.whole(range), fallback.fallback { String($0) })
    }

    /// A number.
    package static func number(_ range: NumberRange, _ fallback: KeyDefault<Double>) -> KeyEntry {
        KeyEntry(.number(range), fallback.fallback(NumberRange.text))
    }

    /// A seed.
    package static func seed(_ fallback: KeyDefault<UInt64>) -> KeyEntry {
        KeyEntry(.seed, fallback.fallback { String($0) })
    }

    /// True or false.
    package static func boolean(_ fallback: KeyDefault<Bool>) -> KeyEntry {
        KeyEntry(.boolean, fallback.fallback { String($0) })
    }

    /// One of the names of an enumeration.
    package static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ fallback: KeyDefault<Choice>
    ) -> KeyEntry where Choice.RawValue == String {
        KeyEntry(.choice(Choice.allCases.map(\.rawValue)), fallback.fallback(\.rawValue))
    }

    /// A text, which messages name by `words`.
    package static func text(_ words: String, _ fallback: KeyDefault<String>) -> KeyEntry {
        KeyEntry(.text(words), fallback.fallback { $0.isEmpty ? "none" : $0 })
    }

    /// A list of texts; messages name it by `words`.
    package static func texts(
        _ words: String,
        each: String,
        _ fallback: KeyDefault<[String]>
    ) -> KeyEntry {
        let form = ValueForm.texts(words, each: each)
        return KeyEntry(form, fallback.fallback { "[\($0.joined(separator: ", "))]" })
    }

    /// A list of numbers; messages name it by `words`.
    package static func numbers(
        _ words: String,
        each range: NumberRange,
        _ fallback: KeyDefault<[Double]>
    ) -> KeyEntry {
        KeyEntry(
            .numbers(words, each: range),
            fallback.fallback { "[\($0.map(NumberRange.text).joined(separator: ", "))]" }
        )
    }

    /// Numbers under names; messages name the mapping by `words`.
    package static func namedNumbers(
        _ words: String,
        each range: NumberRange,
        _ fallback: KeyDefault<String>
    ) -> KeyEntry {
        KeyEntry(.namedNumbers(words, each: range), fallback.fallback { $0 })
    }

    /// A mapping with keys of its own, which `DescribedKey.places` puts there.
    package static func section(_ fallback: KeyDefault<String>) -> KeyEntry {
        KeyEntry(.section, fallback.fallback { $0 })
    }

    /// A value that the settings read themselves; `words` say how it is written.
    package static func special(_ words: String, _ fallback: KeyDefault<String>) -> KeyEntry {
        KeyEntry(.special(words), fallback.fallback { $0 })
    }
}
