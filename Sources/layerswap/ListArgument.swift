import Foundation
import Foundations
import RecipeDocuments
import Recipes

/// Lists and mappings on the command line: `1,0.5,0` and `math=1,language=2`.
enum ListArgument {
    /// Texts with commas between them.
    static func texts(_ text: String) -> SettingValue {
        .list(parts(text).map { .text($0) })
    }

    /// Numbers with commas between them, or one number for all.
    ///
    /// - Throws: `OptionError`, which names the flag.
    static func numbers(_ text: String, flag: String) throws -> SettingValue {
        let numbers = try parts(text).map { SettingValue.number(try number($0, flag: flag)) }
        return numbers.count == 1 ? numbers[0] : .list(numbers)
    }

    /// Names with a number each, with commas between them.
    ///
    /// - Throws: `OptionError`, which names the flag.
    static func named(_ text: String, flag: String) throws -> SettingValue {
        var entries: [SettingValue.Entry] = []
        for part in parts(text) {
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, RecipeValue.isName(sides[0]) else {
                throw OptionError("\(flag): found \"\(part)\", expected NAME=NUMBER")
            }
            guard !entries.contains(where: { $0.name == sides[0] }) else {
                throw OptionError("\(flag): the name \"\(sides[0])\" is written twice")
            }
            let value = try number(sides[1], flag: "\(flag): \(sides[0])")
            entries.append(.init(name: sides[0], value: .number(value)))
        }
        return .named(entries)
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: true)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    private static func number(_ text: String, flag: String) throws -> Double {
        guard let number = RecipeValue.number(from: text) else {
            throw OptionError("\(flag): found \"\(text)\", expected a number")
        }
        return number
    }
}
