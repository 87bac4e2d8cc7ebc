import Yams

/// Reads keys through their descriptions: type, range and default come from `DescribedKey.entry`.
///
/// A key that is read as another type than the one described is a mistake of the program, and ends
/// it; every load of a recipe reads every key, so that no test misses it.
extension MappingReader where Key: DescribedKey {
    /// The value of a key that the recipe may leave out; nil when it does.
    ///
    /// - Throws: `RecipeError` for a value of another type and for one out of range.
    package func valueIfPresent<Value: SettingType>(_ key: Key) throws -> Value? {
        guard let written = optional(key) else { return nil }
        return typed(try key.entry.form.read(written), key)
    }

    /// The value of a key, or its default.
    ///
    /// - Throws: `RecipeError` for a value of another type, for one out of range, and for a
    ///   required key that is missing.
    package func value<Value: SettingType>(_ key: Key) throws -> Value {
        try valueIfPresent(key) ?? standard(key)
    }

    /// The value of a key, or the one that follows from other settings.
    ///
    /// - Throws: `RecipeError` for a value of another type and for one out of range.
    package func value<Value: SettingType>(
        _ key: Key,
        derived: @autoclosure () -> Value
    ) throws -> Value {
        try valueIfPresent(key) ?? derived()
    }

    /// The choice under a key that the recipe may leave out; nil when it does.
    ///
    /// - Throws: `RecipeError` for a name that is no choice.
    package func choiceIfPresent<Choice: RawRepresentable & CaseIterable>(
        _ key: Key
    ) throws -> Choice? where Choice.RawValue == String {
        guard let name: String = try valueIfPresent(key) else { return nil }
        guard let choice = Choice(rawValue: name) else { mismatch(key, Choice.self) }
        return choice
    }

    /// The choice under a key, or its default.
    ///
    /// - Throws: `RecipeError` for a name that is no choice, and for a required key that is
    ///   missing.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key
    ) throws -> Choice where Choice.RawValue == String {
        try choiceIfPresent(key) ?? standard(key)
    }

    /// The choice under a key, or the one that follows from other settings.
    ///
    /// - Throws: `RecipeError` for a name that is no choice.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key,
        derived: @autoclosure () -> Choice
    ) throws -> Choice where Choice.RawValue == String {
        try choiceIfPresent(key) ?? derived()
    }

    /// The value of a key that must be there and is read by the caller.
    ///
    /// - Throws: `RecipeError` when the key is absent or empty.
    package func required(_ key: Key) throws -> RecipeValue {
        guard case .required(let meaning) = key.entry.fallback else {
            preconditionFailure("the key \(key.stringValue) is not described as required")
        }
        return try required(key, meaning)
    }

    /// The mapping under a key, which is empty when the key is left out.
    package func section(_ key: Key) -> RecipeValue {
        optional(key)
            ?? RecipeValue(
                node: Node([(Node, Node)]()),
                path: value.path + [key.stringValue],
                document: value.document
            )
    }

    /// What holds when the key is left out.
    private func standard<Value>(_ key: Key) throws -> Value {
        switch key.entry.fallback {
        case .value(let value as Value, _): return value
        case .required(let meaning): throw missing(key, meaning)
        default: mismatch(key, Value.self)
        }
    }

    private func missing(_ key: Key, _ meaning: String) -> RecipeError {
        value.error("the key \"\(key.stringValue)\" is missing: \(meaning)")
    }

    private func typed<Value: SettingType>(_ setting: SettingValue, _ key: Key) -> Value {
        guard let value = Value(setting: setting) else { mismatch(key, Value.self) }
        return value
    }

    private func mismatch<Value>(_ key: Key, _ type: Value.Type) -> Never {
        preconditionFailure("the key \(key.stringValue) is described otherwise than as \(type)")
    }
}
