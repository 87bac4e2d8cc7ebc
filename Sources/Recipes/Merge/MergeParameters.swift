import RecipeDocuments
import Transformer

/// The settings of a merge as typed values by key, wherever they came from: a recipe or a merge
/// file (`init(_:)`), or flags of the command line (`init(flags:)`).
///
/// Values have the type that their key is described with. Ranges are checked when a value is taken,
/// because some of them depend on the method.
package struct MergeParameters {
    /// The keys of a merge.
    package typealias Key = MergeSettings.CodingKeys

    private let values: [Key: SettingValue]
    /// An error about the value that keys and positions lead to; about all of them for an empty
    /// path.
    private let locate: (_ path: [String], _ problem: String) -> RecipeError
    /// How an error names a key.
    let words: (Key) -> String

    /// Reads the mapping of a merge.
    ///
    /// - Throws: `RecipeError` for an unknown key and a value of another type.
    package init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: Key.self)
        var values: [Key: SettingValue] = [:]
        for key in Key.allCases {
            guard let written = reader.optional(key) else { continue }
            values[key] =
                switch key {
                case .coefficients: try Self.coefficients(written)
                case .reverted: try Self.parts(written)
                default: try key.entry.form.parse(written)
                }
        }
        self.values = values
        locate = { path, problem in value.below(path).error(problem) }
        words = { "key \"\($0.stringValue)\"" }
    }

    /// Takes the values of flags.
    ///
    /// - Parameters:
    ///   - values: The values by key, of the types that the keys are described with.
    ///   - name: The name of the flag of a key, such as `--bottom`.
    package init(flags values: [Key: SettingValue], name: @escaping (Key) -> String) {
        self.values = values
        locate = { path, problem in
            guard let first = path.first, let key = Key(rawValue: first) else {
                return RecipeError(place: "options of the merge", problem: problem)
            }
            let below = path.dropFirst().map { "\($0): " }.joined()
            return RecipeError(place: name(key), problem: below + problem)
        }
        words = { "option \(name($0))" }
    }

    /// Whether a key has a value.
    func contains(_ key: Key) -> Bool { values[key] != nil }

    /// The value of a key as it is, without a check of its range.
    subscript(key: Key) -> SettingValue? { values[key] }

    /// The value of a key within its range; nil when the key is left out.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - range: The range of a method, where it differs from that of the key.
    /// - Returns: The value.
    /// - Throws: `RecipeError`.
    func value<Value: SettingType>(_ key: Key, in range: NumberRange? = nil) throws -> Value? {
        guard let setting = values[key] else { return nil }
        let form = range.map(ValueForm.number) ?? key.entry.form
        if let (path, problem) = form.problem(of: setting) {
            throw error(at: [key.stringValue] + path, problem)
        }
        guard let value = Value(setting: setting) else {
            preconditionFailure("the key \(key.stringValue) is no \(Value.self)")
        }
        return value
    }

    /// The choice under a key; nil when the key is left out.
    ///
    /// - Throws: `RecipeError`.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key
    ) throws -> Choice? where Choice.RawValue == String {
        let name: String? = try value(key)
        return name.flatMap(Choice.init)
    }

    /// The choice under a key, or the default that the key is described with.
    ///
    /// - Throws: `RecipeError`.
    func standardChoice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key
    ) throws -> Choice where Choice.RawValue == String {
        if let choice: Choice = try choice(key) { return choice }
        guard case .value(let standard as Choice, _) = key.entry.fallback else {
            preconditionFailure("the key \(key.stringValue) has no default of type \(Choice.self)")
        }
        return standard
    }

    /// The value of a key, or the default that the key is described with.
    ///
    /// - Throws: `RecipeError`.
    func standardized<Value: SettingType>(_ key: Key) throws -> Value {
        if let value: Value = try value(key) { return value }
        guard case .value(let standard as Value, _) = key.entry.fallback else {
            preconditionFailure("the key \(key.stringValue) has no default of type \(Value.self)")
        }
        return standard
    }

    /// The numbers under the names of a mapping, in order; nil when the key is left out.
    ///
    /// - Throws: `RecipeError`.
    func numbers(_ key: Key) throws -> [(name: String, number: Double)]? {
        guard case .named(let entries) = values[key] else { return nil }
        if let (path, problem) = key.entry.form.problem(of: .named(entries)) {
            throw error(at: [key.stringValue] + path, problem)
        }
        return entries.compactMap { entry in
            Double(setting: entry.value).map { (entry.name, $0) }
        }
    }

    /// The value of a key that must be there.
    ///
    /// - Throws: `RecipeError`, also when the key is left out.
    func required<Value: SettingType>(_ key: Key, _ meaning: String) throws -> Value {
        guard let value: Value = try value(key) else { throw missing(key, meaning) }
        return value
    }

    /// An error about a key that is left out.
    func missing(_ key: Key, _ meaning: String) -> RecipeError {
        error("the \(words(key)) is missing: \(meaning)")
    }

    /// An error about the merge.
    func error(_ problem: String) -> RecipeError { locate([], problem) }

    /// An error about the value of a key.
    func error(at key: Key, _ problem: String) -> RecipeError {
        locate([key.stringValue], problem)
    }

    /// An error about a part of the value of a key.
    func error(at path: [String], _ problem: String) -> RecipeError { locate(path, problem) }

    // MARK: Values with a form of their own

    private enum HalfKeys: String, RecipeKey { case attention, mlp }

    /// Reads weights by layer: one number for all, a list, or one of these for each half of a
    /// layer.
    private static func coefficients(_ value: RecipeValue) throws -> SettingValue {
        func weights(_ value: RecipeValue) throws -> SettingValue {
            if case .scalar = value.node { return .number(try value.number()) }
            let list = try value.list(
                "the language expert's weight, or a list of its weights in each layer"
            )
            return .list(try list.map { .number(try $0.number()) })
        }
        guard case .mapping = value.node else { return try weights(value) }
        let halves = try MappingReader(value, keys: HalfKeys.self)
        let attention = try halves.required(.attention, "weights of the attention")
        let mlp = try halves.required(.mlp, "weights of the feed-forward networks")
        return .named([
            .init(name: HalfKeys.attention.rawValue, value: try weights(attention)),
            .init(name: HalfKeys.mlp.rawValue, value: try weights(mlp)),
        ])
    }

    /// Reads a part of a model, or a list of parts.
    private static func parts(_ value: RecipeValue) throws -> SettingValue {
        let forms = ParameterSelection.forms
        guard case .sequence = value.node else { return .text(try value.text(forms)) }
        return .list(try value.list("a list of parts").map { .text(try $0.text(forms)) })
    }
}
