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
    package let help: String
    /// A value as a recipe writes it; nil when the default is one.
    private let ownExample: String?

    private init(_ form: ValueForm, _ fallback: Fallback, _ help: String, _ example: String?) {
        self.form = form
        self.fallback = fallback
        self.help = help
        ownExample = example
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
    package static func whole(
        _ range: ClosedRange<Int>,
        _ fallback: KeyDefault<Int>,
        _ help: String,
        example: String? = nil
    ) -> KeyEntry {
        KeyEntry(.whole(range), fallback.fallback { String($0) }, help, example)
    }

    /// A number.
    package static func number(
        _ range: NumberRange,
        _ fallback: KeyDefault<Double>,
        _ help: String,
        example: String? = nil
    ) -> KeyEntry {
        KeyEntry(.number(range), fallback.fallback(NumberRange.text), help, example)
    }

    /// A seed.
    package static func seed(_ fallback: KeyDefault<UInt64>, _ help: String) -> KeyEntry {
        KeyEntry(.seed, fallback.fallback { String($0) }, help, nil)
    }

    /// True or false.
    package static func boolean(_ fallback: KeyDefault<Bool>, _ help: String) -> KeyEntry {
        KeyEntry(.boolean, fallback.fallback { String($0) }, help, nil)
    }

    /// One of the names of an enumeration.
    package static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ fallback: KeyDefault<Choice>,
        _ help: String
    ) -> KeyEntry where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        return KeyEntry(.choice(names), fallback.fallback(\.rawValue), help, nil)
    }

    /// A text, which messages name by `meaning`.
    package static func text(
        _ meaning: String,
        _ fallback: KeyDefault<String>,
        _ help: String,
        example: String? = nil
    ) -> KeyEntry {
        KeyEntry(
            .text(meaning),
            fallback.fallback { $0.isEmpty ? "none" : $0 },
            help,
            example
        )
    }

    /// A list of texts.
    package static func texts(
        _ meaning: String,
        each: String,
        _ fallback: KeyDefault<[String]>,
        _ help: String,
        example: String? = nil
    ) -> KeyEntry {
        KeyEntry(
            .texts(meaning, each: each),
            fallback.fallback { "[\($0.joined(separator: ", "))]" },
            help,
            example
        )
    }

    /// A list of numbers.
    package static func numbers(
        _ meaning: String,
        each range: NumberRange,
        _ fallback: KeyDefault<[Double]>,
        _ help: String,
        example: String? = nil
    ) -> KeyEntry {
        KeyEntry(
            .numbers(meaning, each: range),
            fallback.fallback { "[\($0.map(NumberRange.text).joined(separator: ", "))]" },
            help,
            example
        )
    }

    /// Numbers under names.
    package static func namedNumbers(
        _ meaning: String,
        each range: NumberRange,
        _ fallback: KeyDefault<[String: Double]>,
        _ help: String,
        example: String
    ) -> KeyEntry {
        KeyEntry(.namedNumbers(meaning, each: range), fallback.fallback { _ in "" }, help, example)
    }

    /// A mapping with keys of its own, which `DescribedKey.places` puts there.
    package static func section(
        _ meaning: String,
        _ fallback: KeyDefault<String>,
        _ help: String,
        example: String
    ) -> KeyEntry {
        KeyEntry(.section(meaning), fallback.fallback { $0 }, help, example)
    }

    /// A value that the settings read themselves; `words` say how it is written.
    package static func special(
        _ words: String,
        _ fallback: KeyDefault<String>,
        _ help: String,
        example: String
    ) -> KeyEntry {
        KeyEntry(.special(words), fallback.fallback { $0 }, help, example)
    }
}
