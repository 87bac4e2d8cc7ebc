import Datasets
import RecipeDocuments

/// The two languages of a recipe, as codes of language packs.
package struct LanguageSettings: Encodable, Hashable, Sendable {
    /// The language that the mathematics is learned in.
    package var english: String
    /// The language that the mathematics is wanted in.
    package var target: String

    enum CodingKeys: String, DescribedKey {
        case english, target

        static let places = ["languages"]

        var entry: KeyEntry {
            switch self {
            case .english:
                .text("a language code", .value("en")).meaning(
                    "The language that the mathematics is learned in, by the code of its pack."
                )
            case .target:
                .text("a language code", .value("sw")).meaning(
                    "The language that the mathematics is wanted in, by the code of its pack."
                )
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        english = try reader.value(.english)
        target = try reader.value(.target)
        for (key, code) in [(CodingKeys.english, english), (.target, target)] {
            guard RecipeValue.isName(code), let written = reader.optional(key) ?? Optional(value)
            else { throw value.error("found \"\(code)\", expected a language code such as sw") }
            if english == target {
                throw written.error("both languages are \"\(code)\"; choose two")
            }
        }
    }

    /// The code of a role.
    package subscript(role: LanguageRole) -> String { role == .target ? target : english }
}
