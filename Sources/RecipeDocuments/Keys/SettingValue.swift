/// A typed value of a key, wherever it came from: a recipe, or a flag of the command line.
package indirect enum SettingValue: Hashable, Sendable {
    /// A whole number.
    case whole(Int)
    /// A number.
    case number(Double)
    /// A whole number from 0 to 2⁶⁴ − 1.
    case seed(UInt64)
    /// True or false.
    case boolean(Bool)
    /// A text, or one name of an enumeration.
    case text(String)
    /// Values in order.
    case list([SettingValue])
    /// Values under names, in the order in which they are written.
    case named([Entry])

    /// One value under a name.
    package struct Entry: Hashable, Sendable {
        /// The name.
        package let name: String
        /// The value.
        package let value: SettingValue

        /// A value under a name.
        package init(name: String, value: SettingValue) {
            self.name = name
            self.value = value
        }
    }
}

/// A type that settings have.
package protocol SettingType: Sendable {
    /// Takes a value of this type out of a setting; nil when it is of another type.
    init?(setting: SettingValue)
}

extension Int: SettingType {
    package init?(setting: SettingValue) {
        guard case .whole(let number) = setting else { return nil }
        self = number
    }
}

extension Double: SettingType {
    package init?(setting: SettingValue) {
        guard case .number(let number) = setting else { return nil }
        self = number
    }
}

extension UInt64: SettingType {
    package init?(setting: SettingValue) {
        guard case .seed(let seed) = setting else { return nil }
        self = seed
    }
}

extension Bool: SettingType {
    package init?(setting: SettingValue) {
        guard case .boolean(let flag) = setting else { return nil }
        self = flag
    }
}

extension String: SettingType {
    package init?(setting: SettingValue) {
        guard case .text(let text) = setting else { return nil }
        self = text
    }
}

extension Array: SettingType where Element: SettingType {
    package init?(setting: SettingValue) {
        guard case .list(let values) = setting else { return nil }
        let elements = values.compactMap { Element(setting: $0) }
        guard elements.count == values.count else { return nil }
        self = elements
    }
}
